"""Tensors stored by Keras 1, in Keras 3's shapes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

Shape = tuple[int, ...]

_GATE = re.compile(r"(.*_[WUb])_([ifcozrh])(:0)?")
_KERNEL = re.compile(r".*_W(:0)?|(.*/)?param_0")  # the latter before Keras 1
_GATES = ({"i", "f", "c", "o"}, {"z", "r", "h"})


def as_today(stored: list[tuple[str, Shape]], expected: Counter[Shape]) -> list[tuple[str, Shape]]:
    """Join the gates of LSTM and GRU, and bring kernels into the `expected` axis order.

    Keras 1 stored a tensor for each gate, the kernel of a Convolution1D with an extra axis, and
    Theano's kernels as (filters, channels, rows, columns).

    >>> gates = [(f"lstm_1_U_{gate}", (6, 6)) for gate in "icfo"]
    >>> as_today([*gates, ("conv_W", (3, 1, 5, 6))], Counter([(6, 24), (3, 5, 6)]))
    [('lstm_1_U', (6, 24)), ('conv_W', (3, 5, 6))]
    """
    gates: dict[str, dict[str, Shape]] = {}
    for name, shape in stored:
        if match := _GATE.fullmatch(name):
            gates.setdefault(match[1], {})[match[2]] = shape
    whole = {
        name: parts
        for name, parts in gates.items()
        if set(parts) in _GATES and len(set(parts.values())) == 1
        if expected[_joined(parts)]
    }
    tensors: dict[str, Shape] = {}
    for name, shape in stored:
        match = _GATE.fullmatch(name)
        if match and match[1] in whole:
            tensors[match[1]] = _joined(whole[match[1]])
        else:
            fitting = (other for other in _kernels(name, shape) if expected[other])
            tensors[name] = next(fitting, shape)
    return list(tensors.items())


def _joined(gates: dict[str, Shape]) -> Shape:
    shape = next(iter(gates.values()))
    return (*shape[:-1], shape[-1] * len(gates))


def _kernels(name: str, shape: Shape) -> Iterator[Shape]:
    yield shape
    if _KERNEL.fullmatch(name) and len(shape) > 3:
        if shape[1] == 1:
            yield (shape[0], *shape[2:])
        filters, channels, *sizes = shape
        yield (*sizes, channels, filters)

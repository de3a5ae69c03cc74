"""The layer for tensors in a file that does not describe its layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any, ClassVar

from lstmcount.layers.base import Layer
from lstmcount.shapes import UNKNOWN, Shapes
from lstmcount.summary import Weight


class Weights(Layer):
    """The tensors that a weights-only file stores under one name."""

    tensors: list[Any]

    call_arguments: ClassVar[tuple[str, ...]] = ()
    built_at_init: ClassVar[bool] = True

    def weights(self, input_shape: Shapes = None) -> Iterator[Weight]:
        return stored_weights(self.tensors)


def stored_weights(
    tensors: Sequence[Any], layer: Any = None, frozen: bool = False
) -> Iterator[Weight]:
    """The weights for `tensors` (path, shape, dtype), which may belong to a known `layer`.

    Their trainability is known if a fourth value says it, or the layer is known or frozen.

    >>> [w.count for w in stored_weights([("kernel:0", [3, 4], "float32")])]
    [12]
    """
    flags = {w.name: w.trainable for w in _weights_for_any_rank(layer)}
    same = set(flags.values())
    for path, shape, dtype, *told in tensors:
        name = path.rpartition("/")[2].removesuffix(":0")
        trains = flags.get(name) if len(same) > 1 else next(iter(same), None)
        trains = told[0] if told else trains
        yield Weight(path, tuple(shape), dtype, False if frozen else trains)


def _weights_for_any_rank(layer: Any) -> list[Weight]:
    """The layer's weights for an input of unknown sizes, of the first rank that it accepts."""
    for rank in range(2, 6) if layer is not None else ():
        with suppress(TypeError, ValueError, LookupError, AttributeError, ArithmeticError):
            return list(layer.weights((UNKNOWN,) * rank))
    return []

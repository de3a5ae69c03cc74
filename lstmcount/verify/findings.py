"""What a comparison of weights with stored tensors finds."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from lstmcount.summary import Weight

Shape = tuple[int, ...]


class Tensor(msgspec.Struct, frozen=True):
    """A stored tensor: its path in the file."""

    path: str
    shape: Shape

    @property
    def count(self) -> int:
        return math.prod(self.shape)


class Expected(msgspec.Struct, frozen=True):
    """A weight that the config implies, and its layer (with the models that contain it)."""

    layer: str
    weight: Weight

    @property
    def shape(self) -> Shape:
        return self.weight.shape


class Difference(msgspec.Struct, frozen=True):
    """A weight stored in another shape or not at all, or a tensor that is no weight."""

    layer: str | None = None
    weight: str | None = None
    expected: Shape | None = None
    tensor: str | None = None
    stored: Shape | None = None

    def to_dict(self) -> dict[str, Any]:
        return msgspec.structs.asdict(self)


class Verdict(msgspec.Struct, frozen=True):
    """Where the two differ, and the totals of both."""

    stored: int
    inferred: int | None  # None where a layer's weights are not known
    differences: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        return not self.differences

    def to_dict(self) -> dict[str, Any]:
        return {
            "agrees": self.agrees,
            "stored_values": self.stored,
            "inferred_values": self.inferred,
            "differences": [each.to_dict() for each in self.differences],
            "notes": list(self.notes),
        }


class Findings:
    """Collects differences and totals for a verdict."""

    def __init__(self) -> None:
        self.values = 0
        self.differences: list[Difference] = []
        self.notes: list[str] = []

    def pair(self, expected: Expected, tensor: Tensor) -> None:
        """Compare a weight with the tensor at the weight's place."""
        if expected.shape != tensor.shape:
            self.differences.append(
                Difference(
                    expected.layer, expected.weight.name, expected.shape, tensor.path, tensor.shape
                )
            )

    def pairs(self, expected: Iterable[Expected], tensors: Iterable[Tensor]) -> None:
        for weight, tensor in zip(expected, tensors, strict=True):
            self.pair(weight, tensor)

    def apart(self, expected: Iterable[Expected], tensors: Iterable[Tensor]) -> None:
        """Record weights and tensors that have no counterpart."""
        for weight in expected:
            self.differences.append(Difference(weight.layer, weight.weight.name, weight.shape))
        for tensor in tensors:
            self.differences.append(Difference(tensor=tensor.path, stored=tensor.shape))

    def match(self, expected: Iterable[Expected], tensors: Sequence[Tensor]) -> None:
        """Match weights with tensors by shape alone."""
        left: dict[Shape, list[Tensor]] = {}
        for tensor in tensors:
            left.setdefault(tensor.shape, []).append(tensor)
        missing = [w for w in expected if not (left.get(w.shape) and left[w.shape].pop())]
        over = {id(tensor) for each in left.values() for tensor in each}
        self.apart(missing, [tensor for tensor in tensors if id(tensor) in over])


def some(names: Iterable[str]) -> str:
    """The first few of them.

    >>> some("abcabc"), some("abcdefg")
    ('a, b, c', 'a, b, c, d, e and 2 more')
    """
    each = list(dict.fromkeys(names))
    return ", ".join(each[:5]) + (f" and {len(each) - 5} more" if len(each) > 5 else "")

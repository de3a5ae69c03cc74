"""The results of a comparison of weights with stored tensors."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from lstmcount.summary import Weight
from lstmcount.verification.layers import Leaf

Shape = tuple[int, ...]

_NO_NUMBERS = re.compile(r"[|<>=]?[SUVO]\d*|object|string|[\[{(]")
_OPAQUE = ("bfloat16", "float8_e4m3fn", "float8_e5m2")


class Tensor(msgspec.Struct, frozen=True):
    """A stored tensor: its path in the file, its shape and dtype."""

    path: str
    shape: Shape
    dtype: str = ""

    def holds(self, dtype: str) -> bool:
        """Whether Keras makes numbers of this dtype of what is stored.

        >>> text, opaque = Tensor("kernel", (3,), "|S4"), Tensor("kernel", (3,), "|V2")
        >>> text.holds("float32"), opaque.holds("float32"), opaque.holds("bfloat16")
        (False, False, True)
        """
        is_opaque = self.dtype.startswith("|V")  # how HDF5 has numbers that it does not know
        return not _NO_NUMBERS.match(self.dtype) or (is_opaque and dtype in _OPAQUE)

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
    """A weight stored otherwise or not at all, or a tensor that is no weight."""

    layer: str | None = None
    weight: str | None = None
    expected: Shape | None = None
    tensor: str | None = None
    stored: Shape | None = None
    dtype: str | None = None  # of a tensor that does not hold numbers

    def __str__(self) -> str:
        weight = f"{self.layer}/{self.weight}"
        if self.weight is None:
            return f"{self.tensor}: stored {self.stored}, and no weight of the config"
        if self.tensor is None:
            return f"{weight}: expected {self.expected}, not stored"
        if self.dtype is not None:
            return f"{weight}: expected numbers, stored {self.dtype} in {self.tensor}"
        return f"{weight}: expected {self.expected}, stored {self.stored} in {self.tensor}"

    @property
    def why(self) -> str:
        if self.weight is None:
            return "no weight of the config"
        if self.tensor is None:
            return "not stored"
        return "stored in another shape" if self.dtype is None else "stored, and no numbers"

    def to_dict(self) -> dict[str, Any]:
        return msgspec.structs.asdict(self)


class NotCompared(msgspec.Struct, frozen=True):
    """A layer whose weights the config does not determine, and the tensors stored for it."""

    layer: str
    class_name: str
    tensors: tuple[str, ...]
    values: int
    why: str

    def to_dict(self) -> dict[str, Any]:
        return msgspec.structs.asdict(self)


class Verdict(msgspec.Struct, frozen=True):
    """The differences between weights and stored tensors, and the totals of both."""

    stored: int
    inferred: int | None  # None where a layer's weights are not known
    differences: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()
    not_compared: tuple[NotCompared, ...] = ()
    tensors: int = 0  # number of stored tensors
    by_shape: tuple[str, ...] = ()  # layers whose tensors the file has under other names

    @property
    def compared(self) -> int:
        """The stored values in tensors whose shapes were compared."""
        return self.stored - sum(each.values for each in self.not_compared)

    @property
    def compared_tensors(self) -> int:
        return self.tensors - sum(len(each.tensors) for each in self.not_compared)

    @property
    def agrees(self) -> bool:
        return not self.differences

    def to_dict(self) -> dict[str, Any]:
        return {
            "agrees": self.agrees,
            "stored_values": self.stored,
            "compared_values": self.compared,
            "compared_tensors": self.compared_tensors,
            "inferred_values": self.inferred,
            "differences": [each.to_dict() for each in self.differences],
            "not_compared": [each.to_dict() for each in self.not_compared],
            "compared_by_shape": list(self.by_shape),
            "notes": list(self.notes),
        }

    def records(self) -> list[dict[str, Any]]:
        """A flat record for each difference and for each layer that was not compared, or by shape
        alone; one record if there is none of these.
        """
        rows: list[tuple[Difference, str | None]] = [(each, each.why) for each in self.differences]
        for each in self.not_compared:
            skipped = Difference(layer=each.layer, tensor=" ".join(each.tensors))
            rows.append((skipped, f"not compared: {each.why}"))
        rows += [(Difference(layer=name), "compared by shape alone") for name in self.by_shape]
        totals = {"agrees": self.agrees, "compared_values": self.compared}
        return [
            {**totals, **row.to_dict(), "why": why} for row, why in rows or [(Difference(), None)]
        ]


class Findings:
    """Collects differences and totals for a verdict."""

    def __init__(self) -> None:
        self.values = 0
        self.tensors = 0
        self.not_compared: list[NotCompared] = []
        self.differences: list[Difference] = []
        self.notes: list[str] = []
        self.by_shape: dict[str, None] = {}

    def count(self, tensors: Iterable[Tensor]) -> None:
        """Add stored tensors to the totals."""
        for tensor in tensors:
            self.values += tensor.count
            self.tensors += 1

    def skip(self, leaf: Leaf, tensors: Sequence[Tensor], why: str = "") -> None:
        """Record a layer's stored tensors as not compared, and say why."""
        paths = tuple(tensor.path for tensor in tensors)
        values = sum(tensor.count for tensor in tensors)
        self.not_compared.append(
            NotCompared(leaf.path, leaf.class_name, paths, values, why or leaf.unknown)
        )

    def pair(self, expected: Expected, tensor: Tensor) -> None:
        """Record a difference if the tensor has another shape than the weight, or no numbers."""
        is_same = expected.shape == tensor.shape
        if not is_same or not tensor.holds(expected.weight.dtype):
            self.differences.append(
                Difference(
                    expected.layer,
                    expected.weight.name,
                    expected.shape,
                    tensor.path,
                    tensor.shape,
                    tensor.dtype if is_same else None,
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

    def match_elsewhere(
        self, expected: Sequence[Expected], tensors: Sequence[Tensor], why: str
    ) -> None:
        """Match the weights of layers with tensors that the file has under other names."""
        self.by_shape.update(dict.fromkeys(weight.layer for weight in expected))
        self.note_by_shape(expected, why)
        self.match(expected, tensors)

    def note_by_shape(self, expected: Iterable[Expected], why: str) -> None:
        layers = some(weight.layer for weight in expected)
        self.notes.append(f"compared by shape alone: {layers}; {why}")

    def match(self, expected: Iterable[Expected], tensors: Sequence[Tensor]) -> None:
        """Match weights with tensors by shape alone."""
        left: dict[Shape, list[Tensor]] = {}
        for tensor in tensors:
            left.setdefault(tensor.shape, []).append(tensor)
        missing = []
        for weight in expected:
            if left.get(weight.shape):
                self.pair(weight, left[weight.shape].pop())
            else:
                missing.append(weight)
        over = {id(tensor) for each in left.values() for tensor in each}
        self.apart(missing, [tensor for tensor in tensors if id(tensor) in over])


def some(names: Iterable[str]) -> str:
    """The first five different names, and the number of the others.

    >>> some("abcabc"), some("abcdefg")
    ('a, b, c', 'a, b, c, d, e and 2 more')
    """
    each = list(dict.fromkeys(names))
    return ", ".join(each[:5]) + (f" and {len(each) - 5} more" if len(each) > 5 else "")

"""Products of matrices and tensors, which cause most of a model's MACs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, ClassVar

from lstmcount.errors import ShapeError
from lstmcount.layers.ops.base import Operation, array_shape
from lstmcount.layers.ops.shapes import axis_of, broadcast, differ, is_one, larger, size
from lstmcount.naming import counted
from lstmcount.shapes import Dim, Shape, Unknown, show


class Matmul(Operation):
    """
    >>> Matmul().output_shape((2, 3, 4), (4, 5)), Matmul().macs((2, 3, 4), (4, 5))
    ((2, 3, 5), 60)
    """

    tensors: ClassVar[int] = 2

    def call(self, x1: Any, x2: Any) -> Shape:
        shape1, shape2 = array_shape(x1), array_shape(x2)
        left = (1, *shape1) if len(shape1) == 1 else shape1
        right = (*shape2, 1) if len(shape2) == 1 else shape2
        _check_contracted(left[-1], right[-2], shape1, shape2)
        rows = left[-2:-1] if len(shape1) > 1 else ()
        columns = right[-1:] if len(shape2) > 1 else ()
        return (*broadcast(left[:-2], right[:-2]), *rows, *columns)

    def contractions(self, x1: Any, x2: Any) -> Dim:
        return _per_sample(self.call(x1, x2)) * array_shape(x1)[-1]


def _check_contracted(dim1: Dim, dim2: Dim, shape1: Shape, shape2: Shape) -> None:
    if differ(dim1, dim2):
        raise ShapeError(f"cannot multiply {show(shape1)} by {show(shape2)}: {dim1} is not {dim2}")


def _per_sample(shape: Shape) -> Dim:
    return size(shape[1:])


class Dot(Operation):
    tensors: ClassVar[int] = 2

    def call(self, x1: Any, x2: Any) -> Shape:
        shape1, shape2 = array_shape(x1), array_shape(x2)
        if not shape1 or not shape2:
            return broadcast(shape1, shape2)
        contracted = axis_of(-2 if len(shape2) > 1 else 0, len(shape2))
        if len(shape1) == len(shape2) == 1:
            return ()
        if len(shape2) == 1 and isinstance(shape1[-1], Unknown) != isinstance(shape2[0], Unknown):
            raise ShapeError(f"cannot multiply {show(shape1)} by {show(shape2)}")
        _check_contracted(shape1[-1], shape2[contracted], shape1, shape2)
        return (*shape1[:-1], *shape2[:contracted], *shape2[contracted + 1 :])

    def contractions(self, x1: Any, x2: Any) -> Dim:
        shape1, shape2 = array_shape(x1), array_shape(x2)
        return _per_sample(self.call(x1, x2)) * shape1[-1] if shape1 and shape2 else 0


class Inner(Operation):
    tensors: ClassVar[int] = 2

    def call(self, x1: Any, x2: Any) -> Shape:
        shape1, shape2 = array_shape(x1), array_shape(x2)
        if not shape1 or not shape2:
            return shape1 or shape2
        _check_contracted(shape1[-1], shape2[-1], shape1, shape2)
        return (*shape1[:-1], *shape2[:-1])

    def contractions(self, x1: Any, x2: Any) -> Dim:
        shape1, shape2 = array_shape(x1), array_shape(x2)
        return _per_sample(self.call(x1, x2)) * shape1[-1] if shape1 and shape2 else 0


class Vdot(Operation):
    tensors: ClassVar[int] = 2

    def call(self, x1: Any, x2: Any) -> Shape:
        return ()

    def contractions(self, x1: Any, x2: Any) -> Dim:
        return _per_sample(array_shape(x1))


class Tensordot(Operation):
    """
    >>> Tensordot(axes=[[2], [0]]).output_shape((2, 3, 4), (4, 5))
    (2, 3, 5)
    """

    axes: Any = 2
    tensors: ClassVar[int] = 2

    def call(self, x1: Any, x2: Any) -> Shape:
        shape1, shape2 = array_shape(x1), array_shape(x2)
        first, second = self._contracted(len(shape1), len(shape2))
        for a, b in zip(first, second, strict=True):
            if isinstance(self.axes, list):
                _check_contracted(shape1[a], shape2[b], shape1, shape2)
        return (
            *(dim for axis, dim in enumerate(shape1) if axis not in first),
            *(dim for axis, dim in enumerate(shape2) if axis not in second),
        )

    def contractions(self, x1: Any, x2: Any) -> Dim:
        shape1 = array_shape(x1)
        first, _ = self._contracted(len(shape1), len(array_shape(x2)))
        return _per_sample(self.call(x1, x2)) * size([shape1[axis] for axis in first])

    def _contracted(self, rank1: int, rank2: int) -> tuple[list[int], list[int]]:
        if isinstance(self.axes, int):
            count = max(0, self.axes)
            return list(range(rank1))[rank1 - min(count, rank1) :], list(range(min(count, rank2)))
        first, second = ([a] if isinstance(a, int) else a for a in self.axes)
        return [axis_of(a, rank1) for a in first], [axis_of(a, rank2) for a in second]


class Outer(Operation):
    tensors: ClassVar[int] = 2

    def call(self, x1: Any, x2: Any) -> Shape:
        return (size(array_shape(x1)), size(array_shape(x2)))


class Kron(Operation):
    tensors: ClassVar[int] = 2

    def call(self, x1: Any, x2: Any) -> Shape:
        pairs = zip(array_shape(x1), array_shape(x2), strict=False)
        return tuple([a * b for a, b in pairs])


class Cross(Operation):
    axisa: int = -1
    axisb: int = -1
    axisc: int = -1
    axis: int | None = None
    tensors: ClassVar[int] = 2

    def call(self, x1: Any, x2: Any) -> Shape:
        shape1, a = _without(array_shape(x1), self.axisa if self.axis is None else self.axis)
        shape2, b = _without(array_shape(x2), self.axisb if self.axis is None else self.axis)
        for length in (a, b):
            if isinstance(length, int) and length not in (2, 3):
                raise ShapeError(f"expected vectors of 2 or 3 numbers, got {length}")
        vector = (3,) if 3 in (a, b) else ()
        result = broadcast(shape1, shape2)
        axis = axis_of(self.axisc if self.axis is None else self.axis, len(result) + len(vector))
        return (*result[:axis], *vector, *result[axis:])


def _without(shape: Shape, axis: int) -> tuple[Shape, Dim]:
    axis = axis_of(axis, len(shape))
    return (*shape[:axis], *shape[axis + 1 :]), shape[axis]


class Correlate(Operation):
    mode: str = "valid"
    tensors: ClassVar[int] = 2

    def call(self, x1: Any, x2: Any) -> Shape:
        (length1,), (length2,) = array_shape(x1), array_shape(x2)
        if self.mode == "full":
            return (length1 + length2 - 1,)
        longer = larger(length1, length2)
        return (longer,) if self.mode == "same" else (longer * 2 - length1 - length2 + 1,)


class Einsum(Operation):
    """
    >>> Einsum(subscripts="btd,du->btu").output_shape((2, 3, 4), (4, 5))
    (2, 3, 5)
    """

    subscripts: str

    def call(self, *operands: Any, **kwargs: Any) -> Shape:
        sizes = self._sizes(operands)
        return tuple([sizes[label] for label in self._output(sizes)])

    def contractions(self, *operands: Any, **kwargs: Any) -> Dim:
        """The product of all labels' sizes, except the batch: the first tensor's first axis."""
        sizes = dict(self._sizes(operands))
        for operand, labels in zip(operands, self._labelled(operands), strict=True):
            if isinstance(operand, tuple) and labels:
                sizes[labels[0]] = 1
                break
        return math.prod(sizes.values())

    def _output_spec(self) -> str:
        inputs, arrow, output = self.subscripts.replace(" ", "").partition("->")
        if arrow:
            return output
        labels = sorted({c for c in inputs if c.isalpha() and inputs.count(c) == 1})
        return "..." * ("..." in inputs) + "".join(labels)

    def _output(self, sizes: dict[str, Dim]) -> Iterator[str]:
        output = self._output_spec()
        dots = sorted([label for label in sizes if not label.isalpha()], key=int)
        before, _, after = output.partition("...")
        return iter([*before, *(dots if "..." in output else []), *after])

    def _labelled(self, operands: Any) -> list[list[str]]:
        """The labels of each operand's axes; axes of an ellipsis have "-1" (the last), "-2", …"""
        specs = self.subscripts.replace(" ", "").partition("->")[0].split(",")
        if len(specs) != len(operands):
            raise ShapeError(
                f"{self.subscripts!r} takes {counted(len(specs), 'input')}, got {len(operands)}"
            )
        labelled = []
        for spec, operand in zip(specs, operands, strict=True):
            rank = len(array_shape(operand))
            before, dots, after = spec.partition("...")
            free = rank - len(before) - len(after)
            if free < 0 or (free and not dots):
                raise ShapeError(f"{spec!r} does not fit {show(operand)}")
            labelled.append([*before, *map(str, range(-free, 0)), *after])
        return labelled

    def _sizes(self, operands: Any) -> dict[str, Dim]:
        """The size of each label. As in Keras, sizes of summed labels may differ."""
        sizes: dict[str, Dim] = {}
        output = self._output_spec()
        for operand, labels in zip(operands, self._labelled(operands), strict=True):
            for label, dim in zip(labels, array_shape(operand), strict=True):
                known = sizes.get(label, 1)
                if is_one(known) or (isinstance(known, Unknown) and not is_one(dim)):
                    sizes[label] = dim
                elif differ(known, dim) and dim != 1 and (label in output or not label.isalpha()):
                    raise ShapeError(f"{label!r} is {known} and {dim} in {self.subscripts!r}")
        return sizes

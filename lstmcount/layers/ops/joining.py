"""Operations that join tensors, or split a tensor."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, ClassVar, Literal

from lstmcount.errors import ShapeError
from lstmcount.layers.ops.base import Operation, array_shape, require_one_tensor
from lstmcount.layers.ops.shapes import (
    axis_of,
    equal_outputs,
    inserted,
    replaced,
    require_equal_except,
    size,
)
from lstmcount.shapes import UNKNOWN, Dim, Shape, show


class Concatenate(Operation):
    """
    >>> Concatenate(axis=-1).output_shape([(2, 3), (2, 4)])
    (2, 7)
    """

    axis: int = 0
    takes_lists: ClassVar[bool] = True

    def call(self, xs: list[Any]) -> Shape:
        return _joined([array_shape(x) for x in xs], self.axis)


class JoinAlong(Operation):
    """`hstack`, `vstack` and `dstack`."""

    axes: ClassVar[dict[str, int]] = {"Hstack": 1, "Vstack": 0, "Dstack": 2}
    takes_lists: ClassVar[bool] = True

    def call(self, xs: list[Any]) -> Shape:
        shapes = [array_shape(x) for x in xs]
        if self.class_name == "Dstack":
            shapes = [_three_dimensional(shape) for shape in shapes]
        return _joined(shapes, self.axes[self.class_name])


def _joined(shapes: list[Shape], axis: int) -> Shape:
    axis = axis_of(axis, len(shapes[0]))
    require_equal_except(shapes, axis)
    return replaced(shapes[0], axis, sum(shape[axis] for shape in shapes))


def _three_dimensional(shape: Shape) -> Shape:
    return ((1, 1, 1), (1, *shape, 1), (*shape, 1))[len(shape)] if len(shape) < 3 else shape


class Append(Operation):
    axis: int | None = None
    tensors: ClassVar[int] = 2

    def call(self, x1: Shape, x2: Shape) -> Shape:
        if self.axis is None:
            return (size(x1) + size(x2),)
        return _joined([x1, x2], self.axis)


class Stack(Operation):
    """
    >>> Stack(axis=1).output_shape([(2, 3), (2, 3)])
    (2, 2, 3)
    """

    axis: int = 0
    takes_lists: ClassVar[bool] = True

    def call(self, x: Any) -> Shape:
        if type(x) is tuple:  # TensorFlow stacks the items of a single tensor
            return inserted(x[1:], self.axis, x[0])
        shapes = [array_shape(item) for item in x]
        require_equal_except(shapes, None)
        return inserted(shapes[0], self.axis, len(shapes))


class Split(Operation):
    """
    >>> Split(indices_or_sections=[1], axis=-1).output_shape((2, 3))
    [(2, 1), (2, 2)]
    """

    indices_or_sections: int | list[int]
    axis: int = 0

    def call(self, x: Shape) -> list[Shape]:
        return self.split(x, self.axis)

    def split(self, x: Shape, axis: int) -> list[Shape]:
        axis = axis_of(axis, len(x))
        dim, sections = x[axis], self.indices_or_sections
        if isinstance(sections, int):
            if isinstance(dim, int) and dim % sections:
                raise ShapeError(
                    f"axis {axis} of {show(x)} cannot be split into {sections} equal parts"
                )
            return equal_outputs(replaced(x, axis, dim // sections), sections)
        ends: list[Dim] = [0, *sections, dim]
        return [replaced(x, axis, b - a) for a, b in pairwise(ends)]


class SplitAlong(Split):
    """`hsplit`, `vsplit` and `dsplit`."""

    least: ClassVar[dict[str, int]] = {"Hsplit": 1, "Vsplit": 2, "Dsplit": 3}
    axes: ClassVar[dict[str, int]] = {"Hsplit": 1, "Vsplit": 0, "Dsplit": 2}

    def call(self, x: Shape) -> list[Shape]:
        if len(x) < self.least[self.class_name]:
            raise ShapeError(
                f"expected at least {self.least[self.class_name]} dimensions, got {show(x)}"
            )
        return self.split(x, 0 if len(x) == 1 else self.axes[self.class_name])


class ArraySplit(Operation):
    """Splits into parts of almost equal length; the longer parts are first."""

    indices_or_sections: int
    axis: int = 0

    def call(self, x: Shape) -> list[Shape]:
        axis, parts = axis_of(self.axis, len(x)), self.indices_or_sections
        dim = x[axis]
        if not isinstance(dim, int):
            return equal_outputs(replaced(x, axis, UNKNOWN), parts)
        length, longer = divmod(dim, parts)
        shorter = equal_outputs(replaced(x, axis, length), parts - longer)
        return equal_outputs(replaced(x, axis, length + 1), longer) + shorter


class Unstack(Operation):
    num: int | None = None
    axis: int = 0

    def call(self, x: Shape) -> list[Shape]:
        axis = axis_of(self.axis, len(x))
        count = x[axis] if self.num is None else self.num
        if not isinstance(count, int):
            raise ShapeError(f"expected a known size of axis {axis}, got {show(x)}")
        return equal_outputs((*x[:axis], *x[axis + 1 :]), count)


class Meshgrid(Operation):
    indexing: Literal["xy", "ij"] = "xy"

    def call(self, *x: Any) -> list[Shape]:
        require_one_tensor(*x)
        sizes = [size(array_shape(item)) for item in x]
        if self.indexing != "ij":
            sizes[0], sizes[1] = sizes[1], sizes[0]
        return [tuple(sizes)] * len(x)

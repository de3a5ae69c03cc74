"""Operations that reduce or remove axes."""

from __future__ import annotations

from typing import Any, ClassVar

from lstmcount.errors import ShapeError
from lstmcount.layers.ops.base import Axes, Operation, array_shape
from lstmcount.layers.ops.shapes import axis_of, equal, reduced
from lstmcount.shapes import UNKNOWN, Dim, Shape, show


class Reduction(Operation):
    """Sums, means, minima and so on over some axes or over all.

    >>> Reduction(axis=[1, 2]).output_shape((2, 3, 4, 5))
    (2, 5)
    """

    axis: Axes = None
    keepdims: bool = False

    def call(self, x: Shape) -> Shape:
        return reduced(x, self.axis, self.keepdims)


class OneAxis(Reduction):
    axis: int | None = None


class Average(Reduction):
    axis: int | None = None

    def call(self, x: Shape, weights: Any = None) -> Shape:
        if weights is not None:
            weights_shape = array_shape(weights)
            along = x if self.axis is None else (x[axis_of(self.axis, len(x))],)
            if not equal(weights_shape, x) and not equal(weights_shape, along):
                raise ShapeError(f"weights of shape {show(weights_shape)} do not fit {show(x)}")
        return reduced(x, self.axis)


class Quantile(Operation):
    """Has a first axis for the quantiles `q`, unless `q` is one number."""

    axis: Axes = None
    keepdims: bool = False

    def call(self, x: Shape, q: Any) -> Shape:
        result = reduced(x, self.axis, self.keepdims)
        if isinstance(q, list):
            is_single = len(q) == 1 and "antile" in self.class_name
            return result if is_single else (len(q), *result)
        shape = array_shape(q)
        return (shape[0], *result) if shape else result


class Moments(Operation):
    """Mean and variance."""

    axes: Axes = None
    keepdims: bool = False

    def call(self, x: Shape) -> list[Shape]:
        return [reduced(x, self.axes, self.keepdims)] * 2


class Norm(Reduction):
    ord: Any = None

    def call(self, x: Shape) -> Shape:
        count = (
            len(x) if self.axis is None else len(self.axis) if isinstance(self.axis, list) else 1
        )
        if count == 1 and isinstance(self.ord, str):
            raise ShapeError(f"the norm {self.ord!r} is not defined for vectors")
        return reduced(x, self.axis, self.keepdims)


class Trapezoid(Operation):
    axis: int | None = -1

    def call(self, y: Shape) -> Shape:
        if self.axis is None or not y:
            return y
        return reduced(y, self.axis % len(y))


class Trace(Operation):
    axis1: int = 0
    axis2: int = 1

    def call(self, x: Shape) -> Shape:
        first, second = axis_of(self.axis1, len(x)), axis_of(self.axis2, len(x))
        if first == second:
            raise ShapeError(f"axis1 and axis2 are both {self.axis1}")
        return reduced(x, [first, second])


class DropsLastAxes(Operation):
    """Removes the last two axes, or only the last one."""

    dropped: ClassVar[dict[str, int]] = {"ViewAsComplex": 1}

    def call(self, x: Shape) -> Shape:
        return x[: -self.dropped.get(self.class_name, 2)]


class Slogdet(Operation):
    def call(self, x: Shape) -> list[Shape]:
        return [(), x[:-2]]


class Segments(Operation):
    """One row for each segment."""

    num_segments: int | None = None

    def call(self, data: Shape, segment_ids: Any) -> Shape:
        if len(array_shape(segment_ids)) != 1:
            raise ShapeError(f"expected one segment a row, got {show(array_shape(segment_ids))}")
        rows: Dim = UNKNOWN if self.num_segments is None else self.num_segments
        return (rows, *data[1:])

"""Operations that remove axes."""

from __future__ import annotations

from typing import Any, ClassVar

from lstmcount.errors import ShapeError
from lstmcount.layers.ops.base import Axes, Operation, array_shape
from lstmcount.layers.ops.shapes import axis_of, equal, reduced
from lstmcount.shapes import UNKNOWN, Dim, Shape, show


class Reduction(Operation):
    """Sums, means, extremes: over some axes, or over all.

    >>> Reduction(axis=[1, 2]).output_shape((2, 3, 4, 5))
    (2, 5)
    """

    axis: Axes = None
    keepdims: bool = False

    def call(self, x: Shape) -> Shape:
        return reduced(x, self.axis, self.keepdims)


class Average(Reduction):
    def call(self, x: Shape, weights: Any = None) -> Shape:
        if weights is not None:
            given = array_shape(weights)
            along = x if self.axis is None else reduced(x, self._others(len(x)))
            if not any(map(equal, (given, given), (x, along))):
                raise ShapeError(f"weights of shape {show(given)} do not fit {show(x)}")
        return reduced(x, self.axis)

    def _others(self, rank: int) -> list[int]:
        assert isinstance(self.axis, int)
        return [i for i in range(rank) if i != axis_of(self.axis, rank)]


class Quantile(Operation):
    """One result for each of the quantiles `q`, in front."""

    axis: Axes = None
    keepdims: bool = False

    def call(self, x: Shape, q: Any) -> Shape:
        result = reduced(x, self.axis, self.keepdims)
        if isinstance(q, list):
            alone = len(q) == 1 and "antile" in self.class_name
            return result if alone else (len(q), *result)
        given = array_shape(q)
        return (given[0], *result) if given else result


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
            raise ShapeError(f"a vector has no norm {self.ord!r}")
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


class Without(Operation):
    """The input without its last axes: two, or one."""

    lost: ClassVar[dict[str, int]] = {"ViewAsComplex": 1}

    def call(self, x: Shape) -> Shape:
        return x[: -self.lost.get(self.class_name, 2)]


class Slogdet(Operation):
    def call(self, x: Shape) -> list[Shape]:
        return [(), x[:-2]]


class Segments(Operation):
    """One row for each segment."""

    num_segments: int | None = None

    def call(self, data: Shape, segment_ids: Any) -> Shape:
        rows: Dim = UNKNOWN if self.num_segments is None else self.num_segments
        return (rows, *data[1:])

"""Operations that create a tensor from numbers, or a matrix from a vector."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from lstmcount.errors import ShapeError
from lstmcount.layers.ops.base import Operation, array_shape
from lstmcount.layers.ops.shapes import axis_of, broadcast, inserted, reduced, size, smaller
from lstmcount.shapes import UNKNOWN, Dim, Shape, show


class Arange(Operation):
    """
    >>> Arange().output_shape(1, 10, 2)
    (5,)
    """

    def call(self, start: Any, stop: Any = None, step: Any = None) -> Shape:
        if stop is None:
            start, stop = 0, start
        if not all(isinstance(value, int | float) for value in (start, stop, step or 1)):
            return (UNKNOWN,)
        return (math.ceil((stop - start) / (1 if step is None else step)),)


class Spaced(Operation):
    """`linspace`, `logspace` and `geomspace`: `num` values between `start` and `stop`."""

    num: int = 50
    axis: int = 0
    tensors: ClassVar[int] = 2

    def call(self, start: Any, stop: Any) -> Shape:
        return inserted(broadcast(array_shape(start), array_shape(stop)), self.axis, self.num)


class Diag(Operation):
    """A matrix with a vector on its diagonal, or the diagonal of a matrix.

    >>> Diag(k=1).output_shape((3,)), Diag(k=1).output_shape((3, 4))
    ((4, 4), (3,))
    """

    k: int = 0

    def call(self, x: Shape) -> Shape:
        if len(x) == 1:
            return (x[0] + abs(self.k),) * 2
        if len(x) != 2:
            raise ShapeError(f"expected a vector or a matrix, got {show(x)}")
        return (diagonal(x[0], x[1], self.k),)


class Diagflat(Operation):
    k: int = 0

    def call(self, x: Shape) -> Shape:
        return (size(x) + abs(self.k),) * 2


class Diagonal(Operation):
    offset: int = 0
    axis1: int = 0
    axis2: int = 1

    def call(self, x: Shape) -> Shape:
        if len(x) < 2:
            raise ShapeError(f"expected at least two dimensions, got {show(x)}")
        if axis_of(self.axis1, len(x)) == axis_of(self.axis2, len(x)):
            raise ShapeError(f"axis1 and axis2 are both {axis_of(self.axis1, len(x))}")
        rows, columns = (x[axis_of(axis, len(x))] for axis in (self.axis1, self.axis2))
        rest = reduced(x, [self.axis1, self.axis2])
        return (*rest, diagonal(rows, columns, self.offset))


def diagonal(rows: Dim, columns: Dim, offset: int) -> Dim:
    """
    >>> diagonal(3, 4, 1), diagonal(3, 4, -1)
    (3, 2)
    """
    length = smaller(columns - offset if offset > 0 else rows + offset, rows, columns)
    return 0 if isinstance(length, int) and length < 0 else length


class Vander(Operation):
    N: int | None = None

    def call(self, x: Shape) -> Shape:
        if len(x) != 1:
            raise ShapeError(f"expected a vector, got {show(x)}")
        return (*x, x[0] if self.N is None else self.N)


class Rank(Operation):
    """The shape that Keras infers for `ndim`: a vector with one value per dimension."""

    def call(self, x: Shape) -> Shape:
        return (len(x),)

"""Operations of linear algebra on the last two axes."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from lstmcount.errors import ShapeError
from lstmcount.layers.ops.base import Operation, array_shape
from lstmcount.layers.ops.shapes import broadcast, differ, smaller
from lstmcount.shapes import Dim, Shape, Shapes, Unknown, show


class Square(Operation):
    """Base of operations on square matrices; keeps the shape."""

    def call(self, x: Shape) -> Shapes:
        require_square(x)
        return x


class Det(Square):
    def call(self, x: Shape) -> Shape:
        require_square(x)
        return x[:-2]


class Eig(Square):
    """Eigenvalues and eigenvectors."""

    def call(self, x: Shape) -> list[Shape]:
        require_square(x)
        return [x[:-1], x]


class LuFactor(Operation):
    def call(self, x: Shape) -> list[Shape]:
        require_matrices(x)
        return [x, (*x[:-2], smaller(x[-2], x[-1]))]


class Qr(Operation):
    mode: Literal["reduced", "complete"] = "reduced"

    def call(self, x: Shape) -> list[Shape]:
        require_matrices(x)
        *batch, rows, columns = x
        if isinstance(rows, Unknown) or isinstance(columns, Unknown):
            raise ShapeError(f"the last two dimensions of {show(x)} must be known")
        inner = smaller(rows, columns) if self.mode == "reduced" else rows
        return [(*batch, rows, inner), (*batch, inner, columns)]


class SVD(Operation):
    full_matrices: bool = True
    compute_uv: bool = True

    def call(self, x: Shape) -> Shapes:
        require_matrices(x)
        *batch, rows, columns = x
        rank = smaller(rows, columns)
        values = (*batch, rank)
        if not self.compute_uv:
            return values
        left, right = (rows, columns) if self.full_matrices else (rank, rank)
        return [(*batch, rows, left), values, (*batch, right, columns)]


class Pinv(Operation):
    def call(self, x: Shape) -> Shape:
        require_matrices(x)
        return (*x[:-2], x[-1], x[-2])


class MatrixRank(Operation):
    def call(self, x: Shape) -> Shape:
        require_matrices(x)
        return x[:-2]


class Solve(Operation):
    tensors: ClassVar[int] = 2

    def call(self, a: Any, b: Any) -> Shape:
        matrix, values = array_shape(a), array_shape(b)
        require_square(matrix)
        if not values:
            raise ShapeError("expected at least one dimension, got ()")
        rows = {len(matrix): -2, len(matrix) + 1: -1}.get(len(values))
        if rows is not None and _may_differ(matrix[rows], values[rows]):
            raise ShapeError(f"the rows of {show(matrix)} and {show(values)} differ")
        return values


class Lstsq(Operation):
    tensors: ClassVar[int] = 2

    def call(self, a: Any, b: Any) -> Shape:
        a, b = array_shape(a), array_shape(b)
        if len(a) != 2 or len(b) not in (1, 2) or differ(a[0], b[0]):
            raise ShapeError(f"the rows of {show(a)} and {show(b)} differ")
        return (a[1], *b[1:])


class CDist(Operation):
    """The distance between each row of one matrix and each row of the other."""

    tensors: ClassVar[int] = 2

    def call(self, x: Any, y: Any) -> Shape:
        x, y = array_shape(x), array_shape(y)
        require_matrices(x)
        require_matrices(y)
        if differ(x[-1], y[-1]):
            raise ShapeError(f"the last dimensions of {show(x)} and {show(y)} differ")
        return (*broadcast(x[:-2], y[:-2]), x[-2], y[-2])


def require_matrices(x: Shape) -> None:
    if len(x) < 2:
        raise ShapeError(f"expected at least two dimensions, got {show(x)}")


def require_square(x: Shape) -> None:
    require_matrices(x)
    if _may_differ(x[-1], x[-2]):
        raise ShapeError(f"expected square matrices, got {show(x)}")


def _may_differ(a: Dim, b: Dim) -> bool:
    """Whether two dimensions differ, or one of them is known and the other is not."""
    return differ(a, b) or isinstance(a, Unknown) != isinstance(b, Unknown)

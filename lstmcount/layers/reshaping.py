"""The same values in another shape."""

from __future__ import annotations

import math
from typing import ClassVar

from lstmcount.dimensions import Shape, known, show
from lstmcount.errors import LstmcountError, ShapeError
from lstmcount.layers.arguments import DataFormat, PositiveInt
from lstmcount.layers.base import Layer, require_rank


class Flatten(Layer):
    """All dimensions but the batch in one.

    >>> Flatten().output_shape((1, 5, 64))
    (1, 320)
    """

    data_format: DataFormat = None

    def output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], math.prod(input_shape[1:]))


class Reshape(Layer):
    """Another shape for each sample; one -1 takes what is left.

    >>> Reshape(target_shape=[-1, 4]).output_shape((1, 6, 2))
    (1, 3, 4)
    """

    target_shape: list[int]

    built_at_init: ClassVar[bool | None] = False

    def check(self, input_shape: Shape) -> None:
        target = self.target_shape
        if target.count(-1) > 1 or any(dim < -1 for dim in target):
            raise ShapeError(f"a target shape has at most one -1, got {target}")
        size = math.prod(input_shape[1:])
        rest = math.prod(dim for dim in target if dim != -1)
        if not known(size):
            return
        if (-1 in target and rest and size % rest) or (-1 not in target and rest != size):
            raise ShapeError(f"{show(input_shape)} cannot take the shape {tuple(target)}")

    def output_shape(self, input_shape: Shape) -> Shape:
        rest = math.prod(dim for dim in self.target_shape if dim != -1)
        left = math.prod(input_shape[1:]) // rest if rest else 0
        return (input_shape[0], *(left if dim == -1 else dim for dim in self.target_shape))


class Permute(Layer):
    """The dimensions of each sample in another order, counted from 1."""

    dims: list[int]

    def __post_init__(self) -> None:
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise LstmcountError(
                f"expected a permutation of 1 to {len(self.dims)}, got {self.dims}", path=("dims",)
            )

    def check(self, input_shape: Shape) -> None:
        require_rank(input_shape, len(self.dims) + 1, "batch, and a dimension for each in dims")

    def output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], *(input_shape[dim] for dim in self.dims))


class RepeatVector(Layer):
    """(batch, features) n times: (batch, n, features)."""

    n: PositiveInt

    def check(self, input_shape: Shape) -> None:
        require_rank(input_shape, 2, "batch, features")

    def output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], self.n, input_shape[1])

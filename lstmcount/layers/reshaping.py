"""The same values in another shape."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

from lstmcount.errors import LstmcountError, ShapeError
from lstmcount.layers.arguments import DataFormat, NonNegativeInt, PositiveInt
from lstmcount.layers.base import Layer, require_rank
from lstmcount.layers.spatial import Size, Spatial
from lstmcount.shapes import UNKNOWN, Shape, Shapes, known, not_negative, show


class Flatten(Layer):
    """All dimensions but the batch in one.

    >>> Flatten().output_shape((1, 5, 64))
    (1, 320)
    """

    data_format: DataFormat = None

    def output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], math.prod(input_shape[1:]))


class Reshape(Layer):
    """Another shape for each sample; one dimension may be -1, to be inferred.

    >>> Reshape(target_shape=[-1, 4]).output_shape((1, 6, 2))
    (1, 3, 4)
    """

    target_shape: list[int | None]

    built_at_init: ClassVar[bool] = True

    def check_arguments(self) -> None:
        dims = [dim for dim in self.target_shape if isinstance(dim, int)]
        if dims.count(-1) > 1 or min(dims, default=0) < -1:
            raise LstmcountError(
                f"expected dimensions and at most one -1, got {self.target_shape}",
                path=("target_shape",),
            )

    def _target(self) -> list[Any]:
        return [UNKNOWN if dim is None else dim for dim in self.target_shape]

    def check(self, input_shape: Shape) -> None:
        target = self._target()
        size = math.prod(input_shape[1:])
        rest = math.prod(dim for dim in target if dim != -1)
        if not known(size) or not known(rest):
            return
        if (-1 in target and rest and size % rest) or (-1 not in target and rest != size):
            raise ShapeError(f"{show(input_shape)} cannot take the shape {tuple(target)}")

    def input_independent_output(self) -> Shapes:
        target = self._target()
        return None if -1 in target else (UNKNOWN, *target)

    def output_shape(self, input_shape: Shape) -> Shape:
        rest = math.prod(dim for dim in self._target() if dim != -1)
        left = math.prod(input_shape[1:]) // rest if rest else 0
        return (input_shape[0], *(left if dim == -1 else dim for dim in self._target()))


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


class Resized(Spatial):
    """Layers that make the spatial dimensions larger or smaller and keep the channels."""

    data_format: DataFormat = None

    def resized(self, spatial: Shape) -> Shape:
        raise NotImplementedError

    def check(self, input_shape: Shape) -> None:
        self.check_rank(input_shape)

    def check_for_keras3(self, input_shape: Shape) -> None:
        self.check_output(input_shape, self.resized(self.spatial(input_shape)))

    def output_shape(self, input_shape: Shape) -> Shape:
        spatial = self.resized(self.spatial(input_shape))
        return self.assembled(input_shape[0], spatial, input_shape[self.channels_axis])


class UpSampling(Resized):
    """Every position `size` times."""

    size: Size = 2
    data_format: DataFormat = None

    def __post_init__(self) -> None:
        self.check_sizes("size")

    def resized(self, spatial: Shape) -> Shape:
        return tuple(n * size for n, size in zip(spatial, self.each(self.size), strict=True))


class UpSampling1D(UpSampling):
    """Every time step `size` times."""

    rank: ClassVar[int] = 1

    def check_arguments(self) -> None:
        if isinstance(self.size, list):
            raise LstmcountError(f"expected a positive integer, got {self.size}", path=("size",))


class UpSampling2D(UpSampling):
    """An image, enlarged."""

    interpolation: Literal["bicubic", "bilinear", "lanczos3", "lanczos5", "nearest"] = "nearest"


class UpSampling3D(UpSampling):
    """A volume, enlarged."""

    rank: ClassVar[int] = 3


Margin = NonNegativeInt | list[NonNegativeInt | list[NonNegativeInt]]


class Margins(Resized):
    """Base of cropping and padding: amounts at the start and end of each dimension."""

    def margins(self, value: Any) -> list[Any]:
        """The sum of both ends for each spatial dimension."""
        if not isinstance(value, list):
            return [2 * value] * self.rank
        if self.rank == 1:
            return [value[0] + value[1]]
        return [sum(both) if isinstance(both, list) else 2 * both for both in value]

    def check_margins(self, value: Any, field: str) -> None:
        if not isinstance(value, list):
            return
        wanted = 2 if self.rank == 1 else self.rank
        pairs = all(not isinstance(both, list) or len(both) == 2 for both in value)
        if len(value) != wanted or not pairs:
            raise LstmcountError(
                f"expected a number, or a number or a pair for each dimension, got {value}",
                path=(field,),
            )


class Cropping(Margins):
    """Less at both ends."""

    cropping: Margin = 1
    data_format: DataFormat = None

    def __post_init__(self) -> None:
        self.check_margins(self.cropping, "cropping")

    def resized(self, spatial: Shape) -> Shape:
        """Cropped sizes; an older Keras crops to zero if the margins exceed the input."""
        cut = self.margins(self.cropping)
        return tuple(not_negative(size - both) for size, both in zip(spatial, cut, strict=False))


class Cropping1D(Cropping):
    """A sequence without its first and last time steps."""

    rank: ClassVar[int] = 1


class Cropping2D(Cropping):
    """An image without its margins."""

    cropping: Margin = 0


class Cropping3D(Cropping):
    """A volume without its margins."""

    rank: ClassVar[int] = 3


class ZeroPadding(Margins):
    """Zeros at both ends."""

    padding: Margin = 1
    data_format: DataFormat = None

    def __post_init__(self) -> None:
        self.check_margins(self.padding, "padding")

    def resized(self, spatial: Shape) -> Shape:
        return tuple(n + more for n, more in zip(spatial, self.margins(self.padding), strict=True))


class ZeroPadding1D(ZeroPadding):
    """Time steps of zeros before and after."""

    rank: ClassVar[int] = 1


class ZeroPadding2D(ZeroPadding):
    """An image with a margin of zeros."""


class ZeroPadding3D(ZeroPadding):
    """A volume with a margin of zeros."""

    rank: ClassVar[int] = 3

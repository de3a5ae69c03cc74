"""Layers that rearrange, repeat, crop or pad values."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

from lstmcount.errors import LstmcountError, ShapeError
from lstmcount.layers.arguments import DataFormat, NonNegativeInt, PositiveInt
from lstmcount.layers.base import Layer, require_rank
from lstmcount.layers.spatial import Size, Spatial
from lstmcount.shapes import UNKNOWN, Shape, Shapes, known, not_negative, show


class Flatten(Layer):
    """Merges all axes except the batch into one.

    >>> Flatten().output_shape((1, 5, 64))
    (1, 320)
    """

    data_format: DataFormat = None

    keeps_dtype: ClassVar[bool] = True

    def output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], math.prod(input_shape[1:]))


class Reshape(Layer):
    """Gives each sample another shape; a dimension of -1 is inferred.

    >>> Reshape(target_shape=[-1, 4]).output_shape((1, 6, 2))
    (1, 3, 4)
    """

    target_shape: list[int | None]

    keeps_dtype: ClassVar[bool] = True
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
    """Reorders the axes of each sample, which `dims` counts from 1."""

    dims: list[int]

    keeps_dtype: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if sorted(self.dims) != list(range(1, len(self.dims) + 1)):
            raise LstmcountError(
                f"expected a permutation of 1 to {len(self.dims)}, got {self.dims}", path=("dims",)
            )

    def check(self, input_shape: Shape) -> None:
        require_rank(input_shape, len(self.dims) + 1, "batch, and an axis for each entry of dims")

    def output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], *(input_shape[dim] for dim in self.dims))


class RepeatVector(Layer):
    """Repeats (batch, features) n times: (batch, n, features)."""

    n: PositiveInt

    def check(self, input_shape: Shape) -> None:
        require_rank(input_shape, 2, "batch, features")

    def output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], self.n, input_shape[1])


class SpatialResizing(Spatial):
    """Base of layers that change the size of the spatial axes and keep the channels."""

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


class UpSampling(SpatialResizing):
    """Base of layers that repeat every position `size` times along each spatial axis."""

    size: Size = 2
    data_format: DataFormat = None

    def __post_init__(self) -> None:
        self.check_sizes("size")

    def resized(self, spatial: Shape) -> Shape:
        return tuple(n * size for n, size in zip(spatial, self.each(self.size), strict=True))


class UpSampling1D(UpSampling):
    """Repeats every time step `size` times."""

    rank: ClassVar[int] = 1
    absent_arguments: ClassVar[tuple[str, ...]] = ("data_format",)

    def check_arguments(self) -> None:
        if isinstance(self.size, list):
            raise LstmcountError(f"expected a positive integer, got {self.size}", path=("size",))


class UpSampling2D(UpSampling):
    """Enlarges images by repeating or interpolating pixels."""

    interpolation: Literal["bicubic", "bilinear", "lanczos3", "lanczos5", "nearest"] = "nearest"


class UpSampling3D(UpSampling):
    """Enlarges volumes by repeating voxels."""

    rank: ClassVar[int] = 3


Margin = NonNegativeInt | list[NonNegativeInt | list[NonNegativeInt]]


class Margins(SpatialResizing):
    """Base of cropping and padding, which change the start and end of each spatial axis."""

    def margins(self, value: Any) -> list[Any]:
        """The sum of both margins of each spatial axis."""
        if not isinstance(value, list):
            return [2 * value] * self.rank
        if self.rank == 1:
            return [value[0] + value[1]]
        return [sum(both) if isinstance(both, list) else 2 * both for both in value]

    def check_margins(self, value: Any, field: str) -> None:
        if not isinstance(value, list):
            return
        count = 2 if self.rank == 1 else self.rank
        pairs = all(not isinstance(both, list) or len(both) == 2 for both in value)
        if len(value) != count or not pairs:
            raise LstmcountError(
                f"expected a number, or for each axis a number or a pair, got {value}",
                path=(field,),
            )


class Cropping(Margins):
    """Base of layers that remove margins."""

    cropping: Margin = 1
    data_format: DataFormat = None

    def __post_init__(self) -> None:
        self.check_margins(self.cropping, "cropping")

    def resized(self, spatial: Shape) -> Shape:
        """The cropped sizes; 0 if the margins exceed the input, as in older versions of Keras."""
        cut = self.margins(self.cropping)
        return tuple(not_negative(size - both) for size, both in zip(spatial, cut, strict=False))


class Cropping1D(Cropping):
    """Removes the first and last time steps."""

    rank: ClassVar[int] = 1
    absent_arguments: ClassVar[tuple[str, ...]] = ("data_format",)


class Cropping2D(Cropping):
    """Removes margins of images."""

    cropping: Margin = 0


class Cropping3D(Cropping):
    """Removes margins of volumes."""

    rank: ClassVar[int] = 3


class ZeroPadding(Margins):
    """Base of layers that add margins of zeros."""

    padding: Margin = 1
    data_format: DataFormat = None

    def __post_init__(self) -> None:
        self.check_margins(self.padding, "padding")

    def resized(self, spatial: Shape) -> Shape:
        return tuple(n + more for n, more in zip(spatial, self.margins(self.padding), strict=True))


class ZeroPadding1D(ZeroPadding):
    """Adds time steps of zeros at the start and end."""

    rank: ClassVar[int] = 1


class ZeroPadding2D(ZeroPadding):
    """Adds margins of zeros to images."""


class ZeroPadding3D(ZeroPadding):
    """Adds margins of zeros to volumes."""

    rank: ClassVar[int] = 3

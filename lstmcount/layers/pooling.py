"""Pooling layers: over windows, over all positions, or to a given output size."""

from __future__ import annotations

from typing import ClassVar, Literal

from lstmcount.layers.arguments import DataFormat
from lstmcount.layers.spatial import Size, Spatial, windows
from lstmcount.shapes import Shape


class Pooling(Spatial):
    """Base of layers that pool each window of `pool_size`, at `strides` (default: `pool_size`).

    The number of channels stays; there are no weights.
    """

    built_at_init: ClassVar[bool] = True

    pool_size: Size = 2
    strides: Size | None = None
    padding: Literal["valid", "same"] = "valid"
    data_format: DataFormat = None

    def __post_init__(self) -> None:
        self.check_sizes("pool_size", "strides")

    def check(self, input_shape: Shape) -> None:
        self.check_rank(input_shape)
        self.check_output(input_shape, self._pooled(input_shape))

    def _pooled(self, input_shape: Shape) -> Shape:
        strides = self.pool_size if self.strides is None else self.strides
        sizes = zip(
            self.spatial(input_shape), self.each(self.pool_size), self.each(strides), strict=True
        )
        return tuple(windows(n, pool, stride, self.padding) for n, pool, stride in sizes)

    def output_shape(self, input_shape: Shape) -> Shape:
        channels = input_shape[self.channels_axis]
        return self.assembled(input_shape[0], self._pooled(input_shape), channels)


class MaxPooling1D(Pooling):
    """Takes the maximum of each window over time."""

    rank: ClassVar[int] = 1


class MaxPooling2D(Pooling):
    """Takes the maximum of each window of an image.

    >>> MaxPooling2D().output_shape((1, 224, 224, 64))
    (1, 112, 112, 64)
    """


class MaxPooling3D(Pooling):
    """Takes the maximum of each window of a volume."""

    rank: ClassVar[int] = 3


class AveragePooling1D(Pooling, kw_only=True):
    """Takes the mean of each window over time."""

    pool_size: Size

    rank: ClassVar[int] = 1


class AveragePooling2D(Pooling, kw_only=True):
    """Takes the mean of each window of an image."""

    pool_size: Size


class AveragePooling3D(Pooling, kw_only=True):
    """Takes the mean of each window of a volume."""

    pool_size: Size

    rank: ClassVar[int] = 3


class GlobalPooling(Spatial):
    """Base of layers that pool all positions of a channel; `keepdims` keeps axes of size 1."""

    built_at_init: ClassVar[bool] = True

    data_format: DataFormat = None
    keepdims: bool = False

    def check(self, input_shape: Shape) -> None:
        self.check_rank(input_shape)

    def output_shape(self, input_shape: Shape) -> Shape:
        # Keras infers this for any rank, and does not check the rank when it calls a nested model.
        channels = input_shape[1 if self.data_format == "channels_first" else -1]
        spatial = (1,) * (len(input_shape) - 2) if self.keepdims else ()
        return self.assembled(input_shape[0], spatial, channels)


class GlobalMaxPooling1D(GlobalPooling):
    """Takes the maximum of each feature over time."""

    rank: ClassVar[int] = 1


class GlobalMaxPooling2D(GlobalPooling):
    """Takes the maximum of each channel of an image."""


class GlobalMaxPooling3D(GlobalPooling):
    """Takes the maximum of each channel of a volume."""

    rank: ClassVar[int] = 3


class GlobalAveragePooling1D(GlobalPooling):
    """Takes the mean of each feature over time."""

    rank: ClassVar[int] = 1
    takes_mask: ClassVar[bool] = True


class GlobalAveragePooling2D(GlobalPooling):
    """Takes the mean of each channel of an image.

    >>> GlobalAveragePooling2D().output_shape((1, 7, 7, 2048))
    (1, 2048)
    """


class GlobalAveragePooling3D(GlobalPooling):
    """Takes the mean of each channel of a volume."""

    rank: ClassVar[int] = 3


class AdaptivePooling(Spatial, kw_only=True):
    """Base of layers that pool windows of the size that gives `output_size`."""

    output_size: Size
    data_format: DataFormat = None

    def __post_init__(self) -> None:
        self.check_sizes("output_size")

    def check(self, input_shape: Shape) -> None:
        self.check_rank(input_shape)

    def output_shape(self, input_shape: Shape) -> Shape:
        channels = input_shape[self.channels_axis]
        return self.assembled(input_shape[0], self.each(self.output_size), channels)


class AdaptiveMaxPooling1D(AdaptivePooling):
    """Takes `output_size` maxima over time."""

    rank: ClassVar[int] = 1


class AdaptiveMaxPooling2D(AdaptivePooling):
    """Takes maxima of an image on a grid of `output_size`."""


class AdaptiveMaxPooling3D(AdaptivePooling):
    """Takes maxima of a volume on a grid of `output_size`."""

    rank: ClassVar[int] = 3


class AdaptiveAveragePooling1D(AdaptivePooling):
    """Takes `output_size` means over time."""

    rank: ClassVar[int] = 1


class AdaptiveAveragePooling2D(AdaptivePooling):
    """Takes means of an image on a grid of `output_size`."""


class AdaptiveAveragePooling3D(AdaptivePooling):
    """Takes means of a volume on a grid of `output_size`."""

    rank: ClassVar[int] = 3

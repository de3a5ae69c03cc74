"""Operations for TensorFlow functions on images: convolutions, pooling, resizing."""

from __future__ import annotations

import math
from typing import Any, ClassVar

from lstmcount.layers.ops.base import Operation, array_shape
from lstmcount.layers.ops.images import ImageOperation
from lstmcount.layers.ops.shapes import spread
from lstmcount.layers.ops.tensorflow.functions import passed_shape
from lstmcount.layers.ops.windows import Conv, DepthwiseConv, Pool, positions
from lstmcount.shapes import UNKNOWN, Dim, Shape


def is_channels_first(data_format: str | None) -> bool:
    """
    >>> is_channels_first("NCHW"), is_channels_first("NHWC"), is_channels_first(None)
    (True, False, False)
    """
    return bool(data_format) and str(data_format).startswith(("NC", "channels_first"))


def spatial_sizes(value: Any, rank: int, channels_first: bool) -> list[int]:
    """A number for each spatial axis, from one number, or from numbers for these or all axes.

    >>> spatial_sizes([1, 2, 2, 1], 2, False), spatial_sizes(2, 2, False)
    ([2, 2], [2, 2])
    """
    sizes = spread(1 if value is None else value, rank)
    if len(sizes) == rank + 2:
        return sizes[2:] if channels_first else sizes[1:-1]
    return sizes * rank if len(sizes) == 1 else sizes


class TFWindow(Operation):
    strides: Any = None
    padding: Any = "VALID"
    data_format: str | None = None
    dilations: Any = None

    def keras(self, cls: Any, rank: int, **arguments: Any) -> Any:
        """The equivalent Keras operation for `rank` spatial axes."""
        first = is_channels_first(self.data_format)
        arguments["strides"] = spatial_sizes(self.strides, rank, first)
        arguments["padding"] = str(self.padding)
        arguments["data_format"] = "channels_first" if first else "channels_last"
        if self.dilations is not None:
            arguments["dilation_rate"] = spatial_sizes(self.dilations, rank, first)
        return cls(**arguments)


class TFConv(TFWindow):
    tensors: ClassVar[int] = 2

    def call(self, input: Any, filters: Any) -> Shape:
        convolution = self.keras(Conv, len(array_shape(filters)) - 2)
        shape: Shape = convolution.call(array_shape(input), array_shape(filters))
        return shape

    def contractions(self, input: Any, filters: Any) -> Dim:
        convolution = self.keras(Conv, len(array_shape(filters)) - 2)
        macs: Dim = convolution.contractions(array_shape(input), array_shape(filters))
        return macs


class TFDepthwiseConv(TFWindow):
    tensors: ClassVar[int] = 2

    def call(self, input: Any, filter: Any) -> Shape:
        convolution = self.keras(DepthwiseConv, len(array_shape(filter)) - 2)
        shape: Shape = convolution.call(array_shape(input), array_shape(filter))
        return shape

    def contractions(self, input: Any, filter: Any) -> Dim:
        convolution = self.keras(DepthwiseConv, len(array_shape(filter)) - 2)
        macs: Dim = convolution.contractions(array_shape(input), array_shape(filter))
        return macs


class TFPool(TFWindow):
    ksize: Any = 1

    def call(self, input: Shape) -> Shape:
        rank = len(input) - 2
        window = spatial_sizes(self.ksize, rank, is_channels_first(self.data_format))
        shape: Shape = self.keras(Pool, rank, pool_size=window).call(input)
        return shape


class TFMaxPool(TFPool):
    """Takes the maximum of each window."""


class TFAveragePool(TFPool):
    """Takes the mean of each window."""


class TFExtractPatches(Operation):
    sizes: list[int]
    strides: list[int]
    rates: list[int]
    padding: str

    def call(self, images: Shape) -> Shape:
        batch, *spatial, channels = images
        windows = zip(spatial, self.sizes[1:3], self.strides[1:3], self.rates[1:3], strict=True)
        padding = self.padding.lower()
        counts = [positions(dim, w, stride, padding, rate) for dim, w, stride, rate in windows]
        return (batch, *counts, channels * math.prod(self.sizes[1:3]))


class TFResize(ImageOperation):
    method: Any = "bilinear"
    antialias: bool = False

    def call(self, images: Shape, size: Any) -> Shape:
        height, width = passed_shape(size) or (UNKNOWN, UNKNOWN)
        return self.sized(images, height, width)


class TFResizeV1(TFResize):
    """Resizes images with the pixel positions of TensorFlow 1."""


class TFResizeTo(ImageOperation, kw_only=True):
    target_height: Any
    target_width: Any

    def call(self, image: Shape) -> Shape:
        height, width = passed_shape([self.target_height, self.target_width]) or ()
        return self.sized(image, height, width)


class TFCrop(TFResizeTo, kw_only=True):
    offset_height: Any
    offset_width: Any


class TFCentralCrop(ImageOperation, kw_only=True):
    central_fraction: float

    def call(self, image: Shape) -> Shape:
        return self.sized(image, *[self._kept(dim) for dim in self.size_of(image)])

    def _kept(self, dim: Dim) -> Dim:
        if not isinstance(dim, int):
            return UNKNOWN
        return dim - 2 * int((dim - dim * self.central_fraction) / 2)


class TFColors(Operation):
    def call(self, images: Shape) -> Shape:
        return (*images[:-1], 3)


class TFCropAndResize(Operation):
    crop_size: list[int]

    def call(self, image: Shape, boxes: Any) -> Shape:
        return (*array_shape(boxes)[:1], *self.crop_size, image[-1])


class TFTransposedImage(Operation):
    def call(self, image: Shape) -> Shape:
        return (*image[:-3], image[-2], image[-3], image[-1])

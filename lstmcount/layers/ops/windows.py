"""Operations that slide a window over the spatial axes: convolutions, pooling and patches."""

from __future__ import annotations

from typing import Any, ClassVar

from lstmcount.errors import ShapeError
from lstmcount.layers.arguments import DataFormat
from lstmcount.layers.ops.base import Operation, array_shape
from lstmcount.layers.ops.shapes import differ, larger, size, spread
from lstmcount.shapes import UNKNOWN, Dim, Shape, show

Sizes = int | list[int]


def positions(dim: Dim, window: Dim, stride: int, padding: str, dilation: int = 1) -> Dim:
    """The number of window positions along an axis.

    >>> positions(9, 3, 2, "valid"), positions(9, 3, 2, "same")
    (4, 5)
    """
    covered = 1 if padding in ("same", "causal") else dilation * (window - 1) + 1
    count = (dim - covered) // stride + 1
    if isinstance(count, int) and count <= 0:
        raise ShapeError(f"a window of {window} does not fit into {dim}")
    return count


class Windowed(Operation, kw_only=True):
    """Base of convolutions and pooling; knows the order of the axes."""

    padding: str = "valid"
    data_format: DataFormat = None

    @property
    def channels_first(self) -> bool:
        return self.data_format == "channels_first"

    def split_axes(self, inputs: Shape) -> tuple[Dim, Shape, Dim]:
        """Split a shape into batch, spatial axes and channels."""
        if len(inputs) < 2:
            raise ShapeError(f"expected batch, spatial axes and channels, got {show(inputs)}")
        if self.channels_first:
            return inputs[0], inputs[2:], inputs[1]
        return inputs[0], inputs[1:-1], inputs[-1]

    def join_axes(self, batch: Dim, spatial: Shape, channels: Dim) -> Shape:
        if self.channels_first:
            return (batch, channels, *spatial)
        return (batch, *spatial, channels)

    def window_counts(self, spatial: Shape, window: Any, strides: Any, dilation: Any = 1) -> Shape:
        rank = len(spatial)
        sizes = spread(window, rank), spread(strides, rank), spread(dilation, rank)
        if any(len(values) != rank for values in sizes):
            raise ShapeError(f"a window of {window} does not fit {rank} spatial axes")
        padding = self.padding.lower()
        return tuple(
            [
                positions(dim, w, stride, padding, dilate)
                for dim, w, stride, dilate in zip(spatial, *sizes, strict=True)
            ]
        )


class Pool(Windowed, kw_only=True):
    """
    >>> Pool(pool_size=2).output_shape((1, 8, 9, 3))
    (1, 4, 4, 3)
    """

    pool_size: Sizes
    strides: Sizes | None = None

    def call(self, inputs: Shape) -> Shape:
        batch, spatial, channels = self.split_axes(inputs)
        strides = self.pool_size if self.strides is None else self.strides
        return self.join_axes(batch, self.window_counts(spatial, self.pool_size, strides), channels)


class AdaptivePool(Windowed, kw_only=True):
    output_size: Sizes

    def call(self, inputs: Shape) -> Shape:
        size = tuple(spread(self.output_size, len(inputs) - 2))
        if self.channels_first:
            return (*inputs[:2], *size)
        return (
            *inputs[: -len(size)],
            *size,
            inputs[-1],
        )  # Keras's inference keeps the first spatial axis


class Conv(Windowed):
    """
    >>> Conv().output_shape((1, 9, 9, 3), (3, 3, 3, 8)), Conv().macs((1, 9, 9, 3), (3, 3, 3, 8))
    ((1, 7, 7, 8), 10584)
    """

    strides: Sizes = 1
    dilation_rate: Sizes = 1
    tensors: ClassVar[int] = 2

    def call(self, inputs: Any, kernel: Any) -> Shape:
        batch, spatial, channels = self.split_axes(array_shape(inputs))
        *window, depth, filters = array_shape(kernel)
        if isinstance(channels, int) and isinstance(depth, int) and channels % max(1, depth):
            raise ShapeError(f"a kernel for {depth} channels does not fit {channels}")
        return self.join_axes(batch, self._window_counts(spatial, window), filters)

    def _window_counts(self, spatial: Shape, window: list[Dim]) -> Shape:
        return self.window_counts(spatial, window, self.strides, self.dilation_rate)

    def contractions(self, inputs: Any, kernel: Any) -> Dim:
        _, spatial, _ = self.split_axes(self.call(inputs, kernel))
        return size(spatial) * size(array_shape(kernel))


class DepthwiseConv(Conv):
    def call(self, inputs: Any, kernel: Any) -> Shape:
        batch, spatial, channels = self.split_axes(array_shape(inputs))
        *window, depth, multiplier = array_shape(kernel)
        if isinstance(channels, int) and isinstance(depth, int) and channels % max(1, depth):
            raise ShapeError(f"a kernel for {depth} channels does not fit {channels}")
        return self.join_axes(batch, self._window_counts(spatial, window), depth * multiplier)


class SeparableConv(DepthwiseConv):
    """A depthwise convolution, then a pointwise one."""

    tensors: ClassVar[int] = 3

    def call(self, inputs: Any, kernel: Any, pointwise_kernel: Any = ()) -> Shape:
        batch, spatial, _ = self.split_axes(super().call(inputs, kernel))
        return self.join_axes(batch, spatial, array_shape(pointwise_kernel)[-1])

    def contractions(self, inputs: Any, kernel: Any, pointwise_kernel: Any = ()) -> Dim:
        _, spatial, _ = self.split_axes(super().call(inputs, kernel))
        return size(spatial) * (size(array_shape(kernel)) + size(array_shape(pointwise_kernel)))


class ConvTranspose(Windowed):
    """
    >>> ConvTranspose(strides=2).output_shape((1, 4, 4, 3), (3, 3, 8, 3))
    (1, 9, 9, 8)
    """

    strides: Sizes = 1
    output_padding: Sizes | None = None
    dilation_rate: Sizes = 1
    tensors: ClassVar[int] = 2

    def call(self, inputs: Any, kernel: Any) -> Shape:
        batch, spatial, channels = self.split_axes(array_shape(inputs))
        *window, filters, depth = array_shape(kernel)
        if differ(channels, depth):
            raise ShapeError(f"a kernel for {depth} channels does not fit {channels}")
        rank = len(spatial)
        options = [spread(v, rank) for v in (self.strides, self.output_padding, self.dilation_rate)]
        sizes = [self._size(*each) for each in zip(spatial, window, *options, strict=True)]
        return self.join_axes(batch, tuple(sizes), filters)

    def _size(self, dim: Dim, window: int, stride: int, extra: int | None, dilation: int) -> Dim:
        window = (window - 1) * dilation + 1
        if self.padding.lower() == "valid":
            extra = larger(window, stride) - window if extra is None else extra
            return (dim - 1) * stride + window + extra
        return dim * stride if extra is None else (dim - 1) * stride + window % 2 + extra

    def contractions(self, inputs: Any, kernel: Any) -> Dim:
        _, spatial, _ = self.split_axes(array_shape(inputs))
        return size(spatial) * size(array_shape(kernel))


class ExtractPatches(Windowed, kw_only=True):
    """Makes the values of each window the channels of one position."""

    size: Sizes
    strides: Sizes | None = None
    dilation_rate: Sizes = 1

    def call(self, images: Shape) -> Shape:
        window = spread(self.size, 2)
        is_single = len(images) == len(window) + 1
        batch, spatial, channels = self.split_axes((UNKNOWN, *images) if is_single else images)
        strides = window if self.strides is None else self.strides
        filters = channels
        for length in window:
            filters = filters * length
        counts = self.window_counts(spatial, window, strides, self.dilation_rate)
        patches = self.join_axes(batch, counts, filters)
        return patches[1:] if is_single else patches


class Unfold(Operation):
    """Makes each window of (batch, channels, height, width) a column."""

    kernel_size: Sizes
    dilation: Sizes = 1
    padding: Sizes = 0
    stride: Sizes = 1

    def call(self, x: Shape) -> Shape:
        batch, channels, height, width = x
        options = (self.kernel_size, self.dilation, self.padding, self.stride)
        window = spread(self.kernel_size, 2)
        columns = 1
        for dim, k, d, p, s in zip((height, width), *(spread(v, 2) for v in options), strict=True):
            columns = columns * ((dim + 2 * p - d * (k - 1) - 1) // s + 1)
        return (batch, channels * window[0] * window[1], columns)


class Fold(Operation):
    output_size: Sizes
    kernel_size: Sizes

    def call(self, x: Shape) -> Shape:
        batch, values, _ = x
        window = size(spread(self.kernel_size, 2))
        if isinstance(values, int) and values % window:
            raise ShapeError(f"expected a multiple of {window}, got {values}")
        return (batch, values // window, *spread(self.output_size, 2))

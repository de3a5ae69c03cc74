"""Depthwise convolutions, and separable ones, which mix the channels afterwards."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar

from lstmcount.layers.arguments import Constraint, Initializer, PositiveInt, Regularizer
from lstmcount.layers.convolutional import Convolution
from lstmcount.layers.spatial import positions
from lstmcount.shapes import Dim, Shape
from lstmcount.summary import Weight


class DepthwiseConv(Convolution):
    """Base of depthwise convolutions: each channel has `depth_multiplier` filters of its own.

    Weights: the kernel's size times channels times depth_multiplier, and a bias for each output.
    """

    depth_multiplier: PositiveInt = 1
    depthwise_initializer: Initializer = "glorot_uniform"
    bias_initializer: Initializer = "zeros"
    depthwise_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    depthwise_constraint: Constraint = None
    bias_constraint: Constraint = None

    exclusive: ClassVar[bool] = False

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        channels = self.channels(input_shape)
        axes = (*self.kernel_axes, "channels", "depth_multiplier")
        yield self.weight("kernel", (*self.kernel, channels, self.depth_multiplier), axes)
        if self.use_bias:
            shape = (channels * self.depth_multiplier,)
            yield self.weight("bias", shape, ("channels·depth_multiplier",))

    def equations(self) -> tuple[str, ...]:
        return ("y = activation(depthwise_conv(kernel, x) + bias)",)

    def notes(self) -> Iterator[str]:
        yield from super().notes()
        yield "Every channel has its own filters, and no filter reads another channel."

    def out_channels(self, input_shape: Shape) -> Dim:
        return self.channels(input_shape) * self.depth_multiplier

    def macs(self, input_shape: Shape) -> Dim:
        spatial = positions(self.out_spatial(input_shape))
        each: Dim = math.prod(self.kernel) * self.out_channels(input_shape)
        return spatial * each


class DepthwiseConv1D(DepthwiseConv):
    """Depthwise convolution over time. Weights: kernel·channels·multiplier + the bias."""

    rank: ClassVar[int] = 1


class DepthwiseConv2D(DepthwiseConv):
    """Depthwise convolution over images. Weights: kernel·channels·multiplier + the bias.

    >>> sum(w.count for w in DepthwiseConv2D(kernel_size=3).weights((1, 8, 8, 32)))
    320
    """


class SeparableConv(Convolution, kw_only=True):
    """Base of separable convolutions: a depthwise one, then a 1×1 one that mixes the channels.

    Weights: kernel·channels·depth_multiplier + channels·depth_multiplier·filters + filters.
    """

    filters: PositiveInt
    depth_multiplier: PositiveInt = 1
    depthwise_initializer: Initializer = "glorot_uniform"
    pointwise_initializer: Initializer = "glorot_uniform"
    bias_initializer: Initializer = "zeros"
    depthwise_regularizer: Regularizer = None
    pointwise_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    depthwise_constraint: Constraint = None
    pointwise_constraint: Constraint = None
    bias_constraint: Constraint = None

    exclusive: ClassVar[bool] = False

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        channels = self.channels(input_shape)
        yield self.weight(
            "depthwise_kernel",
            (*self.kernel, channels, self.depth_multiplier),
            (*self.kernel_axes, "channels", "depth_multiplier"),
        )
        yield self.weight(
            "pointwise_kernel",
            (*(1,) * self.rank, self.depth_multiplier * channels, self.filters),
            (*("1",) * self.rank, "channels·depth_multiplier", "filters"),
        )
        if self.use_bias:
            yield self.weight("bias", (self.filters,), ("filters",))

    def equations(self) -> tuple[str, ...]:
        return (
            "z = depthwise_conv(depthwise_kernel, x)",
            "y = activation(conv(pointwise_kernel, z) + bias)",
        )

    def notes(self) -> Iterator[str]:
        yield from super().notes()
        yield "First a depthwise kernel, then a 1×1 kernel that mixes the channels, and one bias."

    def out_channels(self, input_shape: Shape) -> Dim:
        return self.filters

    def macs(self, input_shape: Shape) -> Dim:
        middle = self.channels(input_shape) * self.depth_multiplier
        each: Dim = math.prod(self.kernel) * middle + middle * self.filters
        return positions(self.out_spatial(input_shape)) * each


class SeparableConv1D(SeparableConv):
    """Separable convolution over time. Weights: depthwise, pointwise and the bias."""

    rank: ClassVar[int] = 1


class SeparableConv2D(SeparableConv):
    """Separable convolution over images. Weights: depthwise, pointwise and the bias.

    >>> layer = SeparableConv2D(filters=64, kernel_size=3)
    >>> sum(w.count for w in layer.weights((1, 8, 8, 32)))
    2400
    """

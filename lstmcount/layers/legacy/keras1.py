"""Layers and kinds of padding that only Keras 0.3 and Keras 1 had."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, ClassVar

import msgspec

from lstmcount.layers.activations import PReLU
from lstmcount.layers.arguments import Activation, PositiveInt
from lstmcount.layers.base import Layer, require_known, require_min_rank, require_rank
from lstmcount.layers.convolutional import (
    Conv1D,
    Conv2D,
    Conv2DTranspose,
    Conv3D,
    Conv3DTranspose,
    Convolution,
)
from lstmcount.layers.core import Lambda
from lstmcount.layers.depthwise import DepthwiseConv2D, SeparableConv1D, SeparableConv2D
from lstmcount.layers.rnn import SAME_WEIGHTS
from lstmcount.layers.spatial import windows
from lstmcount.shapes import Dim, Shape, shape_of, show
from lstmcount.summary import Weight


class MaxoutDense(Layer):
    """The maximum of `nb_feature` dense layers. Weights: nb_feature·(features·units + units)."""

    units: PositiveInt
    nb_feature: PositiveInt = 4
    use_bias: bool = True

    def check(self, input_shape: Shape) -> None:
        require_rank(input_shape, 2, "batch, features")
        require_known(input_shape, -1, "the number of features")

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        shape = (self.nb_feature, input_shape[-1], self.units)
        yield self.weight("kernel", shape, ("nb_feature", "features", "units"))
        if self.use_bias:
            yield self.weight("bias", (self.nb_feature, self.units), ("nb_feature", "units"))

    def equations(self) -> tuple[str, ...]:
        return ("y = maximum(kernel @ x + bias)",)

    def notes(self) -> Iterator[str]:
        yield f"Each unit is the maximum of {self.nb_feature} dense units."

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        return "The last axis changes from features to units."

    def output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], self.units)

    def macs(self, input_shape: Shape) -> Dim:
        return self.nb_feature * input_shape[-1] * self.units


class Highway(Layer):
    """A dense layer and its input, mixed by a gate. Weights: 2·(features·features + features)."""

    activation: Activation = None
    use_bias: bool = True

    def check(self, input_shape: Shape) -> None:
        require_rank(input_shape, 2, "batch, features")
        require_known(input_shape, -1, "the number of features")

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        features = input_shape[-1]
        for name in ("kernel", "carry_kernel"):
            yield self.weight(name, (features, features), ("features", "features"))
        if self.use_bias:
            for name in ("bias", "carry_bias"):
                yield self.weight(name, (features,), ("features",))

    def equations(self) -> tuple[str, ...]:
        return (
            "t = sigmoid(carry_kernel @ x + carry_bias)",
            "y = t * activation(kernel @ x + bias) + (1 - t) * x",
        )

    def macs(self, input_shape: Shape) -> Dim:
        return 2 * input_shape[-1] * input_shape[-1]


class TimeDistributedDense(Layer):
    """The same dense layer at every time step. Weights: features·units + units."""

    units: PositiveInt
    activation: Activation = None
    use_bias: bool = True

    def check(self, input_shape: Shape) -> None:
        require_min_rank(input_shape, 3, "batch, timesteps, features")
        require_known(input_shape, -1, "the number of features")

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        yield self.weight("kernel", (input_shape[-1], self.units), ("features", "units"))
        if self.use_bias:
            yield self.weight("bias", (self.units,), ("units",))

    def equations(self) -> tuple[str, ...]:
        return ("y = activation(kernel @ x + bias)",)

    def notes(self) -> Iterator[str]:
        yield SAME_WEIGHTS

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        return "The last axis changes from features to units; the time steps stay."

    def output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], self.units)

    def macs(self, input_shape: Shape) -> Dim:
        return math.prod(input_shape[1:]) * self.units


class ParametricSoftplus(PReLU):
    """alphas·log(1 + exp(betas·x)); every element has an alpha and a beta. Weights: 2·elements."""

    parts: ClassVar[tuple[str, ...]] = ("alphas", "betas")

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        for alpha in super().weights(input_shape):
            for name in self.parts:
                yield self.weight(name, alpha.shape, alpha.axes)

    def equations(self) -> tuple[str, ...]:
        return ("y = alphas * softplus(betas * x)",)


class SReLU(ParametricSoftplus):
    """An S-shaped ReLU; every element has two thresholds and two slopes. Weights: 4·elements."""

    parts: ClassVar[tuple[str, ...]] = ("t_left", "a_left", "t_right", "a_right")

    def equations(self) -> tuple[str, ...]:
        return ("y = s_shaped_relu(x, t_left, a_left, t_right, a_right)",)


class Merge(Lambda):
    """Merges several tensors into one by a function of the model's author, which is never run."""

    function: Any = None
    mode: Any = None


class FullPadding(Convolution, kw_only=True):
    """Base of convolutions with padding `full`: all windows that overlap the input."""

    def out_spatial(self, input_shape: Shape) -> Shape:
        sizes = self.sliding(input_shape)
        return tuple(windows(n + 2 * d * (k - 1), k, s, "valid", d) for n, k, s, d in sizes)

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        before, after = show(self.spatial(input_shape)), show(self.spatial(output_shape))
        channels = self.channels(output_shape)
        return f"padding full, {before} becomes {after}; channels {channels}."


class FullConv1D(FullPadding, Conv1D):
    """Conv1D with padding `full`. Weights: kernel_size·channels·filters + filters.

    >>> FullConv1D(filters=2, kernel_size=3).output_shape((1, 8, 4))
    (1, 10, 2)
    """

    display_name: ClassVar[str | None] = "Conv1D"


class FullConv2D(FullPadding, Conv2D):
    """Conv2D with padding `full`. Weights: kernel·channels·filters + filters."""

    display_name: ClassVar[str | None] = "Conv2D"


class FullConv3D(FullPadding, Conv3D):
    """Conv3D with padding `full`. Weights: kernel·channels·filters + filters."""

    display_name: ClassVar[str | None] = "Conv3D"


class FullDepthwiseConv2D(FullPadding, DepthwiseConv2D):
    """DepthwiseConv2D with padding `full`. Weights: kernel·channels·multiplier + the bias."""

    display_name: ClassVar[str | None] = "DepthwiseConv2D"


class FullSeparableConv1D(FullPadding, SeparableConv1D):
    """SeparableConv1D with padding `full`. Weights: two kernels and the bias."""

    display_name: ClassVar[str | None] = "SeparableConv1D"


class FullSeparableConv2D(FullPadding, SeparableConv2D):
    """SeparableConv2D with padding `full`. Weights: two kernels and the bias."""

    display_name: ClassVar[str | None] = "SeparableConv2D"


class FullConv2DTranspose(Conv2DTranspose):
    """Conv2DTranspose with padding `full`. Weights: kernel·filters·channels + filters."""

    display_name: ClassVar[str | None] = "Conv2DTranspose"

    def _grown(self, size: Dim, reach: Dim, stride: Dim, extra: Dim | None) -> Dim:
        if extra is None:
            return size * stride - (stride + reach - 2)
        return (size - 1) * stride - reach + 2 + extra


class FullConv3DTranspose(FullConv2DTranspose, Conv3DTranspose):
    """Conv3DTranspose with padding `full`. Weights: kernel·filters·channels + filters."""

    display_name: ClassVar[str | None] = "Conv3DTranspose"


class Deconvolution2D(Conv2DTranspose):
    """Conv2DTranspose with a declared `output_shape`, which includes the batch size.

    Weights: kernel·filters·channels + filters.

    >>> layer = Deconvolution2D(filters=3, kernel_size=2, output_shape_=[None, 29, 29, 3])
    >>> layer.output_shape((1, 14, 14, 8))
    (1, 29, 29, 3)
    """

    output_shape_: list[int | None] = msgspec.field(name="output_shape")

    display_name: ClassVar[str | None] = "Conv2DTranspose"

    def out_spatial(self, input_shape: Shape) -> Shape:
        return self.spatial(shape_of(self.output_shape_))


class Deconvolution3D(Deconvolution2D, Conv3DTranspose):
    """Conv3DTranspose with a declared `output_shape`, which includes the batch size.

    Weights: kernel·filters·channels + filters.
    """

    display_name: ClassVar[str | None] = "Conv3DTranspose"

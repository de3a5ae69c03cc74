"""Layers of Keras 2 that Keras 3 no longer has."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, ClassVar, Literal

from lstmcount.errors import LstmcountError
from lstmcount.layers.arguments import (
    Activation,
    Constraint,
    DataFormat,
    Initializer,
    PositiveInt,
    Regularizer,
)
from lstmcount.layers.base import Elementwise, Layer, require_known, require_rank
from lstmcount.layers.einsum import EinsumDense
from lstmcount.layers.normalization import BatchNormalization, require_axes
from lstmcount.layers.rnn import GRU, LSTM, SAME_WEIGHTS, RecurrentLayer
from lstmcount.layers.spatial import AXES, Size, Spatial, positions, windows
from lstmcount.shapes import UNKNOWN, Dim, Shape, Shapes
from lstmcount.summary import Blocks, Weight

TWO_BIASES = "cuDNN gives each gate two biases, as PyTorch does; only their sum affects the output."


class CuDNNLayout(RecurrentLayer):
    """Mixin for recurrent layers in cuDNN's layout: a gate has an input and a recurrent bias."""

    __slots__ = ()
    absent_arguments: ClassVar[tuple[str, ...]] = ("use_cudnn", "zero_output_for_mask")
    checkpoint_prefix: ClassVar[str] = ""

    def bias_shape(self, gated: Blocks) -> tuple[Shape, tuple[str | Blocks, ...]]:
        parts = tuple(f"{part}_{gate}" for part in ("input", "recurrent") for gate in self.gates)
        return (len(parts) * self.units,), (Blocks("units", parts),)

    def second_biases(self) -> int:
        return 0

    def notes(self) -> Iterator[str]:
        yield SAME_WEIGHTS
        yield TWO_BIASES


class CuDNNLSTM(CuDNNLayout, LSTM):
    """An LSTM in cuDNN's layout: each gate has an input and a recurrent bias.

    Weights: 4·((features + units)·units + 2·units).

    >>> sum(w.count for w in CuDNNLSTM(units=12).weights((1, 7, 80)))
    4512
    """

    def equations(self) -> tuple[str, ...]:
        both = r"bias_input_\1 + bias_recurrent_\1"
        return tuple(re.sub(r"bias_(\w)", both, text) for text in super().equations())


class CuDNNGRU(CuDNNLayout, GRU):
    """A GRU in cuDNN's layout. Weights: 3·((features + units)·units + 2·units)."""


def connected(size: int, outputs: int, kernel: int, stride: int) -> int:
    """The number of pairs of a window and an input in it, along one axis with padding `same`.

    Positions of a window outside the input do not count.

    >>> connected(5, 5, 3, 1)
    13
    """
    right = kernel - kernel // 2
    starts = range(0, outputs * stride, stride)
    return sum(max(min(at + right, size) - max(at - kernel // 2, 0), 0) for at in starts)


class LocallyConnected(Spatial, kw_only=True):
    """Base of convolutions that have a different kernel at every output position.

    Weights: outputs·(kernel·channels)·filters, and a bias for every output.
    """

    filters: PositiveInt
    kernel_size: Size
    strides: Size = 1
    padding: Literal["valid", "same"] = "valid"
    data_format: DataFormat = None
    activation: Activation = None
    use_bias: bool = True
    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: Initializer = "zeros"
    kernel_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    kernel_constraint: Constraint = None
    bias_constraint: Constraint = None
    implementation: Literal[1, 2, 3] = 1

    def check_arguments(self) -> None:
        if self.padding == "same" and self.implementation == 1:
            raise LstmcountError("same needs implementation 2 or 3", path=("padding",))

    def check(self, input_shape: Shape) -> None:
        self.check_rank(input_shape)
        for axis in range(1, len(input_shape)):
            require_known(input_shape, axis, "every dimension")
        self.check_output(input_shape, self._out(input_shape))

    def _out(self, input_shape: Shape) -> Shape:
        sizes = zip(
            self.spatial(input_shape),
            self.each(self.kernel_size),
            self.each(self.strides),
            strict=True,
        )
        return tuple(windows(n, k, s, self.padding) for n, k, s in sizes)

    def _ordered(self, spatial: tuple[Any, ...], channels: Any) -> tuple[Any, ...]:
        is_first = self.data_format == "channels_first"
        return (channels, *spatial) if is_first else (*spatial, channels)

    def _connections(self, input_shape: Shape) -> Dim:
        """The number of pairs of an output position and an input position in its window."""
        sizes = zip(
            self.spatial(input_shape),
            self._out(input_shape),
            self.each(self.kernel_size),
            self.each(self.strides),
            strict=True,
        )
        if self.padding == "valid":
            return math.prod(out * kernel for _, out, kernel, _ in sizes)
        return math.prod(connected(*each) for each in sizes)

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        channels = input_shape[self.channels_axis]
        out = self._out(input_shape)
        places = positions(out)
        kernel = math.prod(self.each(self.kernel_size))
        if self.implementation == 1:
            shape: Shape = (places, kernel * channels, self.filters)
            yield self.weight("kernel", shape, ("outputs", "kernel·channels", "filters"))
        elif self.implementation == 2:
            read, written = self.spatial(input_shape), tuple(f"out {a}" for a in AXES[self.rank])
            yield self.weight(
                "kernel",
                (*self._ordered(read, channels), *self._ordered(out, self.filters)),
                (*self._ordered(AXES[self.rank], "channels"), *self._ordered(written, "filters")),
            )
        else:
            shape = (self._connections(input_shape) * channels * self.filters,)
            yield self.weight("kernel", shape, ("connections·channels·filters",))
        if self.use_bias:
            axes = (*(f"out {axis}" for axis in AXES[self.rank]), "filters")
            yield self.weight("bias", (*out, self.filters), axes)

    def equations(self) -> tuple[str, ...]:
        return ("y = activation(local_conv(kernel, x) + bias)",)

    def notes(self) -> Iterator[str]:
        yield "Every output position has its own kernel and biases: the count depends on the input."

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        formulas = self.window_formulas(input_shape, output_shape, self.kernel_size, self.strides)
        return f"{formulas}; channels {self.filters}."

    def output_shape(self, input_shape: Shape) -> Shape:
        return self.assembled(input_shape[0], self._out(input_shape), self.filters)

    def macs(self, input_shape: Shape) -> Dim:
        kernel: Dim = math.prod(self.each(self.kernel_size)) * input_shape[self.channels_axis]
        return positions(self._out(input_shape)) * kernel * self.filters


class LocallyConnected1D(LocallyConnected):
    """Locally connected layer over time.

    Weights: outputs·kernel_size·channels·filters + outputs·filters.
    """

    rank: ClassVar[int] = 1


class LocallyConnected2D(LocallyConnected):
    """Locally connected layer over images.

    Weights: outputs·kernel·channels·filters + outputs·filters.
    """


class ThresholdedReLU(Layer):
    """x where x > theta, else 0."""

    theta: float = 1.0


class RandomFourierFeatures(Layer):
    """cos(kernel @ x / kernel_scale + bias) with a random kernel; only the scale is trained.

    Weights: features·output_dim + output_dim + 1.
    """

    output_dim: PositiveInt
    kernel_initializer: Any = "gaussian"
    scale: float | None = None

    def check(self, input_shape: Shape) -> None:
        require_rank(input_shape, 2, "batch, features")
        require_known(input_shape, -1, "the number of features")

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        shape = (input_shape[-1], self.output_dim)
        yield self.weight("kernel_scale", (1,), ("1",))
        yield self.weight("unscaled_kernel", shape, ("features", "output_dim"), trainable=False)
        yield self.weight("bias", (self.output_dim,), ("output_dim",), trainable=False)

    def equations(self) -> tuple[str, ...]:
        return ("y = cos(unscaled_kernel @ x / kernel_scale + bias)",)

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        return "The last axis changes from features to output_dim."

    def output_shape(self, input_shape: Shape) -> Shape:
        return (input_shape[0], self.output_dim)

    def macs(self, input_shape: Shape) -> Dim:
        return input_shape[-1] * self.output_dim


class RandomHeight(Layer):
    """Resizes images to a random height, which is unknown."""

    factor: Any
    interpolation: str = "bilinear"
    seed: int | None = None

    def output_shape(self, input_shape: Shape) -> Shapes:
        return (*input_shape[:-3], UNKNOWN, *input_shape[-2:])


class RandomWidth(Layer):
    """Resizes images to a random width, which is unknown."""

    factor: Any
    interpolation: str = "bilinear"
    seed: int | None = None

    def output_shape(self, input_shape: Shape) -> Shapes:
        return (*input_shape[:-2], UNKNOWN, input_shape[-1])


class AddLoss(Elementwise):
    """The layer that Keras 2 created for `model.add_loss(tensor)`."""

    unconditional: bool = False


class AddMetric(Elementwise):
    """The layer that Keras 2 created for `model.add_metric(tensor)`."""

    aggregation: str | None = None
    metric_name: str | None = None


class Unchanged(Elementwise):
    """Keras's base class `Layer`, which returns its input in Keras 2."""

    display_name: ClassVar[str | None] = "Layer"


class SyncBatchNormalization(BatchNormalization):
    """Keras 2's name for `BatchNormalization(synchronized=True)`. Weights: 4·features."""


class JointBatchNormalization(BatchNormalization, kw_only=True):
    """Batch normalisation over several axes. Weights: 4 times the product of their sizes.

    >>> [w.shape for w in JointBatchNormalization(axis=[1, 3], center=False).weights((1, 9, 8, 3))]
    [(1, 9, 1, 3), (1, 9, 1, 3), (1, 9, 1, 3)]
    """

    axis: list[int]  # type: ignore[assignment]

    display_name: ClassVar[str | None] = "BatchNormalization"

    def fixed_axes(self, input_shape: Shape) -> list[int]:
        return self.axis

    def check(self, input_shape: Shape) -> None:
        require_axes(input_shape, self.axis)
        for axis in self.axis:
            require_known(input_shape, axis, "the number of features")

    def feature_shape(self, input_shape: Shape) -> tuple[Shape, tuple[str, ...]]:
        axes = [axis % len(input_shape) for axis in self.axis]
        shape = tuple([dim if axis in axes else 1 for axis, dim in enumerate(input_shape)])
        return shape, tuple(["features" if axis in axes else "1" for axis in range(len(shape))])


class InferredEinsumDense(EinsumDense):
    """Keras 2's EinsumDense, which infers unknown dimensions of `output_shape` from the input.

    >>> layer = InferredEinsumDense(equation="abc,cd->abd", output_shape_=[None, 64])
    >>> layer.output_shape((1, 32, 128))
    (1, 32, 64)
    """

    display_name: ClassVar[str | None] = "EinsumDense"

    def output_shape(self, input_shape: Shape) -> Shape:
        _, _, output, left = self._parts()
        shapes = self.shapes(input_shape)
        dims = tuple([shapes.sizes[label] for label in output])
        return (*shapes.elided, *dims) if left else (*dims, *shapes.elided)

    def completed_shape(self, output_shape: Shape) -> list[int | None]:
        """The `output_shape` argument, completed from the actual `output_shape`."""
        _, _, _, left = self._parts()
        count = len(self.output_shape_) if isinstance(self.output_shape_, list) else 1
        dims = output_shape[-count:] if left else output_shape[1 : 1 + count]
        return [dim if isinstance(dim, int) else None for dim in dims]

"""Convolutions over time, images and volumes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Literal

from lstmcount.errors import LstmcountError, ShapeError
from lstmcount.layers.arguments import (
    Activation,
    Constraint,
    DataFormat,
    Initializer,
    NonNegativeInt,
    PositiveInt,
    Regularizer,
)
from lstmcount.layers.quantization import LORA, lora_term
from lstmcount.layers.spatial import KERNEL_AXES, Size, Spatial, positions, windows
from lstmcount.shapes import Dim, Shape
from lstmcount.summary import CheckpointPaths, Named, Weight

Padding = Literal["valid", "same", "causal", "VALID", "SAME", "CAUSAL"]


SAME_KERNEL = "All positions use the same kernel: the count does not depend on the input's size."


class Convolution(Spatial, kw_only=True):
    """Base of layers that slide kernels of `kernel_size` over the spatial axes."""

    kernel_size: Size
    strides: Size = 1
    padding: Padding = "valid"
    data_format: DataFormat = None
    dilation_rate: Size = 1
    activation: Activation = None
    use_bias: bool = True

    allows_causal: ClassVar[bool] = False
    exclusive: ClassVar[bool] = True  # refuse strides and dilation that both exceed 1

    def __post_init__(self) -> None:
        self.check_sizes("kernel_size", "strides", "dilation_rate")
        self.padding = self.padding.lower()  # type: ignore[assignment]

    def check_arguments(self) -> None:
        if self.padding == "causal" and not self.allows_causal:
            raise LstmcountError(
                f"causal padding is for Conv1D; {self.class_name} takes valid or same",
                path=("padding",),
            )
        if self.exclusive:
            self.check_exclusive(self.strides, self.dilation_rate)

    @property
    def kernel(self) -> tuple[Any, ...]:
        return self.each(self.kernel_size)

    @property
    def kernel_axes(self) -> tuple[str, ...]:
        return KERNEL_AXES[self.rank]

    def channels(self, input_shape: Shape) -> Dim:
        return input_shape[self.channels_axis]

    def out_channels(self, input_shape: Shape) -> Dim:
        raise NotImplementedError

    def sliding(self, input_shape: Shape) -> Iterator[tuple[Dim, ...]]:
        """The input's size, the kernel's size, the stride and the dilation of each spatial axis."""
        return zip(
            self.spatial(input_shape),
            self.kernel,
            self.each(self.strides),
            self.each(self.dilation_rate),
            strict=True,
        )

    def out_spatial(self, input_shape: Shape) -> Shape:
        sizes = self.sliding(input_shape)
        return tuple(windows(n, k, s, self.padding, d) for n, k, s, d in sizes)

    def check(self, input_shape: Shape) -> None:
        self.check_rank(input_shape)
        self.check_channels(input_shape)
        self.check_output(input_shape, self.out_spatial(input_shape))

    def fixed_axes(self, input_shape: Shape) -> Iterable[int]:
        return (self.channels_axis - self.rank - 2,)

    def notes(self) -> Iterator[str]:
        yield SAME_KERNEL

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        formulas = self.window_formulas(
            input_shape, output_shape, self.kernel_size, self.strides, self.dilation_rate
        )
        return f"{formulas}; channels {self.channels(output_shape)}."

    def output_shape(self, input_shape: Shape) -> Shape:
        channels = self.out_channels(input_shape)
        return self.assembled(input_shape[0], self.out_spatial(input_shape), channels)


class WithFilters(Convolution, kw_only=True):
    """Base of convolutions with a kernel for each of their `filters`."""

    filters: PositiveInt
    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: Initializer = "zeros"
    kernel_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    kernel_constraint: Constraint = None
    bias_constraint: Constraint = None

    def out_channels(self, input_shape: Shape) -> Dim:
        return self.filters


class Conv(WithFilters, kw_only=True):
    """Base of convolutions in which every filter reads all channels of its group.

    Weights: the kernel's size times channels/groups times filters, and a bias for each filter.
    """

    groups: PositiveInt = 1
    lora_rank: PositiveInt | None = None
    lora_alpha: float | None = None

    saves_no_additions: ClassVar[bool] = True

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.filters % self.groups:
            raise LstmcountError(
                f"{self.filters} filters cannot be split into {self.groups} groups",
                path=("groups",),
            )
        if self.lora_rank and self.kernel_constraint:
            raise LstmcountError("LoRA cannot have a kernel_constraint", path=("lora_rank",))

    def _split(self, input_shape: Shape) -> tuple[Shape, Shape]:
        """Split off the leading axes that Keras 2 treats like the batch."""
        leading = max(len(input_shape) - self.rank - 2, 0)
        return input_shape[:leading], input_shape[leading:]

    def spatial(self, input_shape: Shape) -> Shape:
        return super().spatial(self._split(input_shape)[1])

    def channels(self, input_shape: Shape) -> Dim:
        return super().channels(self._split(input_shape)[1])

    def output_shape(self, input_shape: Shape) -> Shape:
        leading, usual = self._split(input_shape)
        return (*leading, *super().output_shape(usual))

    def check_for_keras3(self, input_shape: Shape) -> None:
        self.check_rank(input_shape)

    def check(self, input_shape: Shape) -> None:
        super().check(self._split(input_shape)[1] if type(input_shape) is tuple else input_shape)
        channels = self.channels(input_shape)
        if isinstance(channels, int) and channels % self.groups:
            raise ShapeError(f"{channels} channels cannot be split into {self.groups} groups")

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        inputs = self.channels(input_shape) // self.groups
        name = "channels" if self.groups == 1 else "channels/groups"
        yield self.weight(
            "kernel",
            (*self.kernel, inputs, self.filters),
            (*self.kernel_axes, name, "filters"),
            trainable=not self.lora_rank,
        )
        if self.use_bias:
            yield self.weight("bias", (self.filters,), ("filters",))
        if self.lora_rank:
            axes = (*self.kernel_axes, name, "lora_rank")
            shape = (*self.kernel, inputs, self.lora_rank)
            yield self.weight("lora_kernel_a", shape, axes, dtype="float32")
            shape = (self.lora_rank, self.filters)
            yield self.weight("lora_kernel_b", shape, ("lora_rank", "filters"), dtype="float32")

    def checkpoint_paths(self, named: Named) -> CheckpointPaths:
        from lstmcount.layers.checkpoint_paths import ordered_paths

        return ordered_paths(named, "kernel", "bias")

    def equations(self) -> tuple[str, ...]:
        kernel = f"kernel + {lora_term('kernel')}" if self.lora_rank else "kernel"
        return (f"y = activation(conv({kernel}, x) + bias)",)

    def notes(self) -> Iterator[str]:
        yield from super().notes()
        if self.groups > 1:
            yield (
                f"groups={self.groups}: each filter reads only the channels of its group, "
                f"1/{self.groups} of all, and the kernel is that much smaller."
            )
        if self.lora_rank:
            yield LORA

    def macs(self, input_shape: Shape) -> Dim:
        inputs: Dim = self.channels(input_shape) // self.groups
        reads: Dim = math.prod(self.kernel) * inputs
        factors = reads * (self.lora_rank or 0) * self.filters
        leading = math.prod(input_shape[1 : len(self._split(input_shape)[0]) + 1])
        return leading * positions(self.out_spatial(input_shape)) * reads * self.filters + factors


class Conv1D(Conv):
    """Convolution over time: (batch, timesteps, channels) to (batch, windows, filters).

    Weights: kernel_size·channels/groups·filters + filters.

    >>> sum(w.count for w in Conv1D(filters=8, kernel_size=3).weights((1, 10, 4)))
    104
    """

    allows_causal: ClassVar[bool] = True
    rank: ClassVar[int] = 1


class Conv2D(Conv):
    """Convolution over images: (batch, height, width, channels) to (batch, …, filters).

    Weights: kernel_height·kernel_width·channels/groups·filters + filters.

    >>> Conv2D(filters=64, kernel_size=7, strides=2, padding="same").output_shape((1, 224, 224, 3))
    (1, 112, 112, 64)
    """

    strides: Size = 1


class Conv3D(Conv):
    """Convolution over volumes: (batch, depth, height, width, channels) to (batch, …, filters).

    Weights: the kernel's volume times channels/groups times filters, and filters biases.
    """

    rank: ClassVar[int] = 3


class ConvTranspose(WithFilters, kw_only=True):
    """Base of transposed convolutions: each input value adds a scaled kernel to the output.

    Weights: the kernel's size times filters times channels, and a bias for each filter.
    """

    output_padding: NonNegativeInt | list[NonNegativeInt] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self.check_sizes("output_padding")
        if self.output_padding is None:
            return
        for padding, stride in zip(
            self.each(self.output_padding), self.each(self.strides), strict=True
        ):
            if padding >= stride:
                raise LstmcountError(
                    f"output_padding {self.output_padding} must be smaller than the strides "
                    f"{self.strides}",
                    path=("output_padding",),
                )

    def out_spatial(self, input_shape: Shape) -> Shape:
        added = self.each(self.output_padding)
        sizes = zip(
            self.spatial(input_shape),
            self.kernel,
            self.each(self.strides),
            self.each(self.dilation_rate),
            added,
            strict=True,
        )
        return tuple(self._grown(n, (k - 1) * d + 1, s, extra) for n, k, s, d, extra in sizes)

    def _grown(self, size: Dim, reach: Dim, stride: Dim, extra: Dim | None) -> Dim:
        if self.padding == "same":
            return size * stride if extra is None else (size - 1) * stride + reach % 2 + extra
        if extra is None:
            extra = max(reach, stride) - reach
        return (size - 1) * stride + reach + extra

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        shape = (*self.kernel, self.filters, self.channels(input_shape))
        yield self.weight("kernel", shape, (*self.kernel_axes, "filters", "channels"))
        if self.use_bias:
            yield self.weight("bias", (self.filters,), ("filters",))

    def equations(self) -> tuple[str, ...]:
        return ("y = activation(transposed_conv(kernel, x) + bias)",)

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        return (
            f"Every input position adds a kernel to the output, at strides {self.strides} and with "
            f"padding {self.padding}: "
            f"{_dims(self.spatial(input_shape))} becomes {_dims(self.spatial(output_shape))}; "
            f"channels {self.filters}."
        )

    def macs(self, input_shape: Shape) -> Dim:
        size: Dim = math.prod(self.kernel) * self.channels(input_shape) * self.filters
        return positions(self.spatial(input_shape)) * size


def _dims(spatial: Any) -> str:
    return "×".join("n" if dim is None else str(dim) for dim in spatial)


class Conv1DTranspose(ConvTranspose):
    """Transposed convolution over time. Weights: kernel_size·filters·channels + filters."""

    rank: ClassVar[int] = 1


class Conv2DTranspose(ConvTranspose):
    """Transposed convolution over images. Weights: kernel·filters·channels + filters."""


class Conv3DTranspose(ConvTranspose):
    """Transposed convolution over volumes. Weights: kernel·filters·channels + filters."""

    rank: ClassVar[int] = 3

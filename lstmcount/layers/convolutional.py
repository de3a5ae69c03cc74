"""Convolutions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

from lstmcount.dimensions import Dim, Shape
from lstmcount.errors import LstmcountError, ShapeError
from lstmcount.layers.arguments import (
    Activation,
    Constraint,
    DataFormat,
    Initializer,
    PositiveInt,
    Regularizer,
)
from lstmcount.layers.base import Layer, require_known, require_rank
from lstmcount.summary import Weight


class Conv1D(Layer):
    """Filters over the time steps of (batch, timesteps, channels).

    Weights: kernel_size·channels/groups·filters + filters.

    >>> sum(w.count for w in Conv1D(filters=8, kernel_size=3).weights((1, 10, 4)))
    104
    """

    filters: PositiveInt
    kernel_size: PositiveInt
    strides: PositiveInt = 1
    padding: Literal["valid", "same", "causal"] = "valid"
    data_format: DataFormat = None
    dilation_rate: PositiveInt = 1
    groups: PositiveInt = 1
    activation: Activation = None
    use_bias: bool = True
    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: Initializer = "zeros"
    kernel_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    kernel_constraint: Constraint = None
    bias_constraint: Constraint = None
    lora_rank: PositiveInt | None = None
    lora_alpha: float | None = None
    quantization_config: Any = None

    def __post_init__(self) -> None:
        if self.filters % self.groups:
            raise LstmcountError(
                f"{self.filters} filters cannot be split into {self.groups} groups",
                path=("groups",),
            )

    def _axes(self) -> tuple[int, int]:
        """The axes of time steps and channels."""
        return (2, 1) if self.data_format == "channels_first" else (1, 2)

    def check(self, input_shape: Shape) -> None:
        require_rank(input_shape, 3, "batch, timesteps, channels")
        steps_axis, channels_axis = self._axes()
        require_known(input_shape, channels_axis, "the number of channels")
        steps, channels = input_shape[steps_axis], input_shape[channels_axis]
        if isinstance(channels, int) and channels % self.groups:
            raise ShapeError(f"{channels} channels cannot be split into {self.groups} groups")
        reach = (self.kernel_size - 1) * self.dilation_rate + 1
        if self.padding == "valid" and isinstance(steps, int) and steps < reach:
            raise ShapeError(f"{steps} time steps are fewer than the kernel spans ({reach})")

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        channels = input_shape[self._axes()[1]]
        yield self.weight(
            "kernel",
            (self.kernel_size, channels // self.groups, self.filters),
            ("kernel_size", "channels" if self.groups == 1 else "channels/groups", "filters"),
        )
        if self.use_bias:
            yield self.weight("bias", (self.filters,), ("filters",))

    def _steps(self, input_shape: Shape) -> Dim:
        reach = (self.kernel_size - 1) * self.dilation_rate if self.padding == "valid" else 0
        return (input_shape[self._axes()[0]] - reach - 1) // self.strides + 1

    def output_shape(self, input_shape: Shape) -> Shape:
        steps = self._steps(input_shape)
        if self.data_format == "channels_first":
            return (input_shape[0], self.filters, steps)
        return (input_shape[0], steps, self.filters)

    def macs(self, input_shape: Shape) -> Dim:
        channels = input_shape[self._axes()[1]] // self.groups
        return self._steps(input_shape) * self.kernel_size * channels * self.filters

"""Pooling over time."""

from __future__ import annotations

from typing import Literal

from lstmcount.dimensions import Shape
from lstmcount.errors import ShapeError
from lstmcount.layers.arguments import DataFormat, PositiveInt
from lstmcount.layers.base import Layer, require_rank


class Pooling1D(Layer):
    """Windows over the time steps of (batch, timesteps, features)."""

    pool_size: PositiveInt = 2
    strides: PositiveInt | None = None
    padding: Literal["valid", "same"] = "valid"
    data_format: DataFormat = None

    def _axis(self) -> int:
        return 2 if self.data_format == "channels_first" else 1

    def check(self, input_shape: Shape) -> None:
        require_rank(input_shape, 3, "batch, timesteps, features")
        steps = input_shape[self._axis()]
        if self.padding == "valid" and isinstance(steps, int) and steps < self.pool_size:
            raise ShapeError(f"{steps} time steps are fewer than the pool_size {self.pool_size}")

    def output_shape(self, input_shape: Shape) -> Shape:
        strides = self.strides or self.pool_size
        window = self.pool_size if self.padding == "valid" else 1
        dims = list(input_shape)
        dims[self._axis()] = (dims[self._axis()] - window) // strides + 1
        return tuple(dims)


class MaxPooling1D(Pooling1D):
    """The largest value of each window."""


class AveragePooling1D(Pooling1D):
    """The mean of each window."""


class GlobalPooling1D(Layer):
    """All time steps at once."""

    data_format: DataFormat = None
    keepdims: bool = False

    def check(self, input_shape: Shape) -> None:
        require_rank(input_shape, 3, "batch, timesteps, features")

    def output_shape(self, input_shape: Shape) -> Shape:
        batch, steps, features = input_shape
        if self.data_format == "channels_first":
            return (batch, steps, 1) if self.keepdims else (batch, steps)
        return (batch, 1, features) if self.keepdims else (batch, features)


class GlobalMaxPooling1D(GlobalPooling1D):
    """The largest value over time."""


class GlobalAveragePooling1D(GlobalPooling1D):
    """The mean over time."""

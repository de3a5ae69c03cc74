"""Dropout and noise: the shape stays, there are no weights (the state of a seed is none)."""

from __future__ import annotations

from typing import Any

from lstmcount.dimensions import Shape
from lstmcount.layers.arguments import Fraction
from lstmcount.layers.base import Layer, require_rank


class ActivityRegularization(Layer):
    """Adds a penalty on the outputs to the loss."""

    l1: float = 0.0
    l2: float = 0.0


class AlphaDropout(Layer):
    """Dropout that keeps mean and variance, for SELU networks."""

    rate: Fraction
    noise_shape: Any = None
    seed: Any = None


class Dropout(Layer):
    """Sets a share of the inputs to zero during training."""

    rate: Fraction
    noise_shape: Any = None
    seed: Any = None


class GaussianDropout(Layer):
    """Multiplies with noise around one."""

    rate: Fraction
    seed: Any = None


class GaussianNoise(Layer):
    """Adds noise around zero."""

    stddev: float
    seed: Any = None


class SpatialDropout1D(Layer):
    """Drops whole features of (batch, timesteps, features)."""

    rate: Fraction
    seed: Any = None

    def check(self, input_shape: Shape) -> None:
        require_rank(input_shape, 3, "batch, timesteps, features")


class SpatialDropout2D(Layer):
    """Drops whole channels of images."""

    rate: Fraction
    data_format: str | None = None
    seed: Any = None

    def check(self, input_shape: Shape) -> None:
        require_rank(input_shape, 4, "batch, height, width, channels")


class SpatialDropout3D(Layer):
    """Drops whole channels of volumes."""

    rate: Fraction
    data_format: str | None = None
    seed: Any = None

    def check(self, input_shape: Shape) -> None:
        require_rank(input_shape, 5, "batch, depth, height, width, channels")

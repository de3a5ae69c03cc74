"""Dropout and noise layers. They keep the shape; the state of their seed is not a weight."""

from __future__ import annotations

from typing import Any, ClassVar

from lstmcount.errors import LstmcountError
from lstmcount.layers.arguments import DataFormat, Fraction, NonNegativeFloat, PositiveInt
from lstmcount.layers.base import UNTAKEN, Elementwise, require_rank
from lstmcount.shapes import Shape


class ActivityRegularization(Elementwise):
    """Adds a penalty on the outputs to the loss."""

    l1: NonNegativeFloat = 0.0
    l2: NonNegativeFloat = 0.0

    absent_arguments: ClassVar[tuple[str, ...]] = ("activity_regularizer",)
    supports_masking: ClassVar[bool] = True


class AlphaDropout(Elementwise):
    """Dropout that preserves mean and variance, for SELU networks."""

    rate: Fraction
    noise_shape: Any = None
    seed: int | None = None

    supports_masking: ClassVar[bool] = True


class Dropout(Elementwise):
    """Sets a random share of the inputs to zero in training."""

    rate: Fraction
    noise_shape: list[PositiveInt | None] | None = None
    seed: int | None = None

    supports_masking: ClassVar[bool] = True


class GaussianDropout(Elementwise):
    """Multiplies inputs by Gaussian noise with mean one."""

    rate: Fraction
    seed: int | None = None

    supports_masking: ClassVar[bool] = True


class GaussianNoise(Elementwise):
    """Adds Gaussian noise with mean zero."""

    stddev: float
    seed: int | None = None

    supports_masking: ClassVar[bool] = True

    def check_arguments(self) -> None:
        if isinstance(self.stddev, float | int) and not 0 <= self.stddev <= 1:
            raise LstmcountError(
                f"expected a number between 0 and 1, got {self.stddev}", path=("stddev",)
            )


class SpatialDropout1D(Elementwise):
    """Drops whole features of sequences (batch, timesteps, features)."""

    rate: Fraction
    seed: int | None = None

    absent_arguments: ClassVar[tuple[str, ...]] = UNTAKEN
    supports_masking: ClassVar[bool] = True

    def check(self, input_shape: Shape) -> None:
        require_rank(input_shape, 3, "batch, timesteps, features")


class SpatialDropout(Elementwise):
    """Base of layers that drop whole channels."""

    rate: Fraction
    data_format: DataFormat = None
    seed: int | None = None

    axes: ClassVar[tuple[str, ...]] = ()
    absent_arguments: ClassVar[tuple[str, ...]] = UNTAKEN
    supports_masking: ClassVar[bool] = True

    def check(self, input_shape: Shape) -> None:
        require_rank(input_shape, len(self.axes), ", ".join(self.axes))


class SpatialDropout2D(SpatialDropout):
    """Drops whole channels of images."""

    axes: ClassVar[tuple[str, ...]] = ("batch", "height", "width", "channels")


class SpatialDropout3D(SpatialDropout):
    """Drops whole channels of volumes."""

    axes: ClassVar[tuple[str, ...]] = ("batch", "depth", "height", "width", "channels")

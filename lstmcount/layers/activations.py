"""Activation layers. They keep the shape of their input; only PReLU has weights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from msgspec import UNSET, UnsetType

from lstmcount.errors import LstmcountError, ShapeError
from lstmcount.layers.arguments import Activation as ActivationName
from lstmcount.layers.arguments import Constraint, Initializer, NonNegativeFloat, Regularizer
from lstmcount.layers.base import Elementwise, Layer, require_known, require_tensor
from lstmcount.shapes import Shape, show
from lstmcount.summary import Weight


class Activation(Elementwise):
    """Applies the activation function that `activation` names."""

    activation: ActivationName

    supports_masking: ClassVar[bool] = True


class ELU(Elementwise):
    """Exponential linear unit."""

    alpha: float = 1.0

    supports_masking: ClassVar[bool] = True


class LeakyReLU(Elementwise):
    """max(negative_slope·x, x)."""

    negative_slope: float | None = 0.3
    alpha: NonNegativeFloat | UnsetType = UNSET  # the name before Keras 3; if given, it wins

    supports_masking: ClassVar[bool] = True

    def __post_init__(self) -> None:
        slope = self.negative_slope
        if self.alpha is UNSET and (slope is None or slope < 0):
            raise LstmcountError(
                f"expected a number that is not negative, got {slope}", path=("negative_slope",)
            )


class PReLU(Layer):
    """max(alpha·x, x), where every element has its own alpha, shared along `shared_axes`.

    >>> [w.shape for w in PReLU(shared_axes=[1]).weights((1, 5, 7))]
    [(1, 7)]
    """

    alpha_initializer: Initializer = "Zeros"
    alpha_regularizer: Regularizer = None
    alpha_constraint: Constraint = None
    shared_axes: int | list[int] | None = None

    fixed_rank: ClassVar[bool] = True
    supports_masking: ClassVar[bool] = True

    def check(self, input_shape: Shape) -> None:
        require_tensor(input_shape)
        for axis in self._shared():
            if not 1 - len(input_shape) < axis < len(input_shape):
                raise ShapeError(f"shared axis {axis} is not an axis of {show(input_shape)}")
        for axis in range(1, len(input_shape)):
            if axis not in self._shared_in(input_shape):
                require_known(input_shape, axis, "a dimension that is not shared")

    def fixed_axes(self, input_shape: Shape) -> Iterable[int]:
        shared = self._shared()  # without shared axes Keras fixes no input axes
        return [axis for axis in range(1, len(input_shape)) if shared and axis not in shared]

    def _shared(self) -> list[int]:
        if self.shared_axes is None:
            return []
        return self.shared_axes if isinstance(self.shared_axes, list) else [self.shared_axes]

    def _shared_in(self, input_shape: Shape) -> set[int]:
        """The shared axes, counted from the front. For Keras, axis 0 is the last axis."""
        rest = len(input_shape) - 1
        return {(axis - 1) % rest + 1 for axis in self._shared()}

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        shared = self._shared_in(input_shape)
        shape = [1 if axis in shared else dim for axis, dim in enumerate(input_shape)][1:]
        axes = tuple(f"axis_{axis}" for axis in range(1, len(input_shape)))
        yield self.weight("alpha", tuple(shape), axes)

    def equations(self) -> tuple[str, ...]:
        return ("y = maximum(x, 0) + alpha * minimum(x, 0)",)

    def notes(self) -> Iterator[str]:
        yield "Every element of a sample has a slope; along shared_axes elements share one."


class ReLU(Elementwise):
    """max(0, x), with an optional ceiling, slope and threshold."""

    max_value: NonNegativeFloat | None = None
    negative_slope: NonNegativeFloat = 0.0
    threshold: NonNegativeFloat = 0.0

    supports_masking: ClassVar[bool] = True


class Softmax(Elementwise):
    """Exponentials that sum to one along an axis."""

    axis: int | list[int] = -1

    supports_masking: ClassVar[bool] = True
    takes_mask: ClassVar[bool] = True

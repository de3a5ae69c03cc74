"""Activations as layers: the shape stays; only PReLU has weights."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from lstmcount.dimensions import Shape
from lstmcount.layers.arguments import Activation as ActivationName
from lstmcount.layers.arguments import Constraint, Initializer, Regularizer
from lstmcount.layers.base import Layer, require_known
from lstmcount.summary import Weight


class Activation(Layer):
    """Any activation function by name."""

    activation: ActivationName


class ELU(Layer):
    """Exponential linear unit."""

    alpha: float = 1.0


class LeakyReLU(Layer):
    """max(negative_slope·x, x)."""

    negative_slope: float = 0.3
    alpha: float | None = None  # its name before Keras 3, still taken


class PReLU(Layer):
    """max(alpha·x, x) with an alpha for every element, shared along `shared_axes`.

    >>> [w.shape for w in PReLU(shared_axes=[1]).weights((1, 5, 7))]
    [(1, 7)]
    """

    alpha_initializer: Initializer = "Zeros"
    alpha_regularizer: Regularizer = None
    alpha_constraint: Constraint = None
    shared_axes: int | list[int] | None = None

    built_at_init: ClassVar[bool | None] = False

    def check(self, input_shape: Shape) -> None:
        for axis in range(1, len(input_shape)):
            if axis not in self._shared():
                require_known(input_shape, axis, "a dimension that is not shared")

    def _shared(self) -> list[int]:
        if self.shared_axes is None:
            return []
        return self.shared_axes if isinstance(self.shared_axes, list) else [self.shared_axes]

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        shared = self._shared()
        shape = [1 if axis in shared else dim for axis, dim in enumerate(input_shape)][1:]
        axes = tuple(f"axis_{axis}" for axis in range(1, len(input_shape)))
        yield self.weight("alpha", tuple(shape), axes)

    def equations(self) -> tuple[str, ...]:
        return ("y = maximum(x, 0) + alpha * minimum(x, 0)",)

    def notes(self) -> Iterator[str]:
        yield "A slope for every element of a sample; along shared_axes one slope serves all."


class ReLU(Layer):
    """max(0, x), with an optional ceiling, slope and threshold."""

    max_value: float | None = None
    negative_slope: float = 0.0
    threshold: float = 0.0


class Softmax(Layer):
    """Exponentials that sum to one along an axis."""

    axis: int | list[int] = -1
    mask: Any = None

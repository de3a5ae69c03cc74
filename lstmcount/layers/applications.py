"""Layers that only the models in keras.applications use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from lstmcount.layers.arguments import PositiveInt
from lstmcount.layers.base import Layer
from lstmcount.shapes import Shape, Shapes
from lstmcount.summary import Weight


class LayerScale(Layer):
    """Multiplies each channel by a weight, as in ConvNeXt. Weights: projection_dim."""

    init_values: float
    projection_dim: PositiveInt

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        yield self.weight("gamma", (self.projection_dim,), ("projection_dim",))

    def equations(self) -> tuple[str, ...]:
        return ("y = gamma * x",)


class StochasticDepth(Layer):
    """Drops a whole branch during training; no weights."""

    drop_path_rate: float
    seed: int | None = None

    absent_arguments: ClassVar[tuple[str, ...]] = ("seed",)
    takes_structures: ClassVar[bool] = True


class CustomScaleLayer(Layer):
    """Adds the scaled second input to the first; no weights."""

    scale: float

    takes_structures: ClassVar[bool] = True

    def output_shape(self, inputs: Shapes) -> Shapes:
        return inputs[0] if isinstance(inputs, list) else inputs

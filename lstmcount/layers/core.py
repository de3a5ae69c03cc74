"""Dense, Embedding, inputs and masks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

import msgspec

from lstmcount.dimensions import UNKNOWN, Dim, Shape, Shapes, Unknown, shape_of
from lstmcount.errors import LstmcountError
from lstmcount.layers.arguments import (
    Activation,
    Constraint,
    Initializer,
    PositiveInt,
    Regularizer,
)
from lstmcount.layers.base import Layer, require_known, require_min_rank
from lstmcount.summary import Weight


class InputLayer(Layer):
    """Where a tensor enters the model: `shape` without the batch, or `batch_shape` with it."""

    shape: list[int | None] | None = None
    batch_size: int | None = None
    batch_shape: list[int | None] | None = None
    sparse: bool | None = None
    ragged: bool | None = None
    optional: bool = False
    input_tensor: Any = None

    call_arguments: ClassVar[tuple[str, ...]] = ()
    built_at_init: ClassVar[bool | None] = True

    def __post_init__(self) -> None:
        for field in ("shape", "batch_shape"):
            for i, dim in enumerate(getattr(self, field) or ()):
                if isinstance(dim, int) and dim < 0:
                    raise LstmcountError(f"a dimension cannot be {dim}", path=(field, i))

    def output_shape(self, _: Shapes = None) -> Shapes:
        for shape in (self.shape, self.batch_shape):
            if isinstance(shape, Unknown):
                return None  # not even the rank is known
        if self.batch_shape is not None:
            return shape_of(self.batch_shape)
        batch = UNKNOWN if self.batch_size is None else self.batch_size
        return (batch, *shape_of(self.shape or ()))

    @property
    def output_dtype(self) -> str:
        return self.dtype if isinstance(self.dtype, str) else super().output_dtype


class Dense(Layer):
    """output = activation(input · kernel + bias), along the last axis.

    Input (batch, …, features); output (batch, …, units). Weights: features·units + units.

    >>> sum(w.count for w in Dense(units=64).weights((1, 64)))
    4160
    """

    units: PositiveInt
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

    def check(self, input_shape: Shape) -> None:
        require_min_rank(input_shape, 2, "batch, …, features")
        require_known(input_shape, -1, "the number of features")

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        yield self.weight("kernel", (input_shape[-1], self.units), ("features", "units"))
        if self.use_bias:
            yield self.weight("bias", (self.units,), ("units",))

    def equations(self) -> tuple[str, ...]:
        return ("y = activation(kernel @ x + bias)",)

    def notes(self) -> Iterator[str]:
        if self.use_bias:
            yield (
                "Also written (features + 1)·units: the 1 is each unit's bias. What matters of "
                "the layer before is its number of features; time steps and batch do not count."
            )

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        return "The last axis, features, becomes units; the axes before it stay."

    def output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], self.units)

    def macs(self, input_shape: Shape) -> Dim:
        macs = self.units
        for dim in input_shape[1:]:
            macs = macs * dim
        return macs


class Embedding(Layer):
    """A vector for each of `input_dim` tokens. Weights: input_dim·output_dim.

    >>> Embedding(input_dim=5000, output_dim=50).output_shape((1, 7))
    (1, 7, 50)
    """

    input_dim: PositiveInt
    output_dim: PositiveInt
    embeddings_initializer: Initializer = "uniform"
    embeddings_regularizer: Regularizer = None
    embeddings_constraint: Constraint = None
    mask_zero: bool = False
    weights_: Any = msgspec.field(default=None, name="weights")
    lora_rank: PositiveInt | None = None
    lora_alpha: float | None = None
    quantization_config: Any = None

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        shape = (self.input_dim, self.output_dim)
        yield self.weight("embeddings", shape, ("input_dim", "output_dim"))

    def equations(self) -> tuple[str, ...]:
        return ("y = embeddings[x]",)

    def notes(self) -> Iterator[str]:
        yield (
            "One row for each token that may come in; looking rows up multiplies nothing, "
            "and the length of the input does not count."
        )

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        return f"Every token becomes its row of {self.output_dim} numbers: one axis more."

    def output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape, self.output_dim)


class Identity(Layer):
    """Its input."""


class Masking(Layer):
    """Marks time steps in which every feature is `mask_value` as missing."""

    mask_value: float = 0.0

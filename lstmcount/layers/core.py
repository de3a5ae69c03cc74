"""Core layers: inputs, Dense, Embedding, masking, Lambda and wrappers."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.layers.arguments import (
    Activation,
    Constraint,
    DType,
    Initializer,
    LayerArgument,
    PositiveInt,
    Regularizer,
)
from lstmcount.layers.base import (
    Elementwise,
    Layer,
    require_known,
    require_min_rank,
    require_tensor,
)
from lstmcount.layers.quantization import (
    check_quantization,
    float8_state,
    lora_factors,
    quantization_notes,
    quantized_embeddings,
    quantized_matrix,
    quantized_reverse,
    weight_expression,
)
from lstmcount.shapes import UNKNOWN, Dim, Shape, Shapes, Unknown, flatten, shape_of
from lstmcount.summary import CheckpointPaths, Named, Weight

MAX_RANK = 254  # TensorFlow's limit, the highest among Keras's backends


class InputLayer(Layer):
    """An input of a model. Its size is `shape` without the batch axis, or `batch_shape` with it."""

    dtype: DType = None
    shape: list[int | None] | None = None
    batch_size: int | None = None
    batch_shape: list[int | None] | None = None
    sparse: bool | None = None
    ragged: bool | None = None
    optional: bool = False
    input_tensor: Any = None

    call_arguments: ClassVar[tuple[str, ...]] = ()
    built_at_init: ClassVar[bool] = True

    def check_arguments(self) -> None:
        if self.shape is None and self.batch_shape is None and self.input_tensor is None:
            raise LstmcountError("InputLayer needs the argument 'shape'")
        for field in ("shape", "batch_size"):
            if self.batch_shape is not None and getattr(self, field) is not None:
                raise LstmcountError(
                    f"expected batch_shape or {field}, got both", path=("batch_shape",)
                )

    def __post_init__(self) -> None:
        for field in ("shape", "batch_shape"):
            shape = getattr(self, field) or ()
            if not isinstance(shape, Unknown) and len(shape) > MAX_RANK:
                raise LstmcountError(f"expected at most {MAX_RANK} dimensions, got {len(shape):,}")
            for i, dim in enumerate(shape):
                if isinstance(dim, int) and dim < 0:
                    raise LstmcountError(f"a dimension cannot be {dim}", path=(field, i))

    def output_shape(self, _: Shapes = None) -> Shapes:
        for shape in (self.shape, self.batch_shape):
            if isinstance(shape, Unknown):
                return None  # even the rank is unknown
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

    supports_masking: ClassVar[bool] = True
    saves_no_additions: ClassVar[bool] = True
    quantization_modes: ClassVar[tuple[str, ...]] = ("int8", "int4", "float8")

    def check_arguments(self) -> None:
        check_quantization(self, self.kernel_constraint)

    def check(self, input_shape: Shape) -> None:
        require_tensor(input_shape)
        require_min_rank(input_shape, 2, "batch, …, features")
        require_known(input_shape, -1, "the number of features")

    def fixed_axes(self, input_shape: Shape) -> Iterable[int]:
        return (-1,)

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        features = input_shape[-1]
        mode = self.dtype_policy.mode
        if mode == "float8":
            yield from float8_state(self)
        if mode in (None, "float8"):
            axes = ("features", "units")
            train = not self.lora_rank
            yield self.weight("kernel", (features, self.units), axes, trainable=train)
        if self.use_bias:
            yield self.weight("bias", (self.units,), ("units",))
        yield from lora_factors(self, "kernel", (features, self.units), ("features", "units"))
        if mode not in (None, "float8"):
            yield from quantized_matrix(self, features, self.units)

    def checkpoint_paths(self, named: Named) -> CheckpointPaths:
        from lstmcount.layers.checkpoint_paths import ordered_paths

        # these modes have another kernel variable
        grouped = self.dtype_policy.mode in ("gptq", "awq")
        return ordered_paths(named, *(() if grouped else ("kernel", "bias")))

    def equations(self) -> tuple[str, ...]:
        if self.dtype_policy.mode is None and not self.lora_rank:
            return ("y = activation(kernel @ x + bias)",)
        kernel = weight_expression(self, "kernel", factors=bool(self.lora_rank))
        inputs = "quantize(x, inputs_scale)" if self.dtype_policy.mode == "float8" else "x"
        return (f"y = activation({inputs} @ {kernel} + bias)",)

    def notes(self) -> Iterator[str]:
        if self.use_bias:
            yield (
                "Also written (features + 1)·units: the 1 is each unit's bias. The count depends "
                "on the number of input features, not on time steps or the batch size."
            )
        yield from quantization_notes(self, self.lora_rank)

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        return "The last axis changes from features to units; the axes before it stay."

    def output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape[:-1], self.units)

    def macs(self, input_shape: Shape) -> Dim:
        features, rank = input_shape[-1], self.lora_rank or 0
        places: Dim = math.prod(input_shape[1:-1])
        if self.dtype_policy.mode is None:  # Keras adds the factors' product to the kernel
            return places * features * self.units + features * rank * self.units
        return places * (features * self.units + features * rank + rank * self.units)


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

    saves_no_additions: ClassVar[bool] = True
    quantization_modes: ClassVar[tuple[str, ...]] = ("int8", "int4")

    def __post_init__(self) -> None:
        mode = self.dtype_policy.mode
        if mode is not None and mode not in self.quantization_modes:
            raise LstmcountError(
                f"expected int8 or int4 for the quantisation of embeddings, got {mode}",
                path=("dtype",),
            )

    def check_arguments(self) -> None:
        check_quantization(self, self.embeddings_constraint)

    def check(self, input_shape: Shape) -> None:
        require_tensor(input_shape)

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        quantized = self.dtype_policy.mode is not None
        shape = (self.input_dim, self.output_dim)
        if not quantized:
            axes = ("input_dim", "output_dim")
            yield self.weight("embeddings", shape, axes, trainable=not self.lora_rank)
        yield from lora_factors(self, "embeddings", shape, ("input_dim", "output_dim"))
        if quantized:
            yield from quantized_embeddings(self, *shape)

    def checkpoint_paths(self, named: Named) -> CheckpointPaths:
        from lstmcount.layers.checkpoint_paths import ordered_paths

        return ordered_paths(named, "embeddings")

    def equations(self) -> tuple[str, ...]:
        table = weight_expression(self, "embeddings", factors=bool(self.lora_rank))
        return (f"y = {table}[x]",)

    def notes(self) -> Iterator[str]:
        yield (
            "One row for each possible token. Looking up rows needs no multiplications, and the "
            "count does not depend on the length of the input."
        )
        yield from quantization_notes(self, self.lora_rank)

    def macs(self, input_shape: Shape) -> Dim:
        rank = self.lora_rank or 0
        if self.dtype_policy.mode is None:
            return self.input_dim * rank * self.output_dim
        tokens: Dim = math.prod(input_shape[1:])
        return tokens * rank * self.output_dim

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        return (
            f"Every token becomes a row of {self.output_dim} numbers: the output has one more axis."
        )

    def output_shape(self, input_shape: Shape) -> Shape:
        return (*input_shape, self.output_dim)

    def compute_mask(self, inputs: Any, mask: Any, operations: Any) -> Any:
        return operations("NotEqual", inputs, 0) if self.mask_zero else None


class Identity(Elementwise):
    """Returns its input unchanged."""

    keeps_dtype: ClassVar[bool] = True
    supports_masking: ClassVar[bool] = True


class Masking(Elementwise):
    """Masks the time steps in which every feature equals `mask_value`."""

    mask_value: float = 0.0

    takes_structures: ClassVar[bool] = False

    def compute_mask(self, inputs: Any, mask: Any, operations: Any) -> Any:
        differs = operations("NotEqual", inputs, self.mask_value)
        return operations("Any", differs, axis=-1, keepdims=False)


class ReversibleEmbedding(Embedding):
    """An embedding that can be called in reverse, to turn features into a score for each token.

    Weights: input_dim·output_dim, or twice as many without `tie_weights`.
    """

    tie_weights: bool = True
    reverse_dtype: Any = None
    logit_soft_cap: float | None = None

    call_options: ClassVar[tuple[str, ...]] = ("reverse",)
    macs_options: ClassVar[tuple[str, ...]] = ("reverse",)

    def compute_mask(self, inputs: Any, mask: Any, operations: Any) -> Any:
        """Return None: Keras creates the mask only when the layer is called on values."""

    def check_arguments(self) -> None:
        super().check_arguments()
        if self.lora_rank and not self.tie_weights and self.dtype_policy.mode is None:
            raise LstmcountError("LoRA needs tied weights", path=("tie_weights",))

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        yield from super().weights(input_shape)
        if self.tie_weights:
            return
        if self.dtype_policy.mode is not None:
            yield from quantized_reverse(self, self.input_dim, self.output_dim)
        else:
            shape = (self.output_dim, self.input_dim)
            yield self.weight("reverse_embeddings", shape, ("output_dim", "input_dim"))

    def equations(self) -> tuple[str, ...]:
        if self.tie_weights:
            return (*super().equations(), "scores = y @ embeddings.T")
        return (
            *super().equations(),
            f"scores = y @ {weight_expression(self, 'reverse_embeddings')}",
        )

    def notes(self) -> Iterator[str]:
        yield from super().notes()
        if self.tie_weights:
            yield "tie_weights: the reverse call uses the same table, which counts once."

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        if output_shape[:-1] == input_shape:
            return super().shape_reason(input_shape, output_shape)
        return f"The reverse call gives a score for each of the {self.input_dim} tokens."

    def macs(self, input_shape: Shape, reverse: bool = False) -> Dim:
        if reverse:
            values: Dim = math.prod(input_shape[1:])
            return values * self.input_dim
        return super().macs(input_shape)

    def output_shape(self, input_shape: Shape, reverse: bool = False) -> Shape:
        if reverse:
            return (*input_shape[:-1], self.input_dim)
        return super().output_shape(input_shape)


class Lambda(Layer):
    """A function of the model's author. It is never run: the output shape is read from the file."""

    function: Any
    output_shape_: Any = msgspec.field(default=None, name="output_shape")
    mask: Any = None
    arguments: Any = None

    takes_mask: ClassVar[bool] = True
    takes_structures: ClassVar[bool] = True

    def output_shape(self, input_shape: Shapes) -> Shapes:
        return _with_batch(flatten(input_shape)[0][0], self.output_shape_)


def _with_batch(batch: Dim, declared: Any) -> Shapes:
    """Declared shapes with the batch size in front; None if code would have to compute them."""
    if isinstance(declared, dict):
        shapes = {key: _with_batch(batch, shape) for key, shape in declared.items()}
        return None if None in shapes.values() else shapes
    if not isinstance(declared, list | tuple):
        return None
    if all(dim is None or isinstance(dim, int) for dim in declared):
        return (batch, *shape_of(declared))
    listed = [_with_batch(batch, shape) for shape in declared]
    return None if None in listed else listed


class Wrapper(Layer):
    """Base of layers that wrap another layer and have no weights of their own."""

    layer: LayerArgument

    layer_arguments: ClassVar[tuple[str, ...]] = ("layer",)
    takes_structures: ClassVar[bool] = True

    def check(self, input_shape: Shapes) -> None:
        self.layer.accept(input_shape)

    def check_for_keras3(self, input_shape: Shapes) -> None:
        self.layer.check_for_keras3(input_shape)

    def weights(self, input_shape: Shapes) -> Iterable[Weight]:
        weights: Iterable[Weight] = self.layer.weights(input_shape)
        return weights

    def output_shape(self, input_shape: Shapes) -> Shapes:
        return self.layer.output_shape(input_shape)

    def inner(self) -> list[tuple[str, Any]]:
        return [("", self.layer)]

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        text: str = self.layer.shape_reason(input_shape, output_shape)
        return text

    def macs(self, input_shape: Shapes) -> Dim:
        macs: Dim = self.layer.macs(input_shape)
        return macs

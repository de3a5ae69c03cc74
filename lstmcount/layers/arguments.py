"""Types of constructor arguments. msgspec checks them, and the JSON schema shows them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta

PositiveInt = Annotated[int, Meta(ge=1, le=2**63 - 1)]
NonNegativeInt = Annotated[int, Meta(ge=0, le=2**63 - 1)]
NonNegativeFloat = Annotated[float, Meta(ge=0)]
Fraction = Annotated[float, Meta(ge=0, le=1)]
DataFormat = Literal["channels_last", "channels_first"] | None

_Named = str | dict[str, Any] | None
Activation = Annotated[_Named, Meta(extra_json_schema={"kind": "activation"})]
Initializer = Annotated[_Named, Meta(extra_json_schema={"kind": "initializer"})]
Regularizer = Annotated[_Named, Meta(extra_json_schema={"kind": "regularizer"})]
Constraint = Annotated[_Named, Meta(extra_json_schema={"kind": "constraint"})]
DTypePolicy = Annotated[_Named, Meta(extra_json_schema={"kind": "policy"})]
DType = Annotated[_Named, Meta(extra_json_schema={"kind": "dtype"})]
LayerArgument = Annotated[Any, Meta(extra_json_schema={"kind": "layer"})]

_ACTIVATIONS = """
    celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu
    linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu softmax softplus softsign
    soft_shrink sparse_plus sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold
"""
_INITIALIZERS = """
    constant Constant glorot_normal GlorotNormal glorot_uniform GlorotUniform he_normal HeNormal
    he_uniform HeUniform identity Identity IdentityInitializer lecun_normal LecunNormal
    lecun_uniform LecunUniform one ones Ones orthogonal Orthogonal OrthogonalInitializer
    random_normal RandomNormal random_uniform RandomUniform stft STFT STFTInitializer
    truncated_normal TruncatedNormal uniform normal variance_scaling VarianceScaling zero zeros
    Zeros
"""
_REGULARIZERS = "l1 L1 l1l2 l1_l2 L1L2 l2 L2 orthogonal_regularizer OrthogonalRegularizer"
_CONSTRAINTS = """
    max_norm MaxNorm maxnorm min_max_norm MinMaxNorm minmaxnorm non_neg NonNeg nonneg unit_norm
    UnitNorm unitnorm
"""
_FLOATS = "float16 float32 float64 bfloat16"
_OTHERS = """
    int int16 int32 int64 uint8 uint16 uint32 uint64 bool string complex64 complex128
"""
_QUANTISED = """
    int8_from_float32 int8_from_bfloat16 int8_from_mixed_bfloat16 int4_from_float32
    int4/128_from_float32 float8_from_float32 float8_from_mixed_bfloat16 gptq/4/128_from_float32
    awq/4/128_from_float32
"""
_SMALL = "int8 float8_e4m3fn float8_e5m2"

NAMES: dict[str, frozenset[str]] = {
    "activation": frozenset(_ACTIVATIONS.split()),
    "initializer": frozenset(_INITIALIZERS.split()),
    "regularizer": frozenset(_REGULARIZERS.split()),
    "constraint": frozenset(_CONSTRAINTS.split()),
    "dtype": frozenset(f"{_FLOATS} {_OTHERS} {_SMALL}".split()),
    "policy": frozenset(f"{_FLOATS} {_OTHERS} mixed_float16 mixed_bfloat16 {_QUANTISED}".split()),
}


def activation_name(activation: Any) -> str:
    """
    >>> activation_name(None), activation_name("relu"), activation_name({"class_name": "ReLU"})
    ('linear', 'relu', 'ReLU')
    """
    if isinstance(activation, dict):
        config = activation.get("config")
        activation = config if isinstance(config, str) else activation.get("class_name")
    return activation if isinstance(activation, str) else "linear"

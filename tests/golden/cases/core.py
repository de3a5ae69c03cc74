"""Dense layers, embeddings and the layers which only pass tensors on."""

from __future__ import annotations

from typing import Any

from _notation import Case, case, cases, integers, layer, tensor

VECTOR = tensor(6)
SEQUENCE = tensor(None, 6)
POLICIES = (
    "float16",
    "bfloat16",
    "float64",
    "mixed_float16",
    "mixed_bfloat16",
    "int8_from_float32",
    "int8_from_mixed_bfloat16",
    "int4_from_float32",
    "int4/-1_from_float32",
    "int4/4_from_float32",
    "float8_from_float32",
    "float8_from_mixed_bfloat16",
    "gptq/4/128_from_float32",
    "gptq/8/4_from_float32",
    "awq/4/128_from_float32",
    "int8_from_float16",
    "int3_from_float32",
    "float31",
)
LORA: tuple[dict[str, Any], ...] = (
    {"lora_rank": 2},
    {"lora_rank": 2, "lora_alpha": 8.0},
    {"lora_rank": 2, "trainable": False},
    {"lora_rank": 2, "dtype": "mixed_bfloat16"},
    {"lora_rank": 2, "dtype": "int8_from_float32"},
    {"lora_rank": 2, "dtype": "int4_from_float32"},
    {"lora_rank": 2, "dtype": "float8_from_float32"},
    {"lora_rank": 0},
    {"lora_rank": -1},
)


def quantised(base: dict[str, Any]) -> list[dict[str, Any]]:
    """`base` with every dtype policy and every combination with LoRA."""
    return [{**base, "dtype": each} for each in POLICIES] + [{**base, **each} for each in LORA]


def dense() -> list[Case]:
    """Cases of Dense."""
    units = {"units": 5}
    return [
        *cases(
            VECTOR,
            units,
            {**units, "use_bias": False},
            {
                **units,
                "activation": "relu",
                "kernel_regularizer": "l2",
                "bias_constraint": "max_norm",
            },
            {**units, "trainable": False},
            {**units, "name": "out"},
            *quantised(units),
            *quantised({**units, "use_bias": False})[5:9],
            {**units, "lora_rank": 2, "kernel_constraint": "non_neg"},
            {**units, "dtype": layer("DTypePolicy", name="mixed_float16")},
            {**units, "dtype": layer("QuantizedDTypePolicy", mode="int8", source_name="float32")},
            {"units": 0},
            {"units": -1},
            {"units": 2.5},
            {"units": "5"},
            {"units": None},
            {"units": True},
            {},
            {**units, "activation": "nonsense"},
            {**units, "unit": 3},
            {**units, "kernel_initializer": "nonsense"},
            {**units, "input_shape": (6,)},
            {**units, "input_dim": 6},
            {**units, "dtype": None},
        ),
        *cases(SEQUENCE, units, {**units, "dtype": "int4_from_float32"}),
        *cases(tensor(7), {**units, "dtype": "int4_from_float32"}),
        *cases(
            tensor(300), *({**units, "dtype": f"int4{each}_from_float32"} for each in ("", "/128"))
        ),
        case({**units, "quantization_config": layer("Int8QuantizationConfig")}, VECTOR),
        case(
            {**units, "quantization_config": layer("Int4QuantizationConfig", block_size=4)}, VECTOR
        ),
        case(
            {**units, "quantization_config": layer("Int4QuantizationConfig", block_size=None)},
            VECTOR,
        ),
        case({**units, "quantization_config": layer("Float8QuantizationConfig")}, VECTOR),
        case(units, tensor(2, 3, None, 6)),
        case(units, tensor(6, batch=4)),
        case(units, tensor(None)),
        case(units, tensor(None, None)),
        case(units, tensor()),
        case(units, tensor(0)),
        case(units, integers(6)),
        case(units, tensor(6, dtype="float16")),
        case(units, [VECTOR, VECTOR]),
    ]


def einsum(equation: str, shape: Any, bias: str | None = None, **more: Any) -> dict[str, Any]:
    """Arguments of EinsumDense."""
    return {"equation": equation, "output_shape": shape, "bias_axes": bias, **more}


def einsum_dense() -> list[Case]:
    """Cases of EinsumDense, Keras's own equations first."""
    heads = einsum("abc,cde->abde", (None, 2, 3), "de")
    return [
        *cases(
            VECTOR,
            einsum("ab,bc->ac", 5),
            einsum("ab,bc->ac", 5, "c"),
            einsum("ab,bc->ac", (5,), "c"),
            einsum("ab,bcd->acd", (8, 3), "cd"),
            einsum("ab,bcd->acd", (8, 3), "c"),
            einsum("ab,bcd->acd", (8, 3), "d"),
            einsum("ab,bcd->adc", (8, 3), "dc"),
            *(einsum("ab,bcd->acd", (8, 3), "d", **each) for each in quantised({})),
            einsum("ab,bc->ac", 5, "x"),
            einsum("ab,bc->ac", (5, 6)),
            einsum("ab,cb->ac", 5),
            einsum("ab->ac", 5),
            einsum("ab,bc", 5),
            einsum("...b,bc->...c", 5),
            einsum("ab,bc->ac", None),
            einsum("abc,cd->abd", (None, 5)),
            {"equation": "ab,bc->ac"},
        ),
        *cases(
            tensor(4, 6),
            heads,
            einsum("abc,cd->abd", (4, 5), "bd"),
            einsum("abc,cd->abd", (None, 5), "d"),
            einsum("abc,cd->abd", (4, 5), "b"),
            einsum("abc,bcd->abd", (4, 5), "d"),
            einsum("abc,bde->abcde", (4, 6, 3, 2)),
            einsum("...x,xy->...y", 5, "y"),
            einsum("...x,xy->...y", (4, 5), "y"),
            einsum("...bc,cd->...bd", (4, 5), "bd"),
            einsum("...bc,cd->...bd", (4, 5), "b"),
            einsum("ab...,bc->ac...", 5, "c"),
            einsum("ab...,bc->ac...", (5, None)),
            einsum("abc,acd->abd", (4, 5)),
            einsum("abc,cd->abd", (3, 5)),
            einsum("abc,cd->abd", 5),
            {**heads, "dtype": "int8_from_float32"},
            {**heads, "dtype": "int4_from_float32"},
            {**heads, "dtype": "float8_from_float32"},
            {**heads, "lora_rank": 2},
            {**heads, "trainable": False},
        ),
        case(heads, tensor(None, 6)),
        case(einsum("abcd,cde->abe", (None, 5), "e"), tensor(None, 2, 3)),
        case(
            einsum("abcd,cde->abe", (None, 5), "e", dtype="int4_from_float32"), tensor(None, 2, 3)
        ),
        case(einsum("...x,xy->...y", (None, 5), "y"), tensor(None, 6)),
        case(einsum("abc,cd->abd", (None, 5), "b"), tensor(None, 6)),
        case(einsum("ab,bc->ac", 5), tensor(None)),
    ]


def embedding(**more: Any) -> list[Case]:
    """Cases common to both embeddings."""
    base = {"input_dim": 10, "output_dim": 5, **more}
    return [
        *cases(
            integers(7),
            base,
            {**base, "mask_zero": True},
            {**base, "embeddings_initializer": "zeros", "embeddings_regularizer": "l2"},
            {**base, "trainable": False},
            *quantised(base),
            {**base, "output_dim": 7, "dtype": "int4_from_float32"},
            {**base, "output_dim": 200, "dtype": "int4_from_float32"},
            {**base, "input_length": 7},
            {**base, "input_length": 7, "batch_input_shape": [None, 7]},
            {"input_dim": 10},
            {**base, "input_dim": 0},
            {**base, "input_dim": -1},
            {**base, "output_dim": 0},
            {**base, "input_dim": 2.5},
        ),
        case(base, integers(None)),
        case(base, integers()),
        case(base, tensor(3)),
        case(base, tensor(3, dtype="int64")),
        case(base, tensor(3, dtype="uint8")),
        case(base, integers(2, 3, batch=4)),
    ]


def reversible(**more: Any) -> list[Case]:
    """Cases of ReversibleEmbedding used backwards, from vectors to logits."""
    base = {"input_dim": 10, "output_dim": 5, **more}
    return [
        case(base, tensor(7, 5), reverse=True),
        case(
            {**base, "reverse_dtype": "float16", "logit_soft_cap": 50}, tensor(7, 5), reverse=True
        ),
        case({**base, "dtype": "int8_from_float32"}, tensor(7, 5), reverse=True),
        case(base, tensor(None, 4), reverse=True),
    ]


CASES: dict[str, list[Case]] = {
    "Dense": dense(),
    "EinsumDense": einsum_dense(),
    "Embedding": embedding(),
    "Identity": [
        *cases(SEQUENCE, {}, {"name": "same"}, {"dtype": "mixed_float16"}, {"units": 1}),
        case({}, [SEQUENCE, VECTOR]),
        case({}, {"a": SEQUENCE, "b": integers(3)}),
        case({}, tensor(dtype="bool")),
        case({}),
    ],
    "InputLayer": [
        case({"shape": (None, 126)}),
        case({"shape": [5, 126], "batch_size": 4}),
        case({"batch_shape": (None, 5, 126), "dtype": "int32", "name": "tokens"}),
        case({"batch_shape": [2, None]}),
        case({"batch_input_shape": [None, 7]}),
        case({"input_shape": [7]}),
        case({"shape": ()}),
        case({"shape": (3,), "dtype": "string"}),
        case({"shape": (3,), "dtype": "bool"}),
        case({"shape": (3,), "optional": True}),
        case({"shape": (3,), "dtype": "bfloat16"}),
        case({}),
        case({"shape": (3,), "batch_shape": (None, 3)}),
        case({"batch_shape": (None, 3), "batch_size": 4}),
        case({"shape": 3}),
        case({"shape": (3.5,)}),
        case({"shape": (-1,)}),
        case({"shape": (0,)}),
        case({"shape": ("a",)}),
        case({"shape": (3,), "dtype": "float31"}),
        case({"shape": (3,), "units": 2}),
        case({"shape": (3,), "sparse": True}),
        case({"shape": (3,), "ragged": True}),
    ],
    "Lambda": [
        case({"function": "relu"}, VECTOR),
        case({"function": layer("Rescaling", scale=2.0)}, VECTOR),
        case({"function": layer("Rescaling", scale=2.0), "output_shape": (3, 2)}, VECTOR),
        case({"function": layer("Rescaling", scale=2.0), "arguments": {"b": 1}}, VECTOR),
        case({}, VECTOR),
    ],
    "Masking": [
        *cases(SEQUENCE, {}, {"mask_value": -1.0}, {"dtype": "mixed_float16"}, {"value": 1}),
        case({}, VECTOR),
        case({}, integers(4, 2)),
        case({}, tensor()),
    ],
    "ReversibleEmbedding": [
        *embedding(),
        *embedding(tie_weights=False),
        *reversible(),
        *reversible(tie_weights=False),
    ],
}

"""Attention layers."""

from __future__ import annotations

from typing import Any

from _notation import Case, case, tensor

QUERY = tensor(7, 16)
VALUE = tensor(4, 16)
SCORES = {"return_attention_scores": True}


def plain_attention(*arguments: dict[str, Any]) -> list[Case]:
    """Cases of the layers which take a list of query, value and key."""
    query, value = tensor(7, 8), tensor(4, 8)
    masks = [tensor(7, dtype="bool"), tensor(4, dtype="bool")]
    return [
        *(case(each, [query, value]) for each in arguments),
        case({}, [query, value, tensor(4, 8)]),
        case({}, [query, tensor(4, 5), tensor(4, 8)]),
        case({}, [query, value], **SCORES),
        case({}, [query, value], use_causal_mask=True),
        case({}, [query, value], mask=masks),
        case({}, [query, value], mask=masks[0]),
        case({}, [query, value], mask=[*masks, *masks]),
        case({}, [tensor(None, 8), tensor(None, 8)], **SCORES),
        case({}, [query, tensor(4, 6)]),
        case({}, [query, tensor(4, 6), tensor(5, 8)]),
        case({}, [query]),
        case({}, query),
        case({}, [query, value, value, value]),
        case({}, [tensor(2, 7, 8), tensor(2, 4, 8)]),
        case({}, [tensor(8), tensor(8)]),
    ]


def multi_head() -> list[Case]:
    """Cases of MultiHeadAttention."""
    base = {"num_heads": 3, "key_dim": 5}
    arguments: list[dict[str, Any]] = [
        base,
        {**base, "value_dim": 6},
        {**base, "use_bias": False},
        {**base, "output_shape": 9},
        {**base, "output_shape": (9,)},
        {**base, "output_shape": [2, 9]},
        {**base, "output_shape": []},
        {**base, "dropout": 0.2, "seed": 3},
        {**base, "use_gate": True},
        {**base, "use_gate": True, "value_dim": 6, "use_bias": False},
        {**base, "sliding_window": 2},
        {**base, "attention_axes": 1},
        {**base, "attention_axes": [1], "flash_attention": False},
        {**base, "trainable": False},
        {**base, "dtype": "mixed_float16"},
        {**base, "dtype": "bfloat16"},
        {**base, "dtype": "int8_from_float32"},
        {**base, "dtype": "int4_from_float32"},
        {**base, "dtype": "float8_from_float32"},
        {**base, "kernel_regularizer": "l2", "bias_constraint": "non_neg"},
        {"num_heads": 0, "key_dim": 5},
        {"num_heads": 3, "key_dim": 0},
        {"num_heads": -1, "key_dim": 5},
        {"num_heads": 3},
        {**base, "value_dim": 0},
        {**base, "output_shape": "9"},
        {**base, "output_shape": 2.5},
        {**base, "sliding_window": 0},
        {**base, "attention_axes": 2},
        {**base, "flash_attention": True},
        {**base, "dropout": 1.5},
    ]
    image, rows = tensor(4, 5, 16), tensor(2, 5, 16)
    return [
        *(case(each, QUERY, VALUE) for each in arguments),
        case(base, QUERY, VALUE, tensor(4, 12)),
        case(base, QUERY, tensor(4, 12)),
        case(base, QUERY, tensor(4, 12), tensor(4, 10)),
        case({**base, "value_dim": 4}, QUERY, tensor(4, 12), key=tensor(4, 10), **SCORES),
        case(base, QUERY, VALUE, **SCORES),
        case(base, QUERY, QUERY, use_causal_mask=True),
        case(base, QUERY, VALUE, attention_mask=tensor(7, 4, dtype="bool")),
        case(base, QUERY, VALUE, value_mask=tensor(4, dtype="bool")),
        case(base, tensor(None, 16), tensor(None, 16)),
        case(base, tensor(None, 16), tensor(None, 16), **SCORES),
        case({**base, "attention_axes": (1, 2)}, image, image),
        case({**base, "attention_axes": (1, 2)}, image, rows, **SCORES),
        case({**base, "attention_axes": 1}, image, rows, **SCORES),
        case({**base, "attention_axes": (2,)}, image, image),
        case({**base, "output_shape": (2, 9)}, image, image, **SCORES),
        case({**base, "use_gate": True, "attention_axes": (1, 2)}, image, image),
        case(base, QUERY),
        case(base, QUERY, tensor(4, 16), tensor(5, 16)),
        case(base, tensor(16), tensor(16)),
        case(base, [QUERY, VALUE]),
        case(base, QUERY, VALUE, attention_mask=tensor(4, 7, dtype="bool")),
        case(base, QUERY, tensor(4, None)),
    ]


def grouped() -> list[Case]:
    """Cases of GroupedQueryAttention."""
    base = {"head_dim": 5, "num_query_heads": 6, "num_key_value_heads": 2}
    arguments: list[dict[str, Any]] = [
        base,
        {**base, "num_key_value_heads": 6},
        {**base, "num_key_value_heads": 1},
        {**base, "use_bias": False},
        {**base, "use_gate": True},
        {**base, "use_gate": True, "use_bias": False},
        {**base, "dropout": 0.2, "seed": 3},
        {**base, "sliding_window": 2},
        {**base, "trainable": False},
        {**base, "dtype": "mixed_float16"},
        {**base, "dtype": "int8_from_float32"},
        {**base, "num_key_value_heads": 4},
        {**base, "num_query_heads": 0},
        {**base, "num_key_value_heads": 0},
        {**base, "head_dim": 0},
        {**base, "head_dim": -1},
        {**base, "sliding_window": 0},
        {**base, "key_dim": 3},
        {"head_dim": 5},
    ]
    return [
        *(case(each, QUERY, VALUE) for each in arguments),
        case(base, QUERY, tensor(4, 12), tensor(4, 10)),
        case(base, QUERY, VALUE, **SCORES),
        case(base, QUERY, QUERY, use_causal_mask=True),
        case(base, tensor(None, 16), tensor(None, 16), **SCORES),
        case(base, QUERY, VALUE, attention_mask=tensor(7, 4, dtype="bool")),
        case(base, QUERY),
        case(base, tensor(16), tensor(16)),
        case(base, QUERY, tensor(4, 16), tensor(5, 16)),
    ]


COMMON: list[dict[str, Any]] = [
    {},
    {"use_scale": True},
    {"use_scale": False},
    {"dropout": 0.3},
    {"use_scale": True, "trainable": False},
    {"use_scale": True, "dtype": "mixed_float16"},
    {"dropout": 1.5},
]

CASES: dict[str, list[Case]] = {
    "AdditiveAttention": plain_attention(*COMMON, {"score_mode": "dot"}),
    "Attention": plain_attention(
        *COMMON,
        {"score_mode": "concat"},
        {"score_mode": "concat", "use_scale": True},
        {"score_mode": "scaled_dot"},
        {"dropout": 0.3, "seed": 5},
        {"dropout": -1.0},
    ),
    "GroupedQueryAttention": grouped(),
    "MultiHeadAttention": multi_head(),
}

"""Mixed precision, quantised models and LoRA."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers


def _dense(features: int = 8) -> Any:
    return keras.Sequential(
        [keras.Input((features,)), layers.Dense(7, name="hidden"), layers.Dense(3, name="out")]
    )


def _words() -> Any:
    tokens = keras.Input((None,), dtype="int32")
    x = layers.Embedding(20, 6)(tokens)
    x = layers.EinsumDense("abc,cd->abd", (None, 5), bias_axes="d")(x)
    return keras.Model(tokens, layers.Dense(4)(x))


def _quantised(model: Any, mode: str) -> Any:
    model.quantize(mode)
    return model


def policy_mixed_float16() -> Any:
    keras.config.set_dtype_policy("mixed_float16")
    return keras.Sequential(
        [
            keras.Input((5, 4)),
            layers.LSTM(3, return_sequences=True),
            layers.LayerNormalization(),
            layers.Dense(2, dtype="float32"),
        ]
    )


def policy_bfloat16() -> Any:
    keras.config.set_dtype_policy("bfloat16")
    inputs = keras.Input((8, 8, 3))
    x = layers.BatchNormalization()(layers.Conv2D(4, 3)(inputs))
    return keras.Model(inputs, layers.Dense(2)(layers.GlobalMaxPooling2D()(x)))


def policy_by_layer() -> Any:
    policies = ("float16", "float64", "mixed_bfloat16", "float32")
    made = [layers.Dense(4, dtype=each) for each in policies]
    return keras.Sequential([keras.Input((4,)), *made])


def policy_map() -> Any:
    policies = keras.dtype_policies.DTypePolicyMap()
    policies["hidden"] = keras.DTypePolicy("mixed_bfloat16")
    model = _dense()
    copy = keras.Sequential.from_config({**model.get_config(), "dtype": policies})
    copy.build((None, 8))
    return copy


def policy_map_attention() -> Any:
    policies = keras.dtype_policies.DTypePolicyMap(default_policy="float32")
    policies["heads/query"] = keras.dtype_policies.QuantizedDTypePolicy("int8", "float32")
    policies["heads/key"] = keras.DTypePolicy("mixed_bfloat16")
    inputs = keras.Input((5, 8))
    attention = layers.MultiHeadAttention(2, 4, dtype=policies, name="heads")
    return keras.Model(inputs, attention(inputs, inputs))


def quantised_int8() -> Any:
    return _quantised(_dense(), "int8")


def quantised_int4() -> Any:
    return _quantised(_dense(), "int4")


def quantised_int4_odd() -> Any:
    return _quantised(_dense(9), "int4")


def quantised_int4_groups() -> Any:
    return _quantised(_dense(300), "int4")


def quantised_int4_per_channel() -> Any:
    model = _dense()
    model.quantize(config=keras.quantizers.Int4QuantizationConfig(block_size=None))
    return model


def quantised_float8() -> Any:
    return _quantised(_dense(), "float8")


def quantised_words_int8() -> Any:
    return _quantised(_words(), "int8")


def quantised_words_int4() -> Any:
    return _quantised(_words(), "int4")


def quantised_one_layer() -> Any:
    model = _dense()
    model.quantize("int8", filters="hidden")
    return model


def quantised_tied_embedding() -> Any:
    tokens = keras.Input((None,), dtype="int32")
    embedding = layers.ReversibleEmbedding(20, 6, tie_weights=False)
    return _quantised(keras.Model(tokens, embedding(embedding(tokens), reverse=True)), "int8")


def lora_in_constructor() -> Any:
    return keras.Sequential(
        [
            keras.Input((5,), dtype="int32"),
            layers.Embedding(20, 6, lora_rank=2),
            layers.Conv1D(4, 3, lora_rank=2),
            layers.EinsumDense("abc,cd->abd", (None, 5), lora_rank=2),
            layers.Dense(3, lora_rank=1, lora_alpha=4),
        ]
    )


def lora_enabled_later() -> Any:
    model = _dense()
    model.get_layer("hidden").enable_lora(2)
    return model


def lora_quantised() -> Any:
    model = _dense()
    model.quantize("int8")
    model.get_layer("hidden").enable_lora(2)
    return model

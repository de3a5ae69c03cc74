"""Attention and transformers."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops


def _transformer_block(x: Any, heads: int = 2, width: int = 16) -> Any:
    attended = layers.MultiHeadAttention(heads, width // heads, dropout=0.1)(x, x)
    x = layers.LayerNormalization()(x + attended)
    hidden = layers.Dense(4 * width, activation="gelu")(x)
    return layers.LayerNormalization()(x + layers.Dropout(0.1)(layers.Dense(width)(hidden)))


def attention_transformer() -> Any:
    tokens = keras.Input((12,), dtype="int32", name="tokens")
    x = layers.Embedding(40, 16)(tokens)
    x = _transformer_block(_transformer_block(x))
    return keras.Model(tokens, layers.Dense(3)(layers.GlobalAveragePooling1D()(x)))


def attention_cross() -> Any:
    query, memory = keras.Input((None, 8), name="query"), keras.Input((None, 6), name="memory")
    attention = layers.MultiHeadAttention(3, 5, value_dim=4, output_shape=7)
    found, scores = attention(query, memory, return_attention_scores=True)
    return keras.Model([query, memory], [found, scores])


def attention_keywords() -> Any:
    query, value = keras.Input((7, 8), name="query"), keras.Input((4, 8), name="value")
    key = keras.Input((4, 6), name="key")
    mask = keras.Input((7, 4), dtype="bool", name="mask")
    attention = layers.MultiHeadAttention(2, 3)
    found = attention(query=query, value=value, key=key, attention_mask=mask, use_causal_mask=True)
    return keras.Model([query, value, key, mask], found)


def attention_dot_product() -> Any:
    query, value = keras.Input((7, 8), name="query"), keras.Input((4, 8), name="value")
    plain = layers.Attention(use_scale=True)([query, value])
    additive = layers.AdditiveAttention()([query, value])
    concat = layers.Attention(score_mode="concat")([query, value])
    return keras.Model([query, value], [plain, additive, concat])


def attention_grouped() -> Any:
    x = keras.Input((None, 16))
    attended = layers.GroupQueryAttention(4, 6, 2)(x, x, use_causal_mask=True)
    return keras.Model(x, layers.RMSNormalization()(x + attended))


def attention_two_dimensional() -> Any:
    x = keras.Input((4, 5, 8))
    return keras.Model(x, layers.MultiHeadAttention(2, 4, attention_axes=(1, 2))(x, x))


def attention_by_hand() -> Any:
    x = keras.Input((None, 8))
    query, key, value = (layers.Dense(8, name=name)(x) for name in ("q", "k", "v"))
    scores = ops.softmax(ops.matmul(query, ops.transpose(key, (0, 2, 1))) / 8**0.5)
    return keras.Model(x, ops.matmul(scores, value))


def attention_tied_embedding() -> Any:
    tokens = keras.Input((None,), dtype="int32")
    embedding = layers.ReversibleEmbedding(40, 8)
    x = layers.LSTM(8, return_sequences=True)(embedding(tokens))
    return keras.Model(tokens, embedding(x, reverse=True))


def attention_vision_transformer() -> Any:
    image = keras.Input((16, 16, 3))
    patches = layers.Conv2D(16, 4, strides=4)(image)
    x = _transformer_block(layers.Reshape((-1, 16))(patches))
    return keras.Model(image, layers.Dense(5)(layers.Flatten()(x)))


def attention_lstm_with_context() -> Any:
    inputs = keras.Input((9, 6))
    states = layers.Bidirectional(layers.LSTM(4, return_sequences=True))(inputs)
    scores = layers.Softmax(axis=1)(layers.Dense(1, activation="tanh")(states))
    context = layers.Dot(axes=1)([scores, states])
    return keras.Model(inputs, layers.Flatten()(context))

"""Functional models with nodes of keras.ops."""

from __future__ import annotations

from typing import Any

import keras
from keras import layers, ops


def operations_arithmetic() -> Any:
    a, b = keras.Input((4, 3), name="a"), keras.Input((3,), name="b")
    c = layers.Dense(3)(a)
    found = (a + b) * c - 2 / (c + 1.0)
    found = -(abs(found) ** 2) // 3 % 5
    return keras.Model([a, b], 1 - found)


def operations_comparison() -> Any:
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    chosen = ops.where(a > b, a, b)
    mask = ops.logical_and(a >= 0, ops.not_equal(b, 1))
    return keras.Model([a, b], [chosen, ops.cast(mask, "float32"), ops.maximum(a, 0.0)])


def operations_slicing() -> Any:
    x = keras.Input((8, 6, 4))
    parts = [x[:, 0], x[:, 1:5, ::2], x[..., -1], x[:, -3:, :, None, 1], x[:, None, 2]]
    return keras.Model(x, parts)


def operations_open_slicing() -> Any:
    x = keras.Input((None, 4))
    return keras.Model(x, [x[:, -1], x[:, 1:], x[:, :, 1:3], layers.Dense(2)(x[:, 0, :])])


def operations_reductions() -> Any:
    x = keras.Input((4, 5, 3))
    found = [
        ops.mean(x, axis=1),
        ops.sum(x, axis=[1, 2], keepdims=True),
        ops.max(x, axis=-1),
        ops.std(x, axis=(1, 2)),
        ops.argmax(x, axis=-1),
        ops.logsumexp(x, axis=2),
        ops.cumsum(x, axis=1),
        ops.norm(x, axis=-1),
    ]
    return keras.Model(x, found)


def operations_shapes() -> Any:
    x = keras.Input((4, 6))
    found = [
        ops.reshape(x, (-1, 3, 8)),
        ops.transpose(x, (0, 2, 1)),
        ops.expand_dims(x, -1),
        ops.expand_dims(x, (1, 2)),
        ops.squeeze(ops.expand_dims(x, 1), 1),
        ops.concatenate([x, x], axis=1),
        ops.stack([x, x, x], axis=1),
        ops.repeat(x, 2, axis=1),
        ops.tile(x, (1, 2, 3)),
        ops.pad(x, ((0, 0), (1, 2), (0, 3))),
        ops.flip(x, axis=1),
        ops.roll(x, 1, axis=2),
        ops.swapaxes(x, 1, 2),
        ops.moveaxis(x, 1, 2),
        ops.broadcast_to(ops.expand_dims(x, 1), (2, 5, 4, 6)),
    ]
    return keras.Model(x, found)


def operations_products() -> Any:
    a, b = keras.Input((4, 6), name="a"), keras.Input((6, 5), name="b")
    found = [
        ops.matmul(a, b),
        a @ b,
        ops.einsum("bij,bjk->bik", a, b),
        ops.einsum("bij,bjk->bki", a, b),
        ops.dot(a, ops.ones((6, 2))),
        ops.tensordot(a, ops.ones((6, 7)), axes=1),
    ]
    return keras.Model([a, b], found)


def operations_activations() -> Any:
    x = keras.Input((4, 6))
    functions = [ops.softmax, ops.relu, ops.gelu, ops.sigmoid, ops.tanh, ops.silu, ops.log_softmax]
    return keras.Model(x, [function(x) for function in functions])


def operations_split() -> Any:
    x = keras.Input((4, 6))
    first, second, third = ops.split(layers.Dense(9)(x), 3, axis=-1)
    left, right = ops.split(x, [2], axis=1)
    values, indices = ops.top_k(x, 2)
    return keras.Model(x, [first * second, third, left, right, values, indices])


def operations_images() -> Any:
    x = keras.Input((8, 8, 3))
    found = [
        ops.image.resize(x, (4, 4)),
        ops.conv(x, ops.ones((3, 3, 3, 2)), padding="same"),
        ops.max_pool(x, 2),
        ops.average_pool(x, 3, strides=1, padding="same"),
        ops.one_hot(ops.argmax(x, -1), 3),
        ops.image.rgb_to_grayscale(x),
    ]
    return keras.Model(x, found)


def operations_named() -> Any:
    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    total = keras.layers.Add(name="total")([a, b])
    return keras.Model([a, b], [ops.multiply(total, a), layers.multiply([total, b]), a + 1, a + b])


def operations_gather() -> Any:
    x, indices = keras.Input((7, 3), name="x"), keras.Input((2,), dtype="int32", name="indices")
    found = [
        ops.take(x, [0, 2], axis=1),
        ops.take_along_axis(x, ops.expand_dims(indices, -1), axis=1),
        ops.one_hot(indices, 5),
        ops.clip(x, 0.0, 1.0),
        ops.zeros_like(x),
        ops.cast(indices, "float16"),
        ops.full_like(x, 2.0),
        ops.sqrt(ops.square(x)),
        ops.add(indices[:, :1], 3),
    ]
    return keras.Model([x, indices], found)

"""Operators and functions of `keras.ops` on tensors of a graph."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

OPERATORS: tuple[Callable[[Any, Any], Any], ...] = (
    lambda x, y: x + y,
    lambda x, y: x - y,
    lambda x, y: x * y,
    lambda x, y: x / y,
    lambda x, y: x @ y,
    lambda x, y: 1 - x,
    lambda x, y: x * 2.0,
    lambda x, y: x**2,
    lambda x, y: -x,
    lambda x, y: x > y,
    lambda x, y: x == 0,
    lambda x, y: x // 2,
    lambda x, y: x % 3,
    lambda x, y: abs(x),
    lambda x, y: x[:, 0],
    lambda x, y: x[:, -1],
    lambda x, y: x[:, 1:],
    lambda x, y: x[:, :-1],
    lambda x, y: x[:, ::2],
    lambda x, y: x[..., :2],
    lambda x, y: x[..., None],
    lambda x, y: x[:, None],
    lambda x, y: x[:, :, 0],
    lambda x, y: x[:, 1:3, ::-1],
)

OPERATIONS: tuple[Callable[[Any, Any, Any, Random], Any], ...] = (
    lambda ops, x, y, rng: ops.mean(x, axis=_axis(rng), keepdims=rng.random() < 0.4),
    lambda ops, x, y, rng: ops.sum(x, _axis(rng)),
    lambda ops, x, y, rng: ops.max(x, axis=_axis(rng)),
    lambda ops, x, y, rng: ops.logsumexp(x, axis=-1, keepdims=True),
    lambda ops, x, y, rng: ops.argmax(x, axis=-1),
    lambda ops, x, y, rng: ops.reshape(x, rng.choice([(-1, 2), (-1,), (2, -1, 3), (-1, 4, 1)])),
    lambda ops, x, y, rng: ops.reshape(x, (-1, *x.shape[1:][::-1])),
    lambda ops, x, y, rng: ops.transpose(x, (0, *range(len(x.shape) - 1, 0, -1))),
    lambda ops, x, y, rng: ops.transpose(x),
    lambda ops, x, y, rng: ops.concatenate([x, y], axis=rng.choice([1, -1, 2])),
    lambda ops, x, y, rng: ops.stack([x, y], axis=rng.choice([0, 1, -1])),
    lambda ops, x, y, rng: ops.matmul(x, y),
    lambda ops, x, y, rng: ops.matmul(x, ops.swapaxes(y, -1, -2)),
    lambda ops, x, y, rng: ops.einsum("abc,abd->acd", x, x),
    lambda ops, x, y, rng: ops.einsum("...i,...i->...", x, x),
    lambda ops, x, y, rng: ops.einsum("ab,cd->acd", x, y),
    lambda ops, x, y, rng: ops.expand_dims(x, rng.choice([0, 1, -1])),
    lambda ops, x, y, rng: ops.squeeze(x, rng.choice([None, 1, -1])),
    lambda ops, x, y, rng: ops.softmax(x, axis=-1),
    lambda ops, x, y, rng: ops.relu(x),
    lambda ops, x, y, rng: ops.split(x, rng.choice([2, 3, [1, 2]]), axis=rng.choice([1, -1])),
    lambda ops, x, y, rng: ops.unstack(x, axis=-1),
    lambda ops, x, y, rng: ops.where(x > 0, x, y),
    lambda ops, x, y, rng: ops.cast(x, rng.choice(["float32", "int32", "float16"])),
    lambda ops, x, y, rng: ops.clip(x, 0, 1),
    lambda ops, x, y, rng: ops.pad(x, [[0, 0], *[[1, 2]] * (len(x.shape) - 1)]),
    lambda ops, x, y, rng: ops.tile(x, rng.choice([2, [1, 2], [1, 2, 3]])),
    lambda ops, x, y, rng: ops.repeat(x, 2, axis=rng.choice([None, 1, -1])),
    lambda ops, x, y, rng: ops.flip(x, axis=1),
    lambda ops, x, y, rng: ops.roll(x, 2, axis=1),
    lambda ops, x, y, rng: ops.take(x, [0, 0, 1], axis=rng.choice([1, -1])),
    lambda ops, x, y, rng: ops.one_hot(ops.cast(x, "int32"), 5),
    lambda ops, x, y, rng: ops.top_k(x, 2),
    lambda ops, x, y, rng: ops.cumsum(x, axis=1),
    lambda ops, x, y, rng: ops.sqrt(ops.abs(x)),
    lambda ops, x, y, rng: ops.maximum(x, y),
    lambda ops, x, y, rng: ops.swapaxes(x, 1, -1),
    lambda ops, x, y, rng: ops.moveaxis(x, 1, -1),
    lambda ops, x, y, rng: ops.tensordot(x, y, axes=1),
    lambda ops, x, y, rng: ops.dot(x, y),
    lambda ops, x, y, rng: ops.outer(x, y),
    lambda ops, x, y, rng: ops.norm(x, axis=-1),
    lambda ops, x, y, rng: ops.normalize(x, axis=-1),
    lambda ops, x, y, rng: ops.var(x, axis=_axis(rng)),
    lambda ops, x, y, rng: ops.average_pool(_image(x), 2, padding=rng.choice(["same", "valid"])),
    lambda ops, x, y, rng: ops.max_pool(_image(x), 2, strides=1),
    lambda ops, x, y, rng: ops.image.resize(x, (4, 5)),
    lambda ops, x, y, rng: ops.broadcast_to(x, (2, *x.shape)),
    lambda ops, x, y, rng: ops.ones_like(x),
    lambda ops, x, y, rng: ops.sort(x, axis=-1),
    lambda ops, x, y, rng: ops.diff(x, axis=1),
    lambda ops, x, y, rng: ops.isnan(x),
    lambda ops, x, y, rng: ops.silu(x),
    lambda ops, x, y, rng: ops.leaky_relu(x, 0.1),
    lambda ops, x, y, rng: ops.ravel(x),
    lambda ops, x, y, rng: ops.diagonal(x, axis1=1, axis2=2),
    lambda ops, x, y, rng: ops.tril(x),
    lambda ops, x, y, rng: ops.segment_sum(x, [0, 0, 1], 3),
    lambda ops, x, y, rng: ops.slice(x, [0] * len(x.shape), [1] * len(x.shape)),
    lambda ops, x, y, rng: ops.count_nonzero(x, axis=1),
    lambda ops, x, y, rng: ops.quantile(x, 0.5, axis=-1),
    lambda ops, x, y, rng: ops.take_along_axis(x, ops.argsort(x, axis=1), axis=1),
)  # fmt: skip


def _image(x: Any) -> Any:
    if len(x.shape) < 3:
        raise ValueError("nothing to pool")
    return x


def _axis(rng: Random) -> Any:
    return rng.choice([None, 1, -1, 2, (1, 2), (-1, 1)])

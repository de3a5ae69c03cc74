"""Functional models made of operations: Keras saves them, and both print their summary."""

from __future__ import annotations

from typing import Any

import pytest

from lstmcount import summarize
from lstmcount.renderers.cells import Options
from lstmcount.renderers.table import as_text
from tests.differential.real_keras import fresh, summary_text

pytestmark = pytest.mark.oracle

EXPRESSIONS = """
x + y
x[:, 1:3, ..., None] * 2.0
3 - x[:, 0] / y[:, ::2][:, 0]
(x > 0) + (-y) ** 2 % 3
abs(x) @ ops.transpose(y, (0, 1, 3, 2))
x + np.ones((3,))
ops.reshape(x, (-1, 72, 3))
ops.reshape(x, (-1, ops.shape(x)[1], 27))
ops.mean(x, axis=(1, 2))
ops.concatenate([x, y, x], axis=-1)
ops.split(x, 3, axis=-1)
ops.split(x, [1], axis=-1)[1] + 1
ops.where(x > 0, x, 0.0)
ops.einsum("bhwc,bhwd->bcd", x, y)
ops.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
ops.image.resize(x, (4, 4))
ops.take(x, np.array([0, 1]), axis=-1)
ops.one_hot(ops.cast(x[:, :, :, 0], "int32"), 5)
ops.top_k(x, 2)
ops.stack([x, y], axis=1)
keras.activations.relu(x, max_value=6)
ops.nn.softmax(ops.relu(x))
ops.conv(x, np.ones((1, 1, 3, 2)), strides=2)
ops.norm(x, axis=-1)
ops.slice(x, [0, 0, 0, 0], [1, 2, 2, 3])
ops.tensordot(x, y, axes=[[3], [3]])
ops.matmul(x, np.ones((3, 2)))
ops.meshgrid(x, y)
ops.unstack(x, axis=3)
ops.full((2, 3), x)
ops.squeeze(ops.expand_dims(x, (1, 2)), 1)
ops.average(x, axis=1, weights=np.ones(8))
ops.repeat(x, [1, 2, 3], axis=3)
ops.tile(x, (1, 2, 1, 1))
ops.moments(x, axes=[1, 2])
ops.batch_normalization(x, np.ones(3), np.ones(3), -1)
ops.quantile(x, [0.1, 0.5], axis=1)
ops.diagonal(x, axis1=1, axis2=2)
ops.linspace(x, y, 5)
ops.average_pool(x, 2)
ops.max_pool(x, (2, 2), padding="same")
ops.dot_product_attention(x, y, y)
ops.ndim(x) + ops.size(y)
ops.image.extract_patches(x, (2, 2))
ops.gelu(ops.logsumexp(x, axis=1), approximate=False)
ops.argmax(x, -1) + ops.cumsum(ops.sum(x), axis=None)
keras.layers.Dense(4)(ops.sum(x, axis=1)) + keras.layers.Dense(4)(ops.mean(y, axis=1))
[keras.layers.Add()([x, y]), ops.add(x, y), keras.layers.Concatenate()([x, ops.flip(y, 1)])]
ops.broadcast_to(x[0], (4, 8, 9, 3)) + ops.zeros_like(y)[0]
ops.layer_normalization(x) + ops.rms_normalization(y)
ops.moveaxis(ops.swapaxes(x, 1, 2), 1, -1)
ops.segment_sum(x[:, 0, 0, 0], ops.cast(y[:, 0, 0, 0], "int32"), num_segments=4)
ops.stft(ops.reshape(x, (-1, 216)), 32, 16, 32)
ops.rfft(ops.reshape(x, (-1, 216)))
ops.svd(ops.reshape(x, (-1, 12, 18)))
"""


@pytest.mark.parametrize("expression", EXPRESSIONS.strip().splitlines())
def test_the_summary_of_a_saved_model_is_keras_own(expression: str) -> None:
    np = pytest.importorskip("numpy")
    keras = fresh()
    x, y = keras.Input((8, 9, 3), name="x"), keras.Input((8, 9, 3), name="y")
    names: dict[str, Any] = {"x": x, "y": y, "np": np, "keras": keras, "ops": keras.ops}
    outputs = keras.tree.flatten(eval(expression, names))
    model = keras.Model([x, y], outputs, name="model")
    options = Options(line_length=120, show_trainable=True)
    printed = summary_text(model, line_length=120, show_trainable=True)
    assert as_text(summarize(model.to_json()), options) == printed


def test_a_model_of_operations_in_another_model() -> None:
    pytest.importorskip("keras")
    keras = fresh()
    x = keras.Input((6, 4), name="x")
    inner = keras.Model(x, keras.ops.mean(x * 2.0, axis=1, keepdims=True), name="inner")
    z = keras.Input((6, 4), name="z")
    model = keras.Model(z, keras.ops.concatenate([inner(z), inner(z + 1.0)], axis=1), name="outer")
    options = Options(line_length=120, expand_nested=True)
    printed = summary_text(model, line_length=120, expand_nested=True)
    assert as_text(summarize(model.to_json()), options) == printed

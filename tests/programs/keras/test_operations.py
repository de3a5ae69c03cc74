"""Functions on tensors: their shapes, and the refusal of functions without a known shape."""

from __future__ import annotations

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

BEFORE = """
import tensorflow as tf
from tensorflow.keras import Input, Model, layers
"""
COUNTED = {
    "patches": (
        (24, 24, 3),
        "tf.image.extract_patches(i, (1, 4, 4, 1), (1, 4, 4, 1), (1, 1, 1, 1), padding='VALID')",
        48 + 1,
    ),
    "frames": ((1600,), "tf.signal.frame(i, frame_length=64, frame_step=32)", 64 + 1),
    "a spectrogram": ((1600,), "tf.abs(tf.signal.stft(i, 255, 128))", 129 + 1),
    "a diagonal": ((6, 6), "tf.linalg.diag_part(i)", 6 + 1),
    "a turned matrix": ((10, 4), "tf.linalg.matrix_transpose(i)", 10 + 1),
    "a part of a split": ((4, 6), "tf.split(i, [1, 2, 3], axis=-1)[2]", 3 + 1),
    "one of unstacked": ((4, 6), "tf.unstack(i, axis=1)[3]", 6 + 1),
    "chosen rows": ((10, 4), "tf.gather(i, [0, 2, 3], axis=1)", 4 + 1),
    "tiled": ((10, 4), "tf.tile(i, [1, 1, 3])", 12 + 1),
    "resized as in TensorFlow 1": (
        (8, 8, 3),
        "layers.Flatten()(layers.Lambda(tf.image.resize_bilinear, arguments={'size': (4, 6)})(i))",
        72 + 1,
    ),
}


@pytest.mark.parametrize(("shape", "operation", "expected"), COUNTED.values(), ids=COUNTED)
def test_an_operation_on_tensors_is_counted(shape, operation, expected):
    program = f"{BEFORE}i = Input({shape})\nmodel = Model(i, layers.Dense(1)({operation}))\n"
    assert infer(read_python(program.encode())).total_params == expected


def test_a_mask_of_compared_arrays():
    program = b"""
from keras import Input, Model, layers, ops
class Block(layers.Layer):
    def __init__(self):
        super().__init__()
        self.att = layers.MultiHeadAttention(2, 6)
    def call(self, x):
        steps = ops.arange(ops.shape(x)[1])
        return self.att(x, x, attention_mask=steps[:, None] >= steps)
i = Input((20, 6))
model = Model(i, Block()(i))
"""
    assert infer(read_python(program)).total_params == 3 * (6 * 12 + 12) + 12 * 6 + 6


def test_one_unknown_output_of_several():
    program = f"""{BEFORE}from elsewhere import table
i = Input((4,))
model = Model(i, [layers.Dense(1)(i), table.head])
"""
    with pytest.raises(LstmcountError, match=r"outputs of the model are not known: `table.head"):
        infer(read_python(program.encode()))


# The input's shape, the code, and the parameters of a Dense(2) on the result according to Keras
# 3.15, or to tf_keras 2.21 for functions that Keras 3 does not have.
KERAS = [
    (
        (12, 5),
        "n = ops.shape(x)[0]; y = ops.reshape(x, (n, ops.shape(x)[1] * ops.shape(x)[2]))",
        122,
    ),
    ((12, 5), "b, t, f = ops.shape(x); y = ops.reshape(x, (b, t * f))", 122),
    ((12, 5), "s = ops.shape(x); y = ops.reshape(x, (-1, s[1] * s[2]))", 122),
    ((12, 6), "b, t, f = x.shape; y = ops.reshape(x, (-1, t, 2, f // 2))", 8),
    (
        (12, 6),
        "b = ops.shape(x)[0]; y = ops.transpose(ops.reshape(x, (b, -1, 2, 3)), (0, 2, 1, 3))",
        8,
    ),
    ((12, 6), "y = ops.broadcast_to(ops.expand_dims(x, 1), (ops.shape(x)[0], 4, 12, 6))", 14),
    ((12, 6), "y = ops.tile(x, [1, 1, 3])", 38),
    ((12, 6), "y = ops.concatenate([x, ops.zeros_like(x)], axis=-1)", 26),
    ((12, 6), "v, i = ops.top_k(x, 3); y = v", 8),
    ((12, 6), "y = ops.einsum('btf,bsf->bts', x, x)", 26),
    ((12, 6), "y = ops.einsum('btf,fg->btg', x, ops.ones((6, 9)))", 20),
    ((12, 6), "y = ops.matmul(x, ops.transpose(x, (0, 2, 1)))", 26),
    ((12, 6), "y = ops.take(x, ops.arange(4), axis=1)[:, :, :2]", 6),
    ((12, 6), "y = ops.stack([x, x], axis=-1)", 6),
    ((12, 6), "y = ops.stack(ops.split(x, 3, axis=-1), axis=1)", 6),
    ((12, 6), "y = ops.pad(x, [[0, 0], [0, 0], [1, 2]])", 20),
    ((24, 24, 3), "y = ops.image.extract_patches(x, size=4)", 98),
    (
        (24, 24, 3),
        "p = ops.image.extract_patches(x, (6, 6), padding='valid'); "
        "y = ops.reshape(p, (ops.shape(x)[0], p.shape[1] * p.shape[2], p.shape[-1]))",
        218,
    ),
    ((24, 24, 3), "y = ops.image.resize(x, (12, 12)); y = ops.reshape(y, (-1, 12 * 12 * 3))", 866),
    ((12, 6), "y = ops.mean(x, axis=1, keepdims=True) * ops.ones((1, 1, 6))", 14),
    ((12, 6), "y = ops.where(x > 0, x, ops.zeros_like(x))", 14),
    ((12, 6), "y = ops.one_hot(ops.argmax(x, axis=-1), 7)", 16),
    ((12, 6), "y = ops.repeat(x, 3, axis=2)", 38),
    ((12, 6), "y = ops.roll(x, 1, axis=1)[:, ::2]", 14),
    ((12, 6), "y = ops.swapaxes(x, 1, 2)", 26),
    ((12, 6), "y = ops.moveaxis(x, -1, 1)", 26),
    ((12, 6), "y = ops.cumsum(x, axis=1)[..., -1:]", 4),
    ((12, 6), "y = ops.squeeze(x[:, :1], axis=1)", 14),
    ((12, 6), "y = ops.tensordot(x, ops.ones((6, 4)), axes=1)", 10),
    ((12, 6), "y = ops.diff(x, axis=-1)", 12),
    ((12, 6), "y = ops.slice(x, (0, 0, 0), (1, 12, 2))", 6),
    ((12, 6), "y = ops.linspace(x[..., 0], x[..., 1], 5, axis=-1)", 12),
    ((12, 6), "y = ops.sum(ops.expand_dims(x, 1) * ops.expand_dims(x, 2), axis=-1)", 26),
    ((12, 6), "y = ops.nn.softmax(ops.dot(x, ops.ones((6, 3))))", 8),
    ((12, 6), "y = ops.fft((x, x))[0]", 14),
    ((1600,), "y = ops.stft(x, 256, 128, 256)[0]", 260),
    ((12, 6), "y = ops.cast(x, 'int32')[:, 0]; y = ops.cast(y, 'float32')", 14),
    ((12, 6), "m = ops.max(x, axis=(1,)); y = m[:, None, :] - x", 14),
    ((12, 6), "y = ops.vstack([x, x])", 14),
    ((12, 6), "y = ops.append(x, x, axis=2)", 26),
    (
        (12, 6),
        "y = ops.normalize(x, axis=-1); "
        "y = ops.concatenate([y, ops.norm(x, axis=-1, keepdims=True)], axis=-1)",
        16,
    ),
    ((12, 6), "parts = [x[:, i::3] for i in range(3)]; y = ops.concatenate(parts, axis=-1)", 38),
    ((12, 6), "y = ops.reshape(x, [*ops.shape(x)[:-1], 2, 3])", 8),
    ((12, 6), "y = ops.reshape(x, tuple(ops.shape(x)[:1]) + (72,))", 146),
    ((12, 6), "import math; y = ops.reshape(x, (-1, math.prod(x.shape[1:])))", 146),
    ((12, 6), "import numpy as np; y = ops.reshape(x, (-1, int(np.prod(x.shape[1:]))))", 146),
    (
        (8, 8, 4),
        "h = x.shape[1] // 2; y = ops.reshape(x, (-1, h, 2, h, 2, 4)); "
        "y = ops.transpose(y, (0, 1, 3, 2, 4, 5)); "
        "y = ops.reshape(y, (-1, h * h, 16))",
        34,
    ),
    ((12, 6), "y = ops.vectorized_map(lambda r: r[:3], x)", 14),
    ((12, 6), "y = ops.nn.one_hot(ops.argmax(x, -1), x.shape[-1])", 14),
]
TENSORFLOW = [
    ((12, 6), "y = K.repeat(x[:, 0], 5)", 14),
    ((8, 8, 3), "y = K.resize_images(x, 2, 2, 'channels_last')", 8),
    ((12, 6), "y = tf.math.top_k(x, k=3).values", 8),
    ((12, 6), "y = tf.nn.top_k(x, 3)[0]", 8),
    ((12, 6), "y = K.batch_dot(x, x, axes=[2, 2])", 26),
    ((12, 6), "y = layers.Reshape((72,))(K.batch_flatten(x))", 146),
    ((12, 6), "y = tf.keras.activations.linear(x)", 14),
    ((12, 6), "y = x[0] if type(x) is list or type(x) in (tuple, dict) else x", 14),
    ((12, 6), "y = x if type(x) != list and not issubclass(type(x), dict) else x[0]", 14),
    ((12, 6), "y = K.concatenate([x, x])", 26),
    ((12, 6), "y = K.permute_dimensions(x, (0, 2, 1))", 26),
    ((12, 6), "y = K.reshape(x, (-1, K.int_shape(x)[1] * K.int_shape(x)[2]))", 146),
    ((12, 6), "y = tf.reshape(x, [tf.shape(x)[0], tf.shape(x)[1], 3, 2])", 6),
    ((12, 6), "y = tf.reshape(x, (-1, 12 * 6))", 146),
    ((12, 6), "y = tf.einsum('btf,bsf->bts', x, x)", 26),
    ((12, 6), "y = tf.matmul(x, x, transpose_b=True)", 26),
    ((12, 6), "y = tf.matmul(x, x, transpose_a=True)", 14),
    ((12, 6), "y = tf.linalg.matmul(x, x, False, True)", 26),
    ((12, 6), "y = tf.tile(x, tf.constant([1, 1, 2]))", 26),
    ((12, 6), "y = tf.broadcast_to(x[:, None], [tf.shape(x)[0], 3, 12, 6])", 14),
    ((12, 6), "y = tf.concat([x, tf.zeros([tf.shape(x)[0], 12, 3])], axis=-1)", 20),
    ((12, 6), "y = tf.image.resize(x[..., None], [6, 3])[..., 0]", 8),
    ((12, 6), "y = tf.image.resize_nearest_neighbor(x[..., None], [6, 3])[..., 0]", 8),
    ((12, 6), "y = tf.compat.v1.image.resize_bilinear(x[..., None], (6, 3))[..., 0]", 8),
    (
        (12, 6),
        "how = tf.image.ResizeMethod.NEAREST_NEIGHBOR; "
        "y = tf.compat.v1.image.resize_images(x[..., None], (6, 3), how, False)[..., 0]",
        8,
    ),
    (
        (24, 24, 3),
        "p = tf.image.extract_patches(images=x, sizes=[1, 6, 6, 1], strides=[1, 6, 6, "
        "1], rates=[1, 1, 1, 1], padding='VALID'); "
        "y = tf.reshape(p, [tf.shape(x)[0], -1, p.shape[-1]])",
        218,
    ),
    ((1600,), "y = tf.signal.frame(x, 400, 160)", 802),
    ((12, 6), "y = tf.nn.embedding_lookup(tf.ones((9, 4)), tf.cast(x[..., 0], tf.int32))", 10),
    ((12, 6), "y = tf.gather(x, [0, 2], axis=-1)", 6),
    ((12, 6), "y = tf.split(x, 2, axis=-1)[0]", 8),
    ((12, 6), "y = tf.split(x, num_or_size_splits=[1, 5], axis=-1)[1]", 12),
    ((12, 6), "y = tf.pad(x, [[0, 0], [1, 1], [0, 2]])", 18),
    ((12, 6), "y = tf.nn.conv1d(x, tf.ones((3, 6, 4)), stride=1, padding='SAME')", 10),
    ((8, 8, 3), "y = tf.nn.max_pool2d(x, 2, 2, 'VALID')", 8),
    ((8, 8, 3), "y = tf.nn.space_to_depth(x, 2)", 26),
    ((8, 8, 4), "y = tf.nn.depth_to_space(x, 2)", 4),
    ((12, 6), "y = tf.unstack(x, axis=1)[0]", 14),
    ((12, 6), "y = tf.strided_slice(x, [0, 0, 0], [2, 12, 3])", 8),
    ((12, 6), "y = tf.slice(x, [0, 0, 0], [-1, -1, 2])", 6),
    ((12, 6), "y = tf.reduce_sum(x, axis=[1])", 14),
    ((12, 6), "y = tf.reduce_max(x, 1, keepdims=True)", 14),
    ((12, 6), "y = tf.nn.l2_normalize(x, axis=-1)", 14),
    ((12, 6), "y = tf.expand_dims(x, -1) * tf.ones((1, 1, 1, 5))", 12),
    ((12, 6), "y = tf.keras.backend.stack([x, x], axis=1)", 14),
    ((12, 6), "y = tf.one_hot(tf.argmax(x, axis=-1), depth=7)", 16),
    ((12, 6), "y = tf.transpose(x, perm=[0, 2, 1])", 26),
    ((12, 6), "y = tf.tensordot(x, tf.ones((6, 4)), axes=[[2], [0]])", 10),
    ((12, 6), "y = K.sum(x, axis=1)", 14),
    ((12, 6), "y = K.expand_dims(K.mean(x, axis=-1), axis=-1)", 4),
    ((12, 6), "y = K.temporal_padding(x, (1, 1))", 14),
    ((8, 8, 3), "y = K.spatial_2d_padding(x, ((1, 1), (2, 2)))", 8),
    ((8, 8, 3), "y = K.pool2d(x, (2, 2), strides=(2, 2))", 8),
    ((12, 6), "y = K.tile(x, [1, 2, 1])", 14),
    ((12, 6), "y = K.one_hot(K.cast(x[..., 0], 'int32'), 5)", 12),
    ((12, 6), "y = K.repeat_elements(x, 2, axis=1)", 14),
    ((12, 6), "y = K.squeeze(x[:, 0:1, :], 1)", 14),
    ((12, 6), "y = K.reverse(x, axes=1)", 14),
    ((12, 6), "y = K.flatten(x); y = K.reshape(y, (-1, 72))", 146),
    ((12, 6), "y = K.ones_like(x[:, :, :1])", 4),
    ((12, 6), "y = tf.cast(x, tf.float32)[:, tf.newaxis]", 14),
    (
        (12, 6),
        "y = tf.sequence_mask(tf.cast(x[:, 0, 0], tf.int32), 9); y = tf.cast(y, tf.float32)",
        20,
    ),
    ((12, 6), "y = tf.linalg.band_part(tf.matmul(x, x, transpose_b=True), -1, 0)", 26),
    ((12, 6), "y = tf.linalg.einsum('btf->bft', x)", 26),
    ((12, 6), "y = tf.repeat(x, repeats=2, axis=1)", 14),
    ((12, 6), "y = tf.keras.activations.relu(x)", 14),
    ((12, 6), "y = tf.keras.backend.l2_normalize(x, axis=1)", 14),
    ((12, 6), "y = tf.nn.moments(x, axes=[1])[0]", 14),
    ((12, 6), "a, b = tf.split(x, 2, axis=2); y = a * tf.sigmoid(b)", 8),
    ((12, 6), "y = tf.stack([x, x], axis=-2)", 14),
    (
        (12, 6),
        "y = tf.math.segment_sum(tf.transpose(x,[1,0,2])[:, 0], tf.constant([0]*6+[1]*6))",
        14,
    ),
    ((12, 6), "y = tf.nn.avg_pool1d(x, 2, 2, 'VALID')", 14),
    ((12, 6), "s = tf.shape(x); y = tf.reshape(x, tf.stack([s[0], 72]))", 146),
    ((12, 6), "s = tf.shape(x); y = tf.reshape(x, tf.concat([s[:1], [72]], axis=0))", 146),
    (
        (12, 6),
        "b = tf.shape(x)[0]; w = tf.tile(tf.ones((1, 1, 6)), [b, 1, 1]); y = tf.concat([w, x], 1)",
        14,
    ),
    ((12, 6), "y = tf.math.reduce_std(x, axis=-1, keepdims=True)", 4),
]
INSIDE_A_LAYER = [
    (
        (12, 6),
        "w = ops.ones((1, 1, 6)); "
        "y = ops.concatenate([x, ops.broadcast_to(w, (ops.shape(x)[0], 1, 6))], axis=1)",
        14,
    ),
    ((12, 6), "w = ops.ones((12, 6)); y = ops.broadcast_to(w, ops.shape(x))", 14),
    ((12, 6), "w = ops.zeros((ops.shape(x)[0], 12, 2)); y = ops.concatenate([x, w], axis=-1)", 18),
    ((12, 6), "q = ops.reshape(x, (ops.shape(x)[0], ops.shape(x)[1], 3, -1)); y = q", 6),
    (
        (12, 6),
        "t = x.shape[1]; i = ops.arange(t)[:, None]; j = ops.arange(t); "
        "m = ops.cast(i >= j, 'float32'); m = ops.reshape(m, (1, t, t)); "
        "m = ops.tile(m, (ops.shape(x)[0], 1, 1)); y = ops.matmul(m, x)",
        14,
    ),
    ((12, 6), "y = K.dot(x, K.ones((6, 4)))", 10),
    ((12, 6), "y = tf.map_fn(lambda r: r[:3], x)", 14),
    (
        (12, 6),
        "s = K.sum(x, axis=1); f = lambda r, s: (r[:, :4], [s[0] + K.sum(s[1], axis=1)]); "
        "_, y, _ = K.rnn(f, x, [s], constants=[x])",
        10,
    ),
    (
        (12, 6),
        "s = K.sum(x, axis=1); _, _, (y,) = K.rnn(lambda r, s: (r[:, :4], [s[0]]), x, [s])",
        14,
    ),
    ((12, 6), "s = x[:, 0]; y, _, _ = K.rnn(lambda r, s: (r[:, :4], s), x, [s])", 10),
    ((12, 6), "y = K.conv1d(x, K.ones((3, 6, 4)), padding='same')", 10),
    ((12, 6), "y = K.gather(K.ones((9, 4)), K.cast(x[:, :, 0], 'int32'))", 10),
    ((12, 6), "y = tf.vectorized_map(lambda r: r * 2., x)", 14),
]
WRITTEN = {
    "in a layer": "class Own(layers.Layer):\n    def call(self, x):\n        {}\n        return y\n"
    "x = Input({})\nmodel = Model(x, layers.Dense(2)(Own()(x)))\n",
    "in a model": "x = Input({1})\n{0}\nmodel = Model(x, layers.Dense(2)(y))\n",
    "in a Lambda": "def own(x):\n    {}\n    return y\n"
    "x = Input({})\nmodel = Model(x, layers.Dense(2)(layers.Lambda(own)(x)))\n",
}
OF_KERAS = "import keras\nfrom keras import Input, Model, layers, ops\n"
OF_TENSORFLOW = BEFORE + "from tensorflow.keras import backend as K\n"


def write(before, style, shape, code):
    return before + WRITTEN[style].format(code, shape)


@pytest.mark.parametrize("style", WRITTEN)
@pytest.mark.parametrize(("shape", "code", "expected"), KERAS)
def test_operations_of_keras(style, shape, code, expected):
    program = write(OF_KERAS, style, shape, code)
    assert infer(read_python(program.encode())).total_params == expected


@pytest.mark.parametrize("style", WRITTEN)
@pytest.mark.parametrize(("shape", "code", "expected"), TENSORFLOW)
def test_functions_of_tensorflow(style, shape, code, expected):
    program = write(OF_TENSORFLOW, style, shape, code)
    assert infer(read_python(program.encode())).total_params == expected


@pytest.mark.parametrize(("shape", "code", "expected"), INSIDE_A_LAYER)
def test_operations_that_work_only_inside_a_layer(shape, code, expected):
    program = write(OF_TENSORFLOW + OF_KERAS, "in a layer", shape, code)
    assert infer(read_python(program.encode())).total_params == expected


@pytest.mark.oracle
@pytest.mark.parametrize("style", WRITTEN)
@pytest.mark.parametrize(("shape", "code", "expected"), KERAS)
def test_keras_counts_an_operation_alike(style, shape, code, expected):
    pytest.importorskip("keras")
    namespace = {}
    exec(write(OF_KERAS, style, shape, code), namespace)
    assert namespace["model"].count_params() == expected


NAMED = {
    "inside a layer": (
        "class Own(layers.Layer):\n    def call(self, x):\n        y = tf.scan(max, x)\n"
        "        return layers.Activation('relu')(y)\nx = Own()(i)",
        "tf.scan(max, x)",
    ),
    "in a model": ("x = tf.raw_ops.Other(i)", "tf.raw_ops.Other(i)"),
    "in a Lambda": (
        "x = layers.Lambda(lambda t: table.find(t))(i)",
        "layers.Lambda(lambda t: table.find(t))(i)",
    ),
    "before another layer": ("x = layers.Flatten()(tf.raw_ops.Other(i))", "tf.raw_ops.Other(i)"),
}


@pytest.mark.parametrize(("before", "words"), NAMED.values(), ids=NAMED)
def test_an_operation_of_unknown_shape_is_named(before, words):
    program = f"""{BEFORE}from elsewhere import table
i = Input((12, 6))
{before}
model = Model(i, layers.Dense(2)(layers.Dense(3)(x)))
"""
    (note,) = read_python(program.encode()).notes
    assert f"the output shape of `{words}` is not known" in note


def test_a_mask_reaches_the_parameter_of_a_layer():
    program = b"""
from keras import Input, Model, layers
class Block(layers.Layer):
    def __init__(self):
        super().__init__()
        self.attention = layers.MultiHeadAttention(2, 4)
    def call(self, x, mask=None):
        if mask is not None:
            return x + self.attention(x, x, attention_mask=mask[:, None, :])
        return x
i = Input((None,), dtype="int32")
masked = Model(i, Block()(layers.Embedding(30, 6, mask_zero=True)(i)))
plain = Model(i, Block()(layers.Embedding(30, 6)(i)))
"""
    counts = [infer(read_python(program, model=name)).total_params for name in ("masked", "plain")]
    assert counts == [180 + 222, 180]


LOST = {
    "a result": ("return ops.abs(x.tiles())", "`Own()` is not known (it comes from `x.tiles`)"),
    "an input": (
        "y = x.tiles()\n        return layers.Flatten()(y)",
        "`y` is not known (it comes from `x.tiles`)",
    ),
    "a function of TensorFlow": (
        "return ops.matmul(x, tf.round(x.tiles))",
        "`tf.round(x.tiles)` is not known",
    ),
}


@pytest.mark.parametrize(("body", "words"), LOST.values(), ids=LOST)
def test_what_loses_the_shape_of_a_layer_is_named(body, words):
    program = f"""
import tensorflow as tf
from keras import layers, Model, ops
class Own(layers.Layer):
    def call(self, x):
        {body}
i = layers.Input((4,))
model = Model(i, layers.Dense(2)(Own()(i)))
"""
    (note,) = read_python(program.encode()).notes
    assert words in note, note


@pytest.mark.parametrize(
    "weights",
    [
        "self.w.value",
        "tf.identity(self.w.value)",
        "self.w.value()",
        "self.w.read_value()",
        "self.inner.kernel.value",
        "self.w.value * (1.0 / tf.clip_by_value(tf.reduce_mean(tf.abs(self.w.value)), 0.1, 9))",
    ],
)
def test_the_value_of_a_variable_has_its_shape(weights):
    program = f"""
import tensorflow as tf
from keras import layers, Model, ops
class Own(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 5))
        self.inner = layers.Dense(5, use_bias=False)
        self.inner.build(shape)
    def call(self, x):
        w = {weights}
        return ops.matmul(x, w + tf.stop_gradient(tf.round(w) - w))
i = layers.Input((4,))
model = Model(i, layers.Dense(2)(Own()(i)))
"""
    assert infer(read_python(program.encode())).total_params == 20 + 20 + 12


def test_modules_of_operations_that_only_tensorflow_s_own_code_imports():
    program = """
from tensorflow.python.ops import array_ops, math_ops, nn, nn_ops
from keras import layers, Model
class Own(layers.Layer):
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], 5))
        self.b = self.add_weight(shape=(5,))
    def call(self, x):
        y = nn.bias_add(math_ops.matmul(x, self.w), self.b)
        return array_ops.expand_dims(nn_ops.relu(y), 1)
i = layers.Input((4,))
model = Model(i, layers.LSTM(2)(Own()(i)))
"""
    assert infer(read_python(program.encode())).total_params == 4 * 5 + 5 + 4 * 2 * (5 + 2 + 1)


SPACED = """
import tensorflow as tf
from keras import Input, Sequential, layers
model = Sequential([Input((4,))])
for rate in [float(x) for x in tf.linspace(0.0, 0.2, 3)]:
    model.add(layers.Dense(7 if rate > 0.1 else 5))
"""


def test_linspace_of_tensorflow_has_numbers_of_single_precision():
    assert infer(read_python(SPACED.encode())).total_params == 25 + 42 + 56


@pytest.mark.parametrize(
    "made",
    [
        "x = Input((12, 6))\nmodel = Model(x, Decoder(4)(x))",
        "x = Input((12, 6))\nown = Decoder(4)\nmodel = Model(x, Dense(3)(own(x)))",
        "Sequential().add(Decoder(4))",
    ],
)
def test_a_class_that_derives_from_an_unknown_class_is_named(made):
    program = f"""
from keras.layers import Dense, Input
from keras.layers.recurrent import Recurrent
from keras.models import Model, Sequential
class Decoder(Recurrent):
    pass
{made}
"""
    with pytest.raises(LstmcountError, match=r"\(model:\d:1: .+Recurrent"):
        read_python(program.encode())


def test_what_an_unknown_output_comes_from_is_named_over_several_steps():
    program = """
from keras import Model, applications, layers
def build(config):
    base = getattr(applications, config.kind)(include_top=False)
    features = base.output
    return Model(base.input, layers.Dense(2)(features))
"""
    with pytest.raises(
        LstmcountError, match=r"it comes from `config\.kind`; config is a parameter of build"
    ):
        read_python(program.encode())
    config = read_python(program.encode(), settings={"config.kind": "MobileNet"})
    assert infer(config).total_params == 3_228_864 + 2050


def test_unknown_inputs_of_a_model_are_named():
    program = """
from elsewhere import columns
from keras import Input, Model, layers
inputs = {column: Input((3,)) for column in columns}
last = Input((5,))
model = Model(list(inputs.values()) + [last], layers.Dense(2)(last))
"""
    with pytest.raises(LstmcountError, match=r"the inputs of the model are not known: `.*inputs"):
        read_python(program.encode())


OF_SIZES = {
    "of tf.range": ("layers.Embedding(6, 4)(tf.range(tf.shape(x)[1]))", 24),
    "of tf.range with names": (
        "layers.Embedding(6, 4)(tf.range(start=0, limit=tf.shape(x)[-2], delta=1))",
        24,
    ),
    "of tf.zeros": ("layers.Dense(4)(tf.zeros((tf.shape(x)[0], 3)))[:, None]", 16),
    "of K.shape": ("layers.Dense(4)(tf.ones((K.shape(x)[0], 1, 3)))", 16),
    "of a number that is computed from a size": (
        "layers.Embedding(12, 4)(tf.range(2 * tf.shape(x)[1]))[::2]",
        48,
    ),
    "of the negative size": ("layers.Embedding(7, 4)(tf.range(-tf.shape(x)[1], 0))", 28),
    "of a part of the size": (
        "layers.Embedding(6, 4)(tf.range(tf.shape(x)[1] // 2 + 3))",
        24,
    ),
    "of a known size": ("layers.Embedding(6, 4)(tf.range(x.shape[1]))", 0),
    "in a Lambda": (
        "layers.Lambda(lambda t: layers.Embedding(6, 4)(tf.range(tf.shape(t)[1])))(x)",
        0,
    ),
}


@pytest.mark.parametrize(("code", "more"), OF_SIZES.values(), ids=OF_SIZES)
def test_a_layer_of_what_tf_shape_gives_is_part_of_the_graph(code: str, more: int) -> None:
    """In Keras 2; Keras 3 refuses `tf.shape(x)` outside of layers."""
    program = f"""
import tensorflow as tf
from tensorflow.keras import Input, Model, backend as K, layers
x = Input((6, 4))
model = Model(x, layers.Dense(2)(layers.Add()([x, {code}])))
"""
    assert infer(read_python(program.encode())).total_params == 10 + more


def test_a_size_of_a_tensor_is_a_size() -> None:
    program = b"""
import tensorflow as tf
from tensorflow.keras import Input, Model, backend as K, layers
x = Input((6, 4))
n, steps = tf.shape(x)[0], tf.shape(x)[1]
y = tf.reshape(x, (n, steps * 2, 2))
z = K.reshape(x, (K.shape(x)[0], K.shape(x)[1] * K.shape(x)[2]))
model = Model(x, [layers.Dense(3)(y), layers.Dense(2)(z)])
"""
    assert infer(read_python(program)).total_params == 9 + 50


def test_a_ctc_loss_is_one_number_for_each_sequence() -> None:
    program = b"""
from tensorflow.keras import Input, Model, backend as K, layers
images, labels, length, size = Input((10, 8)), Input((4,)), Input((1,)), Input((1,))
signs = layers.Dense(5)(layers.LSTM(6, return_sequences=True)(images))
loss = layers.Lambda(lambda t: K.ctc_batch_cost(t[1], t[0], t[2], t[3]))
model = Model([images, labels, length, size], loss([signs, labels, length, size]))
"""
    summary = infer(read_python(program))
    assert (summary.total_params, summary.layers[-1].output_shape) == (395, (None, 1))

"""Layers that use the weights of another layer, such as the decoder of a tied autoencoder."""

from __future__ import annotations

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

TIED = """
import keras
from keras import Input, Model, Sequential, layers, ops
class Tied(layers.Layer):
    def __init__(self, dense, **options):
        super().__init__(**options)
        self.dense = dense
    def build(self, shape):
        self.shift = self.add_weight(shape=(self.dense.kernel.shape[0],))
    def call(self, x):
        return ops.matmul(x, ops.transpose(self.dense.kernel)) + self.shift
first, second = layers.Dense(10), layers.Dense(5)
"""
MODELS = {
    "one Sequential": (
        "model = Sequential([Input((28,)), first, second, Tied(second), Tied(first)])"
    ),
    "two in one": (
        "encoder = Sequential([Input((28,)), first, second])\n"
        "decoder = Sequential([Tied(second), Tied(first)])\n"
        "model = Sequential([encoder, decoder])"
    ),
    "functional": (
        "x = Input((28,))\ny = second(first(x))\nmodel = Model(x, Tied(first)(Tied(second)(y)))"
    ),
    "two in a functional model": (
        "x = Input((28,))\n"
        "encoder = Sequential([x, first, second])\n"
        "decoder = Sequential([Tied(second), Tied(first)])\n"
        "model = Model(x, decoder(encoder(x)))"
    ),
}
TOTAL = 290 + 55 + 10 + 28


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_the_weights_count_once(model):
    assert infer(read_python(f"{TIED}{model}\n".encode())).total_params == TOTAL


@pytest.mark.oracle
@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_keras_counts_them_once(model):
    pytest.importorskip("keras")
    names: dict[str, object] = {}
    exec(f"{TIED}{model}\n", names)
    assert names["model"].count_params() == TOTAL


OF_KERAS_2 = """
import tensorflow as tf
from tensorflow import keras
class Tied(keras.layers.Layer):
    def __init__(self, dense, **options):
        self.dense = dense
        super().__init__(**options)
    def build(self, shape):
        self.shift = self.add_weight(name="shift", shape=[self.dense.input_shape[-1]])
        super().build(shape)
    def call(self, x):
        return tf.matmul(x, self.dense.weights[0], transpose_b=True) + self.shift
first, second = keras.layers.Dense(100), keras.layers.Dense(30)
encoder = keras.Sequential([keras.layers.Flatten(input_shape=[28, 28]), first, second])
decoder = keras.Sequential([Tied(second), Tied(first), keras.layers.Reshape([28, 28])])
model = keras.Sequential([encoder, decoder])
"""


def test_a_layer_of_a_sequential_tells_its_input_shape_in_keras_2():
    summary = infer(read_python(OF_KERAS_2.encode()))
    assert summary.total_params == 78_500 + 3_030 + 100 + 784

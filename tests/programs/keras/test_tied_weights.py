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


HELD = """
import keras
from keras import Input, Model, layers, ops
class Holds(layers.Layer):
    def __init__(self, kernel, inner=None):
        super().__init__()
        self.kernel, self.inner = kernel, inner
    def call(self, x):
        x = ops.matmul(x, self.kernel)
        return x if self.inner is None else self.inner(x)
class Adds(layers.Layer):
    def build(self, shape):
        self.kernel = self.add_weight(shape=(4, 4))
    def call(self, x):
        return ops.matmul(x, self.kernel)
class Takes(layers.Layer):
    def __init__(self, other):
        super().__init__()
        self.other = other
    def build(self, shape):
        self.kernel = self.other.kernel
    def call(self, x):
        return ops.matmul(x, self.kernel)
class Cell(layers.Layer):
    def __init__(self, dense, kernel=None):
        super().__init__()
        self.dense, self.kernel, self.state_size = dense, kernel, 4
    def call(self, x, states):
        return [self.dense(x) + states[0]] * 2
x, steps = Input((4,)), Input((6, 4))
dense, adds, kernel = layers.Dense(4), Adds(), keras.Variable(ops.zeros((4, 4)))
inside = dense(x), adds(x)
def rnn(cell): return layers.RNN(cell, return_sequences=True)
"""
HOLDERS = {  # a variable that several layers have, or that is no weight of the model's other layers
    "Model(x, Holds(dense.kernel)(x))": 16,
    "Model(x, Holds(dense.kernel)(Holds(dense.kernel)(x)))": 16,
    "Model(x, Holds(dense.kernel)(inside[0]))": 20,
    "keras.Sequential([x, Holds(dense.kernel), Holds(dense.bias[None] * ops.ones((4, 1)))])": 16,
    "Model(x, Holds(kernel)(Holds(kernel)(x)))": 16,
    "Model(x, Holds(adds.kernel)(x))": 16,
    "Model(x, Holds(adds.kernel)(inside[1]))": 16,
    "Model(x, Takes(adds)(inside[1]))": 16,
    "Model(x, Takes(adds)(x))": 16,
    "Model(x, Takes(dense)(Takes(adds)(x)))": 36,
    "Model(steps, dense(rnn(Cell(dense))(steps)))": 20,
    "Model(steps, rnn(Cell(dense))(dense(steps)))": 20,
    "Model(steps, rnn(Cell(dense))(rnn(Cell(dense))(steps)))": 20,
    "Model(x, dense(Holds(adds.kernel, Holds(kernel, dense))(x)))": 52,
    "Model(steps, rnn(Cell(dense, kernel))(rnn(Cell(dense, kernel))(steps)))": 36,
}


@pytest.mark.parametrize(("model", "count"), HOLDERS.items())
def test_a_variable_of_several_layers_counts_once(model, count):
    assert infer(read_python(f"{HELD}model = {model}\n".encode())).total_params == count


@pytest.mark.oracle
@pytest.mark.parametrize(("model", "count"), HOLDERS.items())
def test_keras_counts_a_variable_of_several_layers_once(model, count):
    pytest.importorskip("keras")
    names: dict[str, object] = {}
    exec(f"{HELD}model = {model}\n", names)
    assert names["model"].count_params() == count

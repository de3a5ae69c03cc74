"""Constants, arrays and unknown functions in a custom layer's `call`."""

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from lstmcount.shapes import Unknown

PROGRAM = """
import keras
import tensorflow as tf
from keras import Input, Model, layers, ops
from keras import backend as K
from elsewhere import matrix, apply_each, n


def add_up(total, x):
    total += x
    return total


class Own(layers.Layer):
    def __init__(self):
        super().__init__()
        self.inner = {layer}

    def call(self, x):
        return {result}


x = Input({shape})
model = Model(x, {head}(Own()(x)))
"""
HEAD = "layers.Dense(1, use_bias=False)"
COUNTED = {
    "two branches": (
        "Dense(6)",
        "ops.cond(ops.max(x) > 0, lambda: self.inner(x), lambda: ops.tile(x, (1, 1, 2)))",
        (5, 3),
        30,
    ),
    "branches of TensorFlow": (
        "Dense(3)",
        "tf.cond(tf.reduce_max(x) > 0, lambda: self.inner(x), lambda: x)",
        (5, 3),
        15,
    ),
    "several branches": (
        "Dense(3)",
        "ops.switch(0, [lambda y: y, lambda y: self.inner(y)], x)",
        (5, 3),
        15,
    ),
    "a loop with several variables": (
        "Dense(3)",
        "ops.while_loop(lambda n, y: n < 3, lambda n, y: (n + 1, self.inner(y)), (0, x))[1]",
        (5, 3),
        15,
    ),
    "a loop with one variable": (
        "Dense(3)",
        "ops.while_loop(lambda y: ops.max(y) > 0, lambda y: self.inner(y), x)",
        (5, 3),
        15,
    ),
    "a loop with an index": (
        "Dense(3)",
        "ops.fori_loop(0, 4, lambda n, y: self.inner(y) + n, x)",
        (5, 3),
        15,
    ),
    "the steps of a scan": (
        "Dense(6)",
        "ops.scan(lambda h, y: (h, self.inner(y)), x[:, 0], ops.transpose(x, (1, 0, 2)))[1]",
        (5, 3),
        30,
    ),
    "the state after a scan": (
        "Dense(6)",
        "ops.scan(lambda h, y: (h, self.inner(y)), x[:, 0], ops.transpose(x, (1, 0, 2)))[0]",
        (5, 3),
        27,
    ),
    "a scan of TensorFlow": (
        "Dense(3)",
        "tf.scan(lambda h, y: self.inner(y) + h, tf.transpose(x, [1, 0, 2]), x[:, 0])",
        (5, 3),
        15,
    ),
    "a function that computes again": ("Dense(6)", "keras.remat(self.inner)(x)", (5, 3), 30),
    "an embedding of a range": ("Embedding(30, 6)", "x + self.inner(tf.range(30))", (30, 6), 186),
    "of a range with names": (
        "Embedding(30, 6)",
        "x + self.inner(tf.range(start=0, limit=tf.shape(x)[1], delta=1))",
        (30, 6),
        186,
    ),
    "of an unknown range": ("Embedding(30, 6)", "x + self.inner(ops.arange(n))", (None, 6), 186),
    "of a range with an axis": (
        "Embedding(30, 6)",
        "x + self.inner(ops.expand_dims(ops.arange(30), 0))",
        (30, 6),
        186,
    ),
    "a dense of ones": ("Dense(6)", "x + self.inner(ops.ones((1, 30)))", (5, 6), 192),
    "a dense of a list": ("Dense(6)", "x + self.inner(tf.constant([[1.0, 2.0]]))", (5, 6), 24),
    "a matrix transposed": (
        "Dense(6)",
        "tf.matmul(self.inner(x), x, transpose_a=True)",
        (5, 3),
        27,
    ),
    "both matrices transposed": (
        "Dense(6)",
        "tf.matmul(self.inner(x), x, True, transpose_b=False)",
        (5, 3),
        27,
    ),
    "a product with a stack": (
        "Dense(4, use_bias=False)",
        "K.dot(self.inner(x), K.stack([K.constant([1.0] * 10) for _ in range(4)]))",
        (3,),
        22,
    ),
    "a sum that begins with zeros": (
        "Dense(4, use_bias=False)",
        "add_up(tf.zeros((1, 4)), self.inner(x))",
        (3,),
        16,
    ),
    "a softmax over a list": (
        "Dense(4, use_bias=False)",
        "tf.nn.softmax([self.inner(x), self.inner(x)], axis=0)[1]",
        (3,),
        16,
    ),
    "a maximum of a list and a tensor": (
        "Dense(4, use_bias=False)",
        "tf.maximum([self.inner(x)] * 5, tf.ones((5, 1, 1)))[4]",
        (3,),
        16,
    ),
    "a product with what an initializer makes": (
        "Dense(4, use_bias=False)",
        "tf.matmul(self.inner(x), tf.random_normal_initializer()(shape=[4, 7]))",
        (3,),
        19,
    ),
    "and with another one": (
        "Dense(4, use_bias=False)",
        "tf.matmul(self.inner(x), tf.initializers.GlorotUniform()((4, 7)))",
        (3,),
        19,
    ),
}
REFUSED = {
    "what an unknown function returns, times an array": (
        "Dense(4)",
        "apply_each(self.inner(x)) * tf.ones((1,))",
        (3,),
    ),
    "what an unknown function returns, times a tensor": (
        "Dense(4)",
        "self.inner(x)[:, :1] * apply_each(x)",
        (3,),
    ),
    "a product with something unknown": ("Dense(4)", "K.dot(self.inner(x), matrix)", (3,)),
    "a matrix that may be transposed": (
        "Dense(4)",
        "tf.matmul(x, self.inner(x), transpose_a=n)",
        (5, 3),
    ),
    "a layer that an unknown function may call": (
        "Dense(4)",
        "x + apply_each(lambda y: self.inner(y), x)",
        (3,),
    ),
    "a dense of something unknown": ("Dense(6)", "x + self.inner(matrix)", (6,)),
}


def total(layer, result, shape):
    program = PROGRAM.format(layer=f"layers.{layer}", result=result, shape=shape, head=HEAD)
    return infer(read_python(program.encode())).total_params


@pytest.mark.parametrize(("layer", "result", "shape", "expected"), COUNTED.values(), ids=COUNTED)
def test_layers_made_inside_call_are_counted(layer, result, shape, expected):
    assert total(layer, result, shape) == expected


@pytest.mark.parametrize(("layer", "result", "shape"), REFUSED.values(), ids=REFUSED)
def test_what_call_does_with_unknowns_is_not_counted(layer, result, shape):
    counted = outcome(layer, result, shape)
    assert isinstance(counted, Unknown) or "known" in counted


def outcome(layer, result, shape):
    try:
        return total(layer, result, shape)
    except LstmcountError as error:
        return str(error)


UNKNOWN_INSIDE = """
import keras
from elsewhere import make


class Own(keras.layers.Layer):
    def __init__(self):
        super().__init__()
        self.inner = {inner}
        self.dense = keras.layers.Dense(4)

    def call(self, x):
        self.inner(x)
        return self.dense(x)


x = keras.Input((4,))
model = keras.Model(x, Own()(x))
"""


def test_an_unknown_object_that_a_layer_calls_may_have_weights():
    unknown = infer(read_python(UNKNOWN_INSIDE.format(inner="make(3)").encode())).total_params
    assert isinstance(unknown, Unknown)
    known = infer(read_python(UNKNOWN_INSIDE.format(inner="make").encode())).total_params
    assert known == 20  # a function has none


CONVOLUTION = """
import keras

class Scaled(keras.layers.Conv2D):
    def call(self, x):
        return self.convolution_op(x, self.kernel * 2) + self.bias

x = keras.Input((9, 8, 3))
model = keras.Model(x, Scaled(5, 3, strides=2)(x))
"""


def test_the_convolution_of_a_layer_without_its_bias():
    summary = infer(read_python(CONVOLUTION.encode()))
    assert summary.layers[-1].output_shape == (None, 4, 3, 5)
    assert summary.total_params == 5 * (3 * 3 * 3 + 1)


LOST = """
import keras
import numpy as np
from elsewhere import rows

class Net(keras.Model):
    def __init__(self, data):
        super().__init__()
        self.data = data
        self.part = keras.Sequential([keras.layers.Dense(3)])

    def call(self, x):
        return self.part(self.data) + keras.ops.mean(x)

net = Net(np.concatenate([rows, rows]))
net(np.zeros((2, 4)))
"""


def test_a_lost_shape_is_named_and_no_input_shape_is_asked_for_that_is_known():
    note = " ".join(
        read_python(LOST.encode()).notes + list(infer(read_python(LOST.encode())).notes)
    )
    assert "concatenate([rows, rows])" in note
    assert "input_shape" not in note


def test_an_error_of_a_layer_is_reported_by_the_model_that_holds_it():
    program = """
import keras
class Own(keras.layers.Dense):
    def __init__(self):
        super().__init__("a")
    def call(self, x):
        return super().call(x)
x = keras.Input((3, 2))
y = Own()(x)
model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
"""
    assert infer(read_python(program.encode())).total_params == 8
    with pytest.raises(LstmcountError, match="expected a positive integer"):
        infer(read_python(f"{program}model = keras.Model(x, y)".encode()))


@pytest.mark.parametrize(
    ("wrapped", "wrapper", "total"),
    [
        ("SimpleRNNCell(4)", "RNN", 42),
        ("LSTMCell(4)", "RNN", 138),
        ("Dense(4)", "TimeDistributed", 26),
    ],
)
def test_a_layer_that_an_attribute_and_a_wrapper_hold_is_counted_once(wrapped, wrapper, total):
    program = f"""
import keras
from keras import layers

class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.inner = layers.{wrapped}
        self.wrapper = layers.{wrapper}(self.inner)
        self.last = layers.Dense(2)

    def call(self, x):
        return self.last(self.wrapper(x))

model = Own()
model(keras.ops.ones((1, 5, 3)))
"""
    assert infer(read_python(program.encode())).total_params == total


def test_a_weight_whose_rows_are_gathered_is_an_embedding():
    program = """
import tensorflow as tf
from tensorflow.keras import Input, Model, layers

class Own(layers.Layer):
    def build(self, shape):
        self.table = self.add_weight(name="table", shape=[10, 4])

    def call(self, ids):
        return tf.gather(self.table, ids)

i = Input((7,), dtype="int32")
model = Model(i, layers.Dense(2)(Own()(i)))
"""
    assert infer(read_python(program.encode())).total_params == 40 + 10


INITIAL_STATES = """
import numpy as np
import keras
from keras import layers, ops
class Model(keras.Model):
    def __init__(self):
        super().__init__()
        self.embedding = layers.Embedding(50, 8)
        self.rnn = layers.{}(16, return_sequences=True, return_state=True)
        self.dense = layers.Dense(50)
    def call(self, x, states=None):
        y = self.embedding(x)
        if states is None:
            states = self.rnn.get_initial_state(batch_size=ops.shape(x)[0])
        y, *states = self.rnn(y, initial_state=list(states))
        return self.dense(y)
model = Model()
model(np.zeros((2, 7)))
"""
OF_RNN = {"LSTM": 1600, "GRU": 1248, "SimpleRNN": 400}


@pytest.mark.parametrize("name", OF_RNN)
def test_a_layer_gives_its_initial_states(name):
    summary = infer(read_python(INITIAL_STATES.format(name).encode()))
    assert summary.total_params == 400 + OF_RNN[name] + 850


@pytest.mark.oracle
@pytest.mark.parametrize("name", OF_RNN)
def test_keras_counts_a_model_with_initial_states_alike(name):
    pytest.importorskip("keras")
    names: dict[str, object] = {}
    exec(INITIAL_STATES.format(name), names)
    assert names["model"].count_params() == 400 + OF_RNN[name] + 850

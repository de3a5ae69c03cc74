"""Arguments that only older versions of Keras accept are counted as there, with a note."""

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

BEFORE = """
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import Input, Model, Sequential, backend as K, layers
from elsewhere import table
"""
LAYER = """
class Own(layers.Layer):
    def __init__(self):
        super().__init__()
        {}
    def call(self, x):
        return layers.Activation('relu')(x)
model = Sequential([Input((5,)), Own(), layers.Dense(2)])
"""
OF_KERAS_2 = {
    "a padding in capitals": (
        "model = Sequential([Input((8, 8, 3)), layers.MaxPool2D(2, padding='SAME'),"
        " layers.Flatten(), layers.Dense(1)])",
        49,
    ),
    "trainable of a class without it": (
        "model = Sequential([Input((3,)), layers.Discretization(num_bins=2, trainable=False),"
        " layers.Dense(1)])",
        4,
    ),
    "a name with a slash": ("model = Sequential([Input((3,)), layers.Dense(1, name='a/b')])", 4),
    "several normalised axes": (
        "model = Sequential([Input((8, 4, 3)), layers.BatchNormalization(axis=(-2, -1))])",
        4 * 4 * 3,
    ),
    "one normalised axis in a list": (
        "model = Sequential([Input((8, 3)), layers.BatchNormalization(axis=[-1])])",
        4 * 3,
    ),
    "output_dim": ("model = Sequential([layers.LSTM(input_shape=(5, 3), output_dim=4)])", 128),
    "nb_filter and filter_length": (
        "model = Sequential([layers.Conv1D(input_shape=(5, 3), nb_filter=4, filter_length=2)])",
        28,
    ),
    "border_mode": (
        "model = Sequential([Input((8, 8, 3)), layers.Conv2D(2, (3, 3), border_mode='same'),"
        " layers.Flatten(), layers.Dense(1)])",
        56 + 129,
    ),
    "the gates of that time": (
        "model = Sequential([Input((5, 3)), layers.GRU(output_dim=4, inner_activation='sigmoid')])",
        3 * (3 * 4 + 4 * 4 + 4),
    ),
    "an attribute": (LAYER.format("self.w = tf.Variable(tf.zeros((5, 4)))"), 20 + 12),
    "of an initializer": (
        LAYER.format(
            "init = keras.initializers.GlorotUniform()\n"
            "        self.w = tf.Variable(initial_value=init(shape=(5, 4), dtype='float32'))"
        ),
        20 + 12,
    ),
    "a number": (LAYER.format("self.step = tf.Variable(0.5, trainable=False)"), 1 + 12),
    "a list of attributes": (
        LAYER.format("self.ws = [tf.Variable(tf.random.normal((3, 2))) for _ in range(2)]"),
        12 + 12,
    ),
    "variables of the backend": (
        LAYER.format(
            "self.w = K.variable(keras.initializers.get('normal')((5, 4)), name='w')\n"
            "        self.trainable_weights = [self.w]\n"
            "        self.zeros, self.ones = K.zeros((3,)), K.ones((2,))\n"
            "        self.table = K.random_uniform_variable((2, 2), low=0, high=1)"
        ),
        20 + 3 + 2 + 4 + 12,
    ),
    "a variable under two names": (
        LAYER.format("self.w = tf.Variable(tf.zeros((5, 4)))\n        self.same = self.w"),
        20 + 12,
    ),
    "sizes of a TensorShape": (
        LAYER.format("self.w = tf.Variable(tf.zeros(tf.TensorShape([5, 4]).as_list()))"),
        20 + 12,
    ),
    "a layer whose first axis is time": (
        "model = Sequential([Input((2, 3)), layers.LSTM(4, time_major=True), layers.Dense(2)])",
        4 * (3 + 4 + 1) * 4 + (4 + 1) * 2,
    ),
}
TODAY = {
    "a convolution's padding in capitals": (
        "model = Sequential([Input((8, 8, 3)), layers.Conv2D(2, 3, padding='SAME')])",
        56,
    ),
    "an Embedding's output_dim": (
        "model = Sequential([Input((8,)), layers.Embedding(input_dim=9, output_dim=4)])",
        36,
    ),
    "a variable of Keras": (LAYER.format("self.w = keras.Variable(keras.ops.ones((3, 2)))"), 18),
    "one of an initializer and a shape": (
        LAYER.format("self.w = keras.Variable('zeros', shape=(3, 2), trainable=False)"),
        18,
    ),
    "a variable that no layer has": ("w = tf.Variable(tf.zeros((5, 4)))" + LAYER.format(""), 12),
    "a metric": (LAYER.format("self.loss = keras.metrics.Mean(name='loss')"), 12),
}


def read(program):
    return infer(read_python((BEFORE + program).encode()))


@pytest.mark.parametrize(("program", "expected"), OF_KERAS_2.values(), ids=OF_KERAS_2)
def test_counted_as_then(program, expected):
    summary = read(program)
    assert summary.total_params == expected
    assert any("Keras 3" in note for note in summary.notes)


@pytest.mark.parametrize(("program", "expected"), TODAY.values(), ids=TODAY)
def test_counted_as_today(program, expected):
    summary = read(program)
    assert (summary.total_params, summary.notes) == (expected, ())


def test_metrics_of_a_program_that_only_keras_2_runs():
    text = LAYER.format("self.seen = [keras.metrics.Mean(), keras.metrics.Sum()]")
    summary = read("import tf_keras" + text)
    assert (summary.total_params, summary.trainable_params) == (12 + 3, 12)


def test_a_variable_of_unknown_shape_is_not_left_out():
    summary = read(LAYER.format("self.w = tf.Variable(table)"))
    assert not isinstance(summary.total_params, int)


def test_a_product_with_what_is_not_known_is_not_known():
    product = "K.expand_dims(K.squeeze(K.dot(K.tanh(K.mystery(x)), self.u), -1))"
    program = LAYER.format("self.u = K.variable(table)").replace(
        "'relu')(x)", f"'relu')({product})"
    )
    summary = read(program.replace("K.variable(table)", "K.ones((6, 1))"))
    assert not isinstance(summary.total_params, int)


def test_a_kind_of_note_is_written_once():
    pool = "layers.MaxPool1D(2, padding='SAME')"
    summary = read(f"model = Sequential([Input((80, 3)), {pool}, {pool}])")
    assert len(summary.notes) == 1


ONE_OUTPUT = """
from keras.models import Model
from keras.layers import Dense, Input, Lambda, concatenate
x = Input((8,))
inner = Model(inputs=[x], outputs=[Dense(3)(x)])
a, b = Input((8,)), Input((8,))
both = concatenate([inner(a), inner(b)])
model = Model(inputs=[a, b], outputs=[Dense(1)(both)])
"""


@pytest.mark.parametrize(
    "mark",
    [
        "from keras.utils.np_utils import to_categorical",
        "from keras.preprocessing.text import Tokenizer",
        "from keras.preprocessing.image import img_to_array, ImageDataGenerator",
        "model.fit_generator(rows)",
        "model.compile(keras.optimizers.Adam(clipnorm=1.0, lr=0.01))",
        "session = tf.Session()",
    ],
)
def test_a_model_with_one_output_in_a_list_returns_a_tensor(mark):
    config = read_python(f"{ONE_OUTPUT}{mark}\n".encode())
    assert infer(config).total_params == 8 * 3 + 3 + 6 + 1

"""Tensors of TensorFlow 1 and Keras 2: their dtypes, dimensions, and results of `call`."""

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from tests.programs.pasting import count

BEFORE = """
import tensorflow as tf
from tensorflow.keras import backend as K, layers
x, ids = tf.keras.Input((10, 6)), tf.keras.Input((10,), dtype=tf.int32)
"""
UNITS = {
    "the value of a dimension": ("x.shape[-1].value", 6),
    "that is not given": ("3 if x.shape[0].value is None else 4", 3),
    "the dtype of an input": ("3 if K.dtype(ids) == 'int32' else 4", 3),
    "a cast": ("3 if tf.cast(x, tf.int32).dtype == 'int32' else 4", 3),
    "a cast by a name": ("3 if tf.cast(x, dtype='bool').dtype == 'bool' else 4", 3),
    "a comparison": ("3 if tf.not_equal(x, 0.).dtype == 'bool' else 4", 3),
    "other tensors": ("3 if tf.expand_dims(ids, -1).dtype == 'int32' else 4", 3),
}


@pytest.mark.parametrize(("units", "expected"), UNITS.values(), ids=UNITS)
def test_what_tensors_tell(units, expected):
    program = f"{BEFORE}model = tf.keras.Model(x, layers.Dense({units}, use_bias=False)(x))"
    assert count(program, {})[0] == 6 * expected


def test_the_dtype_of_an_index_is_not_known():
    units = "3 if tf.argmax(x, -1).dtype == 'int64' else 4"
    program = f"{BEFORE}model = tf.keras.Model(x, layers.Dense({units}, use_bias=False)(x))"
    assert count(program, {})[0] is None


ADDED = """
class Added(layers.Layer):
    def call(self, inputs): return inputs[0] + tf.expand_dims(inputs[1], -1)
    def compute_output_shape(self, shapes): return shapes
outputs = layers.Dense(2)(Added()([x, ids]))
model = tf.keras.Model([x, ids], outputs)
"""


def test_call_gives_the_shape_in_keras_2():
    program = f"{BEFORE}tf.compat.v1.disable_eager_execution()\n{ADDED}"
    config = read_python(program.encode())
    assert infer(config).total_params == 6 * 2 + 2
    assert any("Keras 3 takes the [(None, 10, 6), (None, 10)]" in note for note in config.notes)


def test_a_model_has_no_optimizer_before_it_is_compiled():
    program = (
        "import tf_keras as keras\n"
        "model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])\n"
        "if model.optimizer is None: model.add(keras.layers.Dense(3))"
    )
    assert infer(read_python(program.encode())).total_params == 10 + 9

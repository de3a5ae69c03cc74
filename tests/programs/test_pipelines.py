"""Data sets of `tf.data`: their elements tell the shapes of a model's inputs."""

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from lstmcount.summary import why_unknown

BEFORE = """
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

class Net(keras.Model):
    def __init__(self, units=2):
        super().__init__()
        self.flatten = layers.Flatten()
        self.dense = layers.Dense(units)
    def call(self, x):
        return self.dense(self.flatten(x))

def pair(x, y):
    return x[..., :3], y

net = Net()
x, y = np.zeros((50, 5, 4)), np.zeros((50,))
"""
SLICES = "ds = tf.data.Dataset.from_tensor_slices((x, y))"
COUNTED = {
    "fitted": (f"{SLICES}.shuffle(9).batch(8)\nnet.fit(ds, epochs=2)", 42),
    "in a loop": (f"{SLICES}.batch(8)\nfor a, b in ds:\n    net(a)", 42),
    "in a loop that counts": (
        f"{SLICES}.batch(8)\nfor _ in range(3):\n    for i, (a, b) in enumerate(ds.take(4)):\n"
        "        net(a)",
        42,
    ),
    "the first batch": (f"{SLICES}.batch(8)\na, b = next(iter(ds))\nnet(a)", 42),
    "mapped by a function": (f"{SLICES}.map(pair).batch(8)\nnet.fit(ds)", 32),
    "mapped by a lambda": (f"{SLICES}.batch(8).map(lambda a, b: (a, a)).cache()\nnet.fit(ds)", 42),
    "without labels": (
        "ds = tf.data.Dataset.from_tensor_slices(x).batch(8, drop_remainder=True)\nnet.fit(ds)",
        42,
    ),
    "zipped": (
        "one = tf.data.Dataset.from_tensor_slices\n"
        "ds = tf.data.Dataset.zip((one(x), one(y))).batch(8).prefetch(tf.data.AUTOTUNE)\n"
        "net.fit(ds)",
        42,
    ),
    "of tensors": ("net.fit(tf.data.Dataset.from_tensors((x, y)))", 42),
    "unbatched and batched": (f"{SLICES}.batch(8).unbatch().batch(4)\nnet.fit(ds)", 42),
    "images of a folder": (
        "ds = keras.utils.image_dataset_from_directory('a', image_size=(6, 7))\n"
        "net.fit(ds.map(lambda a, b: (a / 255, b)))",
        254,
    ),
    "gray images without labels": (
        "ds = keras.preprocessing.image_dataset_from_directory(\n"
        "    'a', label_mode=None, color_mode='grayscale', image_size=(6, 7))\n"
        "net.fit(ds)",
        86,
    ),
}


@pytest.mark.parametrize(("program", "count"), COUNTED.values(), ids=COUNTED)
def test_elements_tell_shapes(program, count):
    config = read_python(f"{BEFORE}{program}\n".encode())
    assert infer(config).total_params == count
    assert not any("--set" in note for note in infer(config).notes)


ASKED = {
    "unknown data": "ds = tf.data.Dataset.from_tensor_slices(load()).batch(8)\nnet.fit(ds)",
    "files": "ds = tf.data.Dataset.list_files('*.png').map(load).batch(8)\nnet.fit(ds)",
    "an unknown function": f"{SLICES}.map(load).batch(8)\nnet.fit(ds)",
    "windows": f"{SLICES}.window(3)\nnet.fit(ds)",
    "a number of elements": f"{SLICES}\nnet = Net(len(ds))\nnet.build((None, 4))",
    "a layer for each element": f"{SLICES}\nnet = keras.Sequential([keras.Input((5,))])\n"
    "for a, b in ds:\n    net.add(layers.Dense(5))",
    "a number of rounds": f"{SLICES}\nn = 0\nfor _ in ds:\n    n += 1\nnet = Net(n)\nnet.fit(x)",
}


@pytest.mark.parametrize("program", ASKED.values(), ids=ASKED)
def test_what_elements_do_not_tell_is_asked_for(program):
    try:
        message = why_unknown(infer(read_python(f"{BEFORE}{program}\n".encode())))
    except LstmcountError as error:
        message = error.message
    assert "--set" in message


LOST = """
from somewhere import rearrange
class Lost(keras.Model):
    def __init__(self):
        super().__init__()
        self.blocks = keras.Sequential([layers.Dense(4), Net()])
        self.head = layers.Dense(3)
    def call(self, x):
        return self.head(self.blocks(rearrange(self.head, x)))
lost = Lost()
lost(x)
"""


def test_a_model_that_was_called_is_not_asked_for_its_input_shape():
    message = why_unknown(infer(read_python(f"{BEFORE}{LOST}".encode())))
    assert "--set" not in message
    assert "`rearrange(self.head, x)`" in message
    assert "there is no module somewhere" in message

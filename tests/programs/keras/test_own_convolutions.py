"""Layers that convolve with weights of their own, by functions of Keras and TensorFlow."""

from __future__ import annotations

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

LAYER = """
class Own(layers.Layer):
    def build(self, shape):
        channels = int(shape[-1])
        self.kernel = self.add_weight(name="kernel", shape=(3, 3, channels, 5))
        self.turned = self.add_weight(name="turned", shape=(3, 3, 5, channels))
        self.each = self.add_weight(name="each", shape=(3, 3, channels, 2))
        self.point = self.add_weight(name="point", shape=(1, 1, 2 * channels, 6))
        self.row = self.add_weight(name="row", shape=(3, channels, 7))

    def call(self, x):
        return {}


x = Input((16, 12, 4))
model = Model(x, layers.Dense(3)(layers.Flatten()(Own()(x))))
"""
OWN = 36 * 5 + 36 * 5 + 36 * 2 + 8 * 6 + 12 * 7
OF_KERAS = "import keras\nfrom keras import Input, Model, layers, ops\n"
OF_TENSORFLOW = """
import tensorflow as tf
from tensorflow.keras import Input, Model, layers
from tensorflow.keras import backend as K
"""
KERAS = {  # by the call: the features that Dense gets
    "ops.conv(x, self.kernel, 2, 'same')": 8 * 6 * 5,
    "ops.conv(x, ops.tanh(self.kernel) * 2, strides=1)": 14 * 10 * 5,
    "ops.conv(x[:, 0], self.row, padding='same')": 12 * 7,
    "ops.conv_transpose(x, self.turned, 2, padding='same')": 32 * 24 * 5,
    "ops.depthwise_conv(x, self.each, 1, 'valid')": 14 * 10 * 8,
    "ops.separable_conv(x, self.each, self.point, 2, 'same')": 8 * 6 * 6,
    "ops.where(x > 0, x, self.each[0, 0, :, 0])": 16 * 12 * 4,
}
TENSORFLOW = {
    "tf.nn.conv2d(x, self.kernel, strides=2, padding='SAME')": 8 * 6 * 5,
    "tf.nn.conv1d(x[:, 0], self.row, stride=1, padding='VALID')": 10 * 7,
    "tf.nn.conv2d_transpose(x, self.turned, [tf.shape(x)[0], 32, 24, 5], [1, 2, 2, 1])": 3840,
    "tf.nn.depthwise_conv2d(x, self.each, strides=[1, 1, 1, 1], padding='VALID')": 14 * 10 * 8,
    "tf.nn.separable_conv2d(x, self.each, self.point, [1, 2, 2, 1], padding='SAME')": 288,
    "K.conv1d(x[:, 0], self.row)": 10 * 7,
    "K.conv2d_transpose(x, self.turned, (K.shape(x)[0], 32, 24, 5), (2, 2), 'same')": 3840,
    "K.depthwise_conv2d(x, self.each, padding='valid')": 14 * 10 * 8,
    "K.separable_conv2d(x, self.each, self.point, strides=(2, 2), padding='same')": 288,
}


def _total(before: str, call: str) -> int | str:
    config = read_python(f"{before}{LAYER.format(call)}".encode())
    return infer(config).total_params


@pytest.mark.parametrize("call", KERAS)
def test_operations_of_keras(call):
    assert _total(OF_KERAS, call) == OWN + 3 * (KERAS[call] + 1)


@pytest.mark.parametrize("call", TENSORFLOW)
def test_functions_of_tensorflow(call):
    expected = OWN + 3 * TENSORFLOW[call] + 3
    assert _total(OF_TENSORFLOW, call) == expected


@pytest.mark.oracle
@pytest.mark.parametrize("call", KERAS)
def test_keras_counts_alike(call):
    pytest.importorskip("keras")
    namespace: dict[str, object] = {}
    exec(OF_KERAS + LAYER.format(call), namespace)
    assert namespace["model"].count_params() == OWN + 3 * (KERAS[call] + 1)

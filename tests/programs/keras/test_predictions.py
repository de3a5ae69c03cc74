"""Shapes of what models predict, also after their layers change, and weights read meanwhile."""

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

PROGRAM = """
import keras
import numpy as np
from keras import Input, Model, Sequential, layers
class Own(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.units = units
    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units))
    def call(self, x):
        return keras.ops.matmul(x, self.w)
x = np.ones((6, 5, 3))
net = Sequential([Input((5, 3)), layers.LSTM(4, return_sequences=True)])
{}
model = Sequential([Input((7,)), layers.Dense(n)])
"""
SIZES = {
    "features": ("n = net.predict(x, verbose=0).shape[-1]", 4),
    "samples": ("n = len(net.predict(x[:2], verbose=0))", 2),
    "a slice": ("n = net.predict_on_batch(x).shape[1:-1][0]", 5),
    "an element of data": ("n = net.predict(x[[0, 2, 4]], verbose=0).shape[0]", 3),
    "of a graph": ("i = Input((3,))\nn = Model(i, layers.Dense(8)(i)).predict(x[0]).shape[1]", 8),
    "after a layer was added": (
        "net(x)\nnet.add(layers.Flatten())\nn = net.predict(x, verbose=0).shape[1]",
        20,
    ),
    "after a layer was taken away": (
        "net(x)\nnet.add(layers.Flatten())\nnet(x)\nnet.pop()\nn = net(x).shape[1]",
        5,
    ),
    "after a layer inside was added": (
        "around = Sequential([Input((5, 3)), net])\naround(x)\nnet.add(layers.Flatten())\n"
        "n = around(x).shape[-1]",
        20,
    ),
    "weights of an own layer": (
        "own = Sequential([Own(2)])\nown.predict(x[0], verbose=0)\n"
        "n = len(own.layers[0].trainable_variables) + own.layers[0].w.shape[0]",
        4,
    ),
    "weights of an own layer of a built model": (
        "own = Sequential([Own(2)])\nown.build((None, 3))\n"
        "n = len([own.layers[0].trainable_weights]) + own.count_params()",
        7,
    ),
}


@pytest.mark.parametrize(("code", "size"), SIZES.values(), ids=SIZES)
def test_shapes_of_predictions(code: str, size: int) -> None:
    assert infer(read_python(PROGRAM.format(code).encode())).total_params == 8 * size


def test_predictions_after_a_change_are_unknown() -> None:
    """Keras keeps the function that it has compiled for the first prediction."""
    code = "net.predict(x)\nnet.add(layers.Flatten())\nn = net.predict(x).shape[1]"
    assert "needs `n`" in " ".join(read_python(PROGRAM.format(code).encode()).notes)


@pytest.mark.oracle
@pytest.mark.parametrize(("code", "size"), SIZES.values(), ids=SIZES)
def test_keras_predicts_these_shapes(code: str, size: int) -> None:
    pytest.importorskip("keras")
    names: dict[str, object] = {}
    exec(PROGRAM.format(code), names)
    assert names["n"] == size


def test_a_size_of_data_is_not_asked_for_where_the_model_declares_its_input():
    program = """
import numpy as np
from keras import Sequential, layers
sizes = np.load("sizes.npy")
model = Sequential([layers.Conv2D(4, 3, input_shape=(8, 8, 1))])
model.predict(np.zeros((4, 8, 8, sizes[0])))
"""
    config = read_python(program.encode())
    assert (infer(config).total_params, config.notes) == (40, [])

"""Layers of a model that are called by themselves, while the model around them is not called."""

from __future__ import annotations

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

PROGRAM = """
import keras
from keras import layers, ops
class Inner({inner}):
    def __init__(self):
        super().__init__()
        self.first, self.second = layers.Dense(3), layers.Dense(7)
        self.net = keras.Sequential([layers.Dense(3, name="one"), layers.Dense(7)])
    def encode(self, x):
        return self.first(x)
    def call(self, x):
        return self.net(self.second(self.encode(x)))
class Own({own}):
    def __init__(self):
        super().__init__()
        self.net = keras.Sequential([layers.Dense(3, name="one"), layers.Dense(7)])
        self.nested = keras.Sequential([keras.Sequential([layers.Dense(3)]), layers.Dense(7)])
        self.known = keras.Sequential([keras.Input((4,)), layers.Dense(3), layers.Dense(7)])
        self.inner = Inner()
    def call(self, x):
        {call}
        return x
{model}
"""
FIRST, BOTH = 15, 15 + 28
KNOWN = BOTH  # the weights of the Sequential that declares its input
CALLS = {
    "x = self.net.layers[0](x)": FIRST,
    "x = self.net.get_layer('one')(x)": FIRST,
    "for layer in self.net.layers[:1]: x = layer(x)": FIRST,
    "for layer in self.net.layers: x = layer(x)": BOTH,
    "x = self.net.layers[1](self.net.layers[0](x))": BOTH,
    "x = self.net(x + ops.sum(self.net.layers[0](x)))": BOTH,
    "x = self.known.layers[0](x)": 0,
    "x = self.inner.first(x)": FIRST,
    "x = self.inner.encode(x)": FIRST,
    "x = self.inner.second(self.inner.encode(x))": BOTH,
    "x = self.inner.net.layers[0](x)": FIRST,
    "x = self.inner.net(x)": BOTH,
}
KINDS = {  # the bases of both classes, and the model
    "models": ("keras.Model", "keras.Model", "model = Own(); model(ops.zeros((1, 4)))"),
    "layers": (
        "layers.Layer",
        "layers.Layer",
        "x = keras.Input((4,)); model = keras.Model(x, Own()(x))",
    ),
}


def program(call, kind="models"):
    inner, own, model = KINDS[kind]
    return PROGRAM.format(call=call, inner=inner, own=own, model=model)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("call", "count"), CALLS.items())
def test_layers_that_are_called_count(call, count, kind):
    assert infer(read_python(program(call, kind).encode())).total_params == count + KNOWN


@pytest.mark.oracle
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("call", "count"), CALLS.items())
def test_they_count_in_keras(call, count, kind):
    pytest.importorskip("keras")
    names: dict[str, object] = {}
    exec(program(call, kind), names)
    assert names["model"].count_params() == count + KNOWN


def test_the_first_model_of_a_sequential_is_not_called_by_itself():
    call = "x = self.nested.layers[0](x)"
    with pytest.raises(LstmcountError, match=r"which layers of .* are built is not known: its"):
        read_python(program(call).encode())

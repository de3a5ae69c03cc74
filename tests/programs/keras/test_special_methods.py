"""Layers and models whose classes define special methods."""

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

CALLS = {
    "elements": "for layer in self: x = layer(x)",
    "items": "for at in range(len(self)): x = self[at](x)",
    "whether it has one": "x = self[0](x)\n        if 1 in self: x = self[1](x)",
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_layer_with_elements(call):
    program = f"""
import keras
from keras import layers
class Stack(layers.Layer):
    def __init__(self, parts):
        super().__init__()
        self.parts = parts
    def __iter__(self): return iter(self.parts)
    def __len__(self): return len(self.parts)
    def __getitem__(self, at): return self.parts[at]
    def __contains__(self, at): return at < len(self.parts)
    def call(self, x):
        {call}
        return x
i = keras.Input((3,))
model = keras.Model(i, Stack([layers.Dense(2), layers.Dense(4)])(i))
"""
    assert infer(read_python(program.encode())).total_params == 8 + 12


def test_a_model_with_elements_and_a_text():
    program = """
import keras
from keras import layers
class Parts(keras.Sequential):
    def __iter__(self): return iter(self.layers)
    def __str__(self): return "abc"
parts = Parts([keras.Input((3,)), layers.Dense(2), layers.Dense(4)])
n = sum(layer.units for layer in parts) + len(str(parts))
model = keras.Sequential([keras.Input((1,)), layers.Dense(n, use_bias=False)])
"""
    assert infer(read_python(program.encode())).total_params == 9


def test_the_class_of_a_layer_is_none():
    program = (
        "from keras import Input, Sequential, layers\nmodel = Sequential([Input((3,))])\n"
        "model.add(layers.ReLU)\n"
    )
    with pytest.raises(LstmcountError, match=r"got the class ReLU; did you mean layers.ReLU\(\)"):
        infer(read_python(program.encode()))


def test_an_activation_in_a_config_that_is_read_again():
    program = """
import keras
from keras import layers
class Own(layers.Layer):
    def __init__(self, units, act=None, **options):
        super().__init__(**options)
        self.units, self.act = units, keras.activations.get(act)
        self.dense = layers.Dense(units)
    def call(self, x): return self.act(self.dense(x))
    def get_config(self):
        act = keras.activations.serialize(self.act)
        return {**super().get_config(), "units": self.units, "act": act}
model = keras.models.clone_model(keras.Sequential([keras.Input((3,)), Own(4, "relu")]))
"""
    assert infer(read_python(program.encode())).total_params == 16

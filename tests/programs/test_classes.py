"""Classes of a program: which of several bases an attribute comes from."""

from __future__ import annotations

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs.choice import read_python
from lstmcount.shapes import Unknown

PROGRAM = b"""
from keras import Sequential, layers

class A:
    units = 2

class B(A):
    pass

class C(A):
    units = 5

class D(B, C):
    pass

model = Sequential([layers.Input((3,)), layers.Dense(D().units)])
"""


def test_a_class_comes_before_the_bases_that_it_shares_with_others():
    assert read_python(PROGRAM).layers[1].arguments["units"] == 5


WITHOUT_CALL = b"""
import keras
class Block(keras.Model):
    def __init__(self, n=1, **kwargs):
        super().__init__()
        self.parts = [keras.layers.Dense(n), keras.layers.Dense(u)]
class Scaled(keras.layers.Layer):
    def build(self, input_shape):
        self.w = self.add_weight(shape=(input_shape[-1], SIZE))
    def call(self, x):
        return x
inputs = keras.Input((None, 4))
model = keras.Sequential([inputs, LAYERS])
model(keras.ops.zeros((2, 5, 4)))
"""


@pytest.mark.parametrize("layers", [b"Block(3), Block(n=4)", b"Block(n=4), Scaled()", b"Block()"])
def test_a_model_without_call_gives_nothing_that_is_known(layers):
    program = WITHOUT_CALL.replace(b"LAYERS", layers)
    assert isinstance(infer(read_python(program)).total_params, Unknown)


@pytest.mark.parametrize("size", [b"(5, 4)", b"None", b"2.5", b"'a'", b"[3]"])
def test_a_weight_s_dimension_is_a_number_or_unknown(size):
    program = WITHOUT_CALL.replace(b"LAYERS", b"Scaled()").replace(b"SIZE", size)
    total = infer(read_python(program)).total_params
    assert "the shape of self.add_weight" in str(total)


def test_an_output_unlike_that_of_the_class_above_is_refused() -> None:
    """Keras 3 asks the built-in class for the shape, and builds what follows for that one."""
    program = """
import keras
from keras import layers, ops
class Wider(layers.LayerNormalization):
    def build(self, input_shape):
        super().build(input_shape)
        self.mix = self.add_weight(shape=(input_shape[-1], 9))
    def call(self, inputs):
        return ops.matmul(super().call(inputs), self.mix)
model = keras.Sequential([keras.Input((5, 4)), Wider(), layers.Dense(2)])
"""
    with pytest.raises(
        LstmcountError, match=r"gives \(None, 5, 9\), where LayerNormalization says"
    ):
        infer(read_python(program.encode()))
    said = "    def compute_output_shape(self, shape):\n        return (*shape[:-1], 9)\n"
    with_shape = program.replace("model =", said + "model =")
    assert infer(read_python(with_shape.encode())).total_params == 8 + 4 * 9 + (9 + 1) * 2

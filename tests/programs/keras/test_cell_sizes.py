"""The sizes of the states and outputs of recurrent layers and their cells."""

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

# The values are those of Keras 3.15.
SIZES = {
    "layers.LSTMCell(4).state_size": [4, 4],
    "layers.LSTMCell(4).output_size": 4,
    "layers.GRUCell(4).state_size": 4,
    "layers.SimpleRNNCell(units=4).state_size": 4,
    "layers.SimpleRNNCell(4).output_size": 4,
    "layers.StackedRNNCells([layers.LSTMCell(4), layers.GRUCell(3)]).state_size": [[4, 4], 3],
    "layers.StackedRNNCells([layers.LSTMCell(4), layers.GRUCell(3)]).output_size": 3,
    "layers.LSTM(5).state_size": [5, 5],
    "layers.GRU(5).state_size": [5],
    "layers.RNN(layers.LSTMCell(4)).state_size": [4, 4],
    "layers.RNN(layers.GRUCell(4)).state_size": [4],
    "Derived(6).state_size": [6, 6],
}


@pytest.mark.parametrize(("expression", "size"), SIZES.items(), ids=SIZES)
def test_the_sizes_are_those_of_keras(expression, size):
    program = f"""
import keras
from keras import layers
class Derived(layers.LSTMCell): pass
size = {expression}
model = keras.Sequential([keras.Input((1,)), layers.Dense(7 if size == {size} else 2)])
"""
    assert infer(read_python(program.encode())).total_params == 14


def test_a_cell_takes_the_sizes_of_the_cell_inside():
    program = """
import keras
from keras import layers
class Cell(layers.Layer):
    def __init__(self, units):
        super().__init__()
        self.inner = layers.LSTMCell(units)
    @property
    def state_size(self): return self.inner.state_size
    def build(self, shape): self.inner.build(shape)
    def call(self, inputs, states): return self.inner(inputs, states)
model = keras.Sequential([keras.Input((5, 3)), layers.RNN(Cell(4)), layers.Dense(2)])
"""
    assert infer(read_python(program.encode())).total_params == 4 * ((3 + 4) * 4 + 4) + 4 * 2 + 2

"""Functions of `keras.tree` and `tf.nest` on structures of lists, tuples and dicts."""

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

BEFORE = """
from collections import namedtuple
from keras import Input, Model, Sequential, layers
Pair = namedtuple("Pair", ["first", "second"])
"""
IMPORTS = (
    "from keras import tree",
    "import keras\ntree = keras.tree",
    "import tensorflow as tf\ntree = tf.nest",
    "from tensorflow.python.util import nest as tree",
)
# By an expression: the units of a Dense on 1 feature without bias.
CALLS = {
    "len(tree.flatten(3))": 1,
    "len(tree.flatten([1, (2, {'a': 3, 'b': [4]})]))": 4,
    "len(tree.flatten([None, 'words', ()]))": 2,
    "tree.flatten({'b': 7, 'a': 5})[0]": 5,
    "tree.flatten(structure={2: 7, 1: [6, 5]})[1]": 5,
    "tree.flatten(Pair(3, [4, 9]))[-1]": 9,
    "tree.map_structure(lambda n: 2 * n, [1, (2, 3)])[1][1]": 6,
    "tree.map_structure(lambda n: 2 * n, 5)": 10,
    "tree.map_structure(lambda a, b: a + b, {'x': [1]}, {'x': [4]})['x'][0]": 5,
    "tree.map_structure(max, Pair(1, 2), Pair(8, 3)).first": 8,
    "list(tree.map_structure(str, {'bbb': 1, 'a': 2}))[0].count('b')": 3,
    "tree.pack_sequence_as({'b': 0, 'a': [0, 0]}, [1, 2, 3])['b']": 3,
    "tree.pack_sequence_as(Pair(0, (0,)), [1, 7]).second[0]": 7,
    "tree.pack_sequence_as(structure=0, flat_sequence=[4])": 4,
}


def total(program: str, settings=None) -> int:
    return infer(read_python((BEFORE + program).encode(), settings=settings)).total_params


@pytest.mark.parametrize(("call", "units"), CALLS.items(), ids=CALLS)
@pytest.mark.parametrize("imported", IMPORTS)
def test_the_values_are_those_of_keras(imported, call, units):
    program = f"{imported}\nmodel = Sequential([Input((1,)), layers.Dense({call}, use_bias=False)])"
    assert total(program) == units


@pytest.mark.parametrize(
    ("value", "is_nested"),
    [("[]", True), ("(1, 2)", True), ("{}", True), ("Pair(1, 2)", True), ("x", False), ("'a'", 0)],
)
def test_whether_a_value_is_nested(value, is_nested):
    program = (
        "import keras\nx = Input((1,))\n"
        f"model = Model(x, layers.Dense(2 if keras.tree.is_nested({value}) else 1)(x))"
    )
    assert total(program) == (4 if is_nested else 2)


def test_layers_are_made_for_each_tensor_of_a_structure():
    program = """
import keras
x, y = Input((3,)), Input((5,))
outputs = keras.tree.map_structure(lambda tensor: layers.Dense(2)(tensor), {"x": x, "rest": [y, y]})
model = Model([x, y], keras.tree.flatten(outputs))
"""
    assert total(program) == (3 * 2 + 2) + 2 * (5 * 2 + 2)


def test_the_states_of_a_cell_are_packed_again():
    program = """
import tensorflow as tf
class Cell(layers.Layer):
    def __init__(self):
        super().__init__()
        self.inner = layers.LSTMCell(4)
        self.state_size = self.inner.state_size
    def build(self, shape):
        self.inner.build(shape)
    def call(self, inputs, states):
        flat = tf.nest.flatten(states)
        output, states = self.inner(inputs, tf.nest.pack_sequence_as(states, flat))
        return output, tf.nest.map_structure(lambda state: 2 * state, states)
model = Sequential([Input((5, 3)), layers.RNN(Cell()), layers.Dense(2)])
"""
    assert total(program) == 4 * ((3 + 4) * 4 + 4) + 4 * 2 + 2


@pytest.mark.parametrize(
    "units",
    [
        "len(tree.flatten([1, unknown]))",
        "len(tree.flatten(unknown))",
        "tree.map_structure(lambda n: n, [2, unknown])[0]",
        "tree.flatten(OrderedDict(b=[1, 2], a=1))[0]",
        "tree.pack_sequence_as([0, unknown], [2, 3])[0]",
    ],
)
def test_what_depends_on_an_unknown_part_is_not_known(units):
    program = (
        "from collections import OrderedDict\n"
        "import tensorflow as tf\nfrom elsewhere import unknown\ntree = tf.nest\n"
        f"model = Sequential([Input((1,)), layers.Dense({units})])"
    )
    assert not isinstance(total(program), int)

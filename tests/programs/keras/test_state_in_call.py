"""Layers and weights that the `call` of a program's class makes: Keras 3 refuses most of them."""

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

PROGRAM = """
import keras
from keras import Input, Model, layers, {ops}

class Own(layers.Layer):
    def __init__(self):
        super().__init__()
        self.known, self.later, self.several = layers.Dense(3), None, []
{build}
    def call(self, x):
        {line}
        return {result}

x = Input((4, 3))
model = Model(x, Own()(x))
"""
BUILD = """
    def build(self, shape):
        self.known.build(shape)
        self.built = True
"""
LAZY = "self.later = self.later or layers.Dense(3)"
REFUSED = {
    "an attribute": ("self.own = layers.Dense(3)", "self.own(x)"),
    "an element": ("self.several.append(layers.Dense(3))", "self.several[0](x)"),
    "without weights": ("self.own = layers.ReLU()", "self.own(self.known(x))"),
    "a weight": ("w = self.add_weight(shape=(3, 3))", "ops.matmul(x, w)"),
}
COUNTED = {
    "in the first run alone": (LAZY, "self.later(x)", 12),
    "of no attribute": ("own = layers.Dense(3)", "own(x)", 0),
    "an attribute that is no state": ("self.n = 3", "self.known(x)", 12),
    "a layer that it has": ("self.own = self.known", "self.own(x)", 12),
}


def program(line, result, *, build="", ops="ops"):
    return PROGRAM.format(line=line, result=result, build=build, ops=ops)


@pytest.mark.parametrize(("line", "result"), REFUSED.values(), ids=REFUSED)
@pytest.mark.parametrize("build", ["", BUILD])
def test_weights_made_in_every_call_are_refused(line, result, build):
    with pytest.raises(LstmcountError, match="`call` of Own makes layers or weights"):
        infer(read_python(program(line, result, build=build).encode()))


def test_refused_in_the_first_run_if_build_has_built_the_layer():
    with pytest.raises(LstmcountError, match="`call` of Own makes layers or weights"):
        infer(read_python(program(LAZY, "self.later(x)", build=BUILD).encode()))


@pytest.mark.parametrize(("line", "result", "expected"), COUNTED.values(), ids=COUNTED)
def test_weights_made_in_the_first_call_are_counted(line, result, expected):
    assert infer(read_python(program(line, result).encode())).total_params == expected


def test_counted_as_in_keras_2_with_a_note_if_the_program_may_be_of_keras_2():
    text = program("self.own = layers.Dense(3)", "self.own(x)", ops="models")
    config = read_python(text.replace("from keras", "from tensorflow.keras").encode())
    assert infer(config).total_params == 12
    (note,) = [note for note in config.notes if "`call` of Own" in note]
    assert note.endswith("counted as in Keras 2; Keras 3 refuses it")


DECLARED = """
{start}
class Own(layers.Layer):
    own = None
    def call(self, x):
        self.own = self.own or layers.Dense(3)
        return self.own(x)
    def compute_output_shape(self, shape):
        return (*shape[:-1], 3)

model = keras.Sequential([keras.Input((4,)), Own()])
"""


def test_call_is_not_run_if_nothing_is_to_build_and_the_shape_is_declared():
    text = DECLARED.format(start="import keras\nfrom keras import layers")
    summary = infer(read_python(text.encode()))
    assert summary.total_params == 15
    assert any("counted as in Keras 2; Keras 3 does not run it" in each for each in summary.notes)
    text = DECLARED.format(start="import keras\nfrom keras import layers, ops")
    with pytest.raises(LstmcountError, match="does not run it, because the class declares"):
        infer(read_python(text.encode()))


@pytest.mark.oracle
@pytest.mark.parametrize(("line", "result", "expected"), COUNTED.values())
def test_counted_in_keras(line, result, expected):
    pytest.importorskip("keras")
    namespace = {}
    exec(program(line, result), namespace)
    assert namespace["model"].count_params() == expected


@pytest.mark.oracle
@pytest.mark.parametrize(("line", "result"), REFUSED.values())
@pytest.mark.parametrize("build", ["", BUILD])
def test_refused_in_keras(line, result, build):
    pytest.importorskip("keras")
    with pytest.raises(ValueError, match="You cannot add new elements of state"):
        exec(program(line, result, build=build), {})


BUILT = """
from keras import Input, Model, Sequential, layers, ops
class Own(layers.Layer):
    def build(self, shape): self.w = self.add_weight(shape=(shape[-1], 2))
    def call(self, x): return ops.matmul(x, self.w)
class Once(Own):
    def build(self, shape):
        if self.built: return
        super().build(shape)
        self.built = True
class Types(layers.Layer):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = [1], {"x": 1}, (1, 2)
        kinds = type(self.a) is list, type(self.b) == dict, type(self.c) is tuple
        self.inner = layers.Dense(2 + sum(kinds) + 4 * isinstance(self.a, list))
    def call(self, x): return self.inner(x)
x = Input((4,))
def again(layer, *shapes):
    layer.build(shapes[0])
    try: layer.build(shapes[-1])
    except ValueError: more = 1
    else: more = 2
    model = Sequential([layer, layers.Dense(more)])
    model.build(shapes[0])
    return model
"""
AGAIN = {
    "model = again(layers.Dense(3), (None, 4))": 19,
    "model = again(layers.BatchNormalization(), (None, 4))": 21,
    "model = again(layers.Dropout(0.5), (None, 4))": 10,
    "model = again(layers.LSTM(2), (None, 5, 4))": 62,
    "model = again(layers.Embedding(4, 3), (None, 4))": 20,
    "model = again(Sequential([layers.Dense(3)]), (None, 4))": 23,
    "model = again(Sequential([layers.Dense(3)]), (None, 4), (None, 5))": 19,
    "model = again(Own(), (None, 4))": 11,
    "once = Once(); once.build((None, 4)); once.build((None, 4)); model = Model(x, once(x))": 8,
    "model = Model(x, Types()(x))": 35,
}


@pytest.mark.parametrize(("made", "count"), AGAIN.items())
def test_layers_that_are_built_again(made, count):
    summary = infer(read_python(f"{BUILT}{made}".encode(), model="model"))
    assert summary.total_params == count


@pytest.mark.oracle
@pytest.mark.parametrize(("made", "count"), AGAIN.items())
def test_layers_that_are_built_again_in_keras(made, count):
    pytest.importorskip("keras")
    namespace = {}
    exec(f"{BUILT}{made}", namespace)
    assert namespace["model"].count_params() == count

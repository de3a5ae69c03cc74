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

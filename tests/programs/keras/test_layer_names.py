"""Layers whose names are not known, and `get_layer`, which looks for one by its name."""

from __future__ import annotations

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

BEFORE = """
import os
import keras
from keras import Input, layers
x = Input((4,))
name = os.environ["NAME"]
first = keras.Sequential([x, layers.Dense(3, name=name), layers.Dense(2, name="last")])
class Own(layers.Layer):
    def __init__(self, **options):
        super().__init__(**options)
        self.dense = layers.Dense(3)
    def call(self, x): return self.dense(x)
own = keras.Sequential([x, Own(name=name + "_own"), layers.Dense(2, name="last")])
"""
# The model, and the numbers of its weights and of those that are trained.
FOUND = {
    "first.get_layer('one').trainable = False": ("first", 23, 8),
    "first.get_layer('last').trainable = False": ("first", 23, 15),
    "first.get_layer(name).trainable = False": ("first", 23, 8),
    "first.get_layer(name=name).trainable = False": ("first", 23, 8),
    "own.get_layer('one').trainable = False": ("own", 23, 8),
    "own.get_layer(name + '_own').trainable = False": ("own", 23, 8),
    "part = keras.Model(x, first.get_layer('one')(x))": ("part", 15, 15),
    "part = keras.Model(first.inputs, first.get_layer('one').output)": ("part", 15, 15),
}


@pytest.mark.parametrize("code", FOUND)
def test_the_only_layer_of_unknown_name_is_the_one_that_no_other_is(code):
    name, total, trained = FOUND[code]
    summary = infer(read_python(f"{BEFORE}{code}\n".encode(), model=name))
    assert (summary.total_params, summary.trainable_params) == (total, trained)


@pytest.mark.oracle
@pytest.mark.parametrize("code", FOUND)
def test_keras_finds_it(code, monkeypatch):
    pytest.importorskip("keras")
    monkeypatch.setenv("NAME", "one" if "own" not in code else "o")
    names = {}
    exec(BEFORE.replace('"_own"', '"ne"') + code.replace("'_own'", "'ne'"), names)
    model = names[FOUND[code][0]]
    trained = sum(weight.value.size for weight in model.trainable_weights)
    assert (model.count_params(), trained) == FOUND[code][1:]


def test_one_of_several_is_noted():
    several = "layers.Dense(2, name=name), layers.Dense(3, name=name + 'x')"
    text = f"{BEFORE}model = keras.Sequential([x, {several}])\n"
    config = read_python(f"{text}model.get_layer('one').trainable = False\n".encode())
    assert infer(config).total_params == 19
    assert any("which weights this freezes, if any, is not known" in note for note in config.notes)


@pytest.mark.parametrize(
    "condition",
    ["first.layers[0].name == 'one'", "own.layers[0].name.endswith('e_own')", "'o' in x2.name"],
)
def test_what_depends_on_an_unknown_name_is_asked_for(condition):
    text = (
        f"{BEFORE}x2 = layers.Dense(3, name=name)(x)\nn = 5 if {condition} else 3\n"
        "model = keras.Sequential([x, layers.Dense(n)])\n"
    )
    with pytest.raises(LstmcountError, match="which way the program goes depends on"):
        read_python(text.encode())


def test_a_name_that_is_set_is_known():
    text = (
        f"{BEFORE}layer = layers.Dense(3, name=name)\nlayer.name = 'one'\n"
        "model = keras.Sequential([x, layers.Dense(5 if layer.name == 'one' else 3)])\n"
    )
    assert infer(read_python(text.encode())).total_params == 25


TEXTS = {  # as Keras 3.15 prints them
    "a layer": ("layers.LSTM(3, name='a')", "<LSTM name=a, built=False>"),
    "a layer that is called": ("called", "<Dense name=b, built=True>"),
    "a model": ("keras.Model(i, called(i), name='m')", "<Functional name=m, built=True>"),
    "a class of the program": ("Own(name='own')", "<Own name=own, built=False>"),
}


@pytest.mark.parametrize(("layer", "text"), TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("function", ["str", "repr"])
def test_the_text_of_a_layer_is_that_of_keras(function, layer, text):
    program = (
        "import keras\nfrom keras import layers\nclass Own(layers.Layer): pass\n"
        "i, called = keras.Input((3,)), layers.Dense(2, name='b')\ncalled(i)\n"
        f"n = 5 if {function}({layer}) == '{text}' else 3\n"
        "model = keras.Sequential([keras.Input((4,)), layers.Dense(n)])\n"
    )
    assert infer(read_python(program.encode())).total_params == 25


KEPT = {  # conditions on the text of a layer in Keras 2 → units of the layers that meet them
    "str(layer) != str(old.layers[-1])": 4,
    "not str(layer) == str(old.layers[0])": 7,
    "'Dense' in repr(layer)": 11,
}


@pytest.mark.parametrize("condition", KEPT)
def test_the_text_of_a_layer_in_keras_2_tells_which_it_is(condition):
    program = (
        "import tf_keras as keras\nfrom tf_keras import layers\n"
        "old = keras.Sequential([layers.Dense(4, input_shape=(3,)), layers.Dense(7)])\n"
        "n = [layer.units for layer in old.layers if CONDITION]\n"
        "model = keras.Sequential([keras.Input((1,)), layers.Dense(sum(n), use_bias=False)])\n"
    ).replace("CONDITION", condition)
    assert infer(read_python(program.encode())).total_params == KEPT[condition]


def test_of_the_text_of_a_layer_in_keras_2_only_the_class_is_known():
    program = (
        "import tf_keras as keras\nmodel = keras.Sequential([keras.Input((4,))])\n"
        "if 'Sequential' in str(model): model.add(keras.layers.Dense(2))\n"
    )
    assert infer(read_python(program.encode())).total_params == 10
    more = "if 'core' in str(model.layers[-1]): model.add(keras.layers.Dense(3))\n"
    with pytest.raises(LstmcountError, match=r"depends on `'core' in str\(model.layers\[-1\]\)`"):
        read_python((program + more).encode())


def test_a_model_without_layers_has_no_known_inputs():
    program = (
        "import keras\nmodel = keras.Sequential()\nmodel.inputs\n"
        "model.add(keras.Input((4,)))\nmodel.add(keras.layers.Dense(2))\n"
    )
    assert infer(read_python(program.encode())).total_params == 10

"""Commands that once ended unexpectedly."""

from __future__ import annotations

import pytest

from tests.fuzz.run import load
from tests.fuzz.sources.base import source
from tests.fuzz.worker import attempt

IMPORTS = "import keras\nfrom keras import layers\n"
UNKNOWN_INPUT = f"{IMPORTS}model = keras.Sequential([keras.Input(X.shape[1:]), layers.Dense(3)])\n"
UNKNOWN_INSIDE = (
    "import keras\n"
    "x = keras.Input((None,))\n"
    "inner = keras.Sequential([unknown.Dense(3)])\n"
    "model = keras.Model(x, keras.layers.Dense(1)(inner(unknown.Layer()(x))))\n"
)
UNKNOWN_SIZE = (
    f"{IMPORTS}model = keras.Sequential("
    "[keras.Input((5, 4)), layers.Dense(unknown), layers.Dense(3, name='dense')])\n"
)
UNKNOWN_MASKED = (
    f"{IMPORTS}x = keras.Input(X.shape[1:])\nmodel = keras.Model(x, layers.Masking(0.0)(x))\n"
)
UNKNOWN_SIDE = (
    f"{IMPORTS}tower = layers.Dense(6, name='dense')\nleft = keras.Input((4,))\n"
    "both = [tower(shared(side)) for side in (left, right)]\n"
    "model = keras.Model([left, right], layers.Dot(axes=-1)(both))\n"
)
NEVER_A_MODEL = "variables: {a: 2}\ninput_shape: [a]\nlayers: [{LSTM: a}]\n"
DEEP = (
    "variables: {a: 4}\ninput_shape: [5, 3]\nlayers:\n- repeat: a // 2\n"
    "  layers: [{GRU: {units: 3, return_sequences: true}}]\n"
)
SEVERAL_EACH_STEP = (
    '{"class_name": "Sequential", "config": {"layers": ['
    '{"class_name": "InputLayer", "config": {"batch_shape": [null, 5, 4, 6]}},'
    '{"class_name": "TimeDistributed", "config": {"layer": {"class_name": "LSTM",'
    ' "config": {"units": 3, "return_state": true}}}}]}}'
)


OPERATION_IN_SEQUENTIAL = (
    '{"class_name": "Sequential", "config": {"layers": ['
    '{"class_name": "GetItem", "config": {}, "inbound_nodes": [{"args": []}]}]}}'
)


@pytest.fixture(autouse=True, scope="module")
def loaded() -> None:
    """Libraries may make folders of their own when they are imported first."""
    load()


UNBUILT_CELL = """{"class_name": "Sequential", "config": [
  {"class_name": "Sequential", "config": {"batch_input_shape": []}},
  {"class_name": "GRU", "config": {"output_dim": 3}}]}"""
UNBUILT_INSIDE = """{"class_name": "Sequential", "config": [
  {"class_name": "Pipeline", "config": {"layers": [{"class_name": "AutoContrast"}]}}]}"""
TEXT_IN_SHAPE = """
import keras
model = keras.Sequential([keras.layers.Dense(3)])
model.build((None, 5, 'x'))
"""
NO_KEY = """
import keras
x = keras.Input((4,))
model = keras.Model(x, {'z': z, None: keras.layers.Dense(2)(x)})
"""
ODD_OUTPUTS = """
import keras
class Model(keras.Model):
    def __init__(self):
        self.named = keras.Model(x, (4,), name='named')
"""


@pytest.mark.parametrize(
    ("name", "text", "args"),
    [
        ("m.yaml", DEEP, "check --max-increase-trainable-params 3k m.yaml"),
        ("m.yaml", DEEP, "check --max-increase-non-trainable-params 5% m.yaml"),
        ("m.json", UNBUILT_CELL, "plot --cell -o x.svg m.json"),
        ("m.json", UNBUILT_INSIDE, "init --force m.json"),
        ("m.py", ODD_OUTPUTS, "report -o x.html m.py"),
        ("m.py", TEXT_IN_SHAPE, "cost m.py"),
        ("m.py", NO_KEY, "diff m.py m.py"),
        ("m.yaml", "variables: {a: null}\nlayers: [{Dense: {units: 'max(a, 3)'}}]", "count m.yaml"),
        ("m.yaml", "variables: {a: null}\nlayers: [{Dense: {units: 'a + 3'}}]", "count m.yaml"),
        ("m.py", UNKNOWN_INPUT, "convert --to json m.py"),
        ("m.py", UNKNOWN_INPUT, "convert --to yaml m.py"),
        ("m.py", UNKNOWN_INSIDE, "report -o x.html m.py"),
        ("m.py", UNKNOWN_INSIDE, "cost m.py"),
        ("m.py", UNKNOWN_SIZE, "solve --for dense.units --max-params 300 m.py"),
        ("m.py", UNKNOWN_MASKED, "count m.py"),
        ("m.py", UNKNOWN_MASKED, "convert m.py"),
        ("m.py", UNKNOWN_SIDE, "solve --for dense.units --exact-params 300 m.py"),
        ("m.py", UNKNOWN_SIDE, "explain --formula m.py"),
        ("m.py", UNKNOWN_SIZE, "sweep --set dense.units=1..3 m.py"),
        ("m.yaml", NEVER_A_MODEL, "sweep --set a=1..3 --plot x.svg m.yaml"),
        ("m.json", OPERATION_IN_SEQUENTIAL, "count m.json"),
        ("m.json", SEVERAL_EACH_STEP, "cost m.json"),
        ("m.json", SEVERAL_EACH_STEP, "report -o x.html m.json"),
        ("m.yaml", DEEP, "solve --for a --max-params 2k m.yaml"),
        ("m.yaml", DEEP, "solve --for a --max-params 100M m.yaml"),
    ],
)
def test_a_command_that_failed_once_no_longer_fails(name: str, text: str, args: str) -> None:
    assert attempt(source("spec", {name: text.encode()}), tuple(args.split())) is None

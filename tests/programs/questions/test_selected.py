"""What selects a program's layers, functions and classes is asked for by settings that work."""

import pytest

from tests.programs.pasting import count, pasted

BEFORE = """
import keras
import numpy as np
from functools import reduce
from keras import Input, Model, Sequential, ops
from keras.layers import *
from elsewhere import Base, kind, number
"""
# by name: the program, what the first message says, the number of parameters with its settings
ASKED = {
    "a class by its name in a config": (
        "layer = keras.layers.deserialize({'module': 'keras.layers', 'class_name': kind,"
        " 'config': {'units': 4}, 'registered_name': None})\n"
        "model = Sequential([Input((9, 3)), layer])",
        "the class of layer needs `kind`",
        "--set kind=LSTM",
        128,
    ),
    "an application": (
        "base = getattr(keras.applications, kind)(weights=None, include_top=False,"
        " input_shape=(64, 64, 3), pooling='avg')\nmodel = Sequential([base, Dense(4)])",
        "the class of base needs `kind`",
        "--set kind=MobileNetV2",
        2263108,
    ),
    "an application that another model goes on from": (
        "base = getattr(keras.applications, kind)(weights=None)\n"
        "model = Model(base.input, Dense(2)(base.output))",
        "`Dense(2)(base.output)` (",
        "--set kind=MobileNetV2",
        3540986,
    ),
    "a name of a star import": (
        "model = Sequential([Input((9, 3)), globals()[kind](4)])",
        "needs `kind`",
        "--set kind=LSTM",
        128,
    ),
    "a name of a module": (
        "model = Sequential([Input((9, 3)), vars(keras.layers)[kind](4)])",
        "needs `kind`",
        "--set kind=LSTM",
        128,
    ),
    "a method": (
        "class Zoo:\n"
        "    def small(self): return Sequential([Input((9, 3)), GRU(3)])\n"
        "    def large(self): return Sequential([Input((9, 3)), GRU(9)])\n"
        "model = getattr(Zoo(), kind)()",
        "which model the program makes depends on `kind`",
        "--set kind=small",
        72,
    ),
    "a function with arguments": (
        "def one(n): return Sequential([Input((4,)), Dense(n)])\n"
        "def two(n): return Sequential([Input((4,)), Dense(n), Dense(n)])\n"
        "model = {'one': one, 'two': two}[kind](n=3)",
        "which model the program makes depends on `kind`",
        "--set kind=one",
        15,
    ),
    "a class of models": (
        "class Own(Model):\n    def __init__(self):\n        super().__init__()\n"
        "        self.d = Dense(2)\n    def call(self, x): return self.d(x)\n"
        "class Other(Own): pass\n"
        "model = {'own': Own, 'other': Other}[kind]()\nmodel(ops.ones((1, 4)))",
        "which model the program makes depends on `kind`",
        "--set kind=own",
        10,
    ),
    "the depth of a recursion": (
        "def stack(x, n):\n    if n == 0:\n        return x\n"
        "    return stack(Dense(6)(x), n - 1)\n"
        "i = Input((4,))\nmodel = Model(i, stack(i, number))",
        "depends on `number`",
        "--set number=3",
        114,
    ),
    "the rounds of reduce": (
        "i = Input((4,))\nmodel = Model(i, reduce(lambda x, _: Dense(4)(x), range(number), i))",
        "the outputs of the model are not known: `number`",
        "--set number=3",
        60,
    ),
    "a matrix": (
        "w = np.load('w.npy')\ni = Input((4,))\nmodel = Model(i, Dense(2)(ops.matmul(i, w)))",
        "the output shape of `w` is not known",
        "--set 'w.shape=[4,3]'",
        8,
    ),
    "the operand of an operator": (
        "w = np.load('w.npy')\ni = Input((4,))\nmodel = Model(i, Dense(2)(i @ w))",
        "the output shape of `w` is not known",
        "--set 'w.shape=[4,3]'",
        8,
    ),
}


@pytest.mark.parametrize(("program", "says", "option", "total"), ASKED.values(), ids=ASKED)
def test_what_selects_a_part_is_asked_for(program, says, option, total):
    message = count(BEFORE + program, {})[1][0]
    assert says in message
    assert option in message
    assert pasted(BEFORE + program).total == total


def test_a_base_class_that_is_not_known_is_named():
    program = (
        f"{BEFORE}class Own(Base):\n    def __init__(self, n): self.d = Dense(n)\n"
        "model = Sequential([Input((5, 3)), Own(4)])\n"
    )
    assert "Own derives from `Base`, which is not known (" in count(program, {})[1][0]


def test_a_name_of_a_star_import_is_found_among_the_globals():
    program = f"{BEFORE}model = Sequential([Input((9, 3)), globals()['LSTM'](4)])\n"
    assert count(program, {})[0] == 128

"""What a name stands for: a model and not its helper, the parts of Keras after a star import."""

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

BEFORE = """
import keras
from keras import Input, Model, layers

def encoder(n):
    i = Input((12, 5))
    return Model(i, layers.LSTM(n)(i))

class Net(Model):
    def __init__(self, n):
"""
PROGRAMS = {
    "before the class above": (
        "        i = Input((12, 5))\n"
        "        super().__init__(inputs=i, outputs=layers.Dense(n)(encoder(n)(i)))\n"
        "model = Net(4)\n"
    ),
    "never named": (
        "        i = Input((12, 5))\n"
        "        super().__init__(i, layers.Dense(n)(encoder(n)(i)))\n"
        "Net(4).summary()\n"
    ),
    "after it": (
        "        super().__init__()\n"
        "        self.all = [encoder(n), layers.Dense(n)]\n"
        "    def call(self, x):\n"
        "        for part in self.all:\n"
        "            x = part(x)\n"
        "        return x\n"
        "model = Net(4)\n"
        "model.build((None, 12, 5))\n"
    ),
}


@pytest.mark.parametrize("program", PROGRAMS.values(), ids=PROGRAMS)
def test_the_model_is_the_whole(program):
    assert infer(read_python((BEFORE + program).encode())).total_params == 180


@pytest.mark.parametrize("path", ["keras", "tensorflow.keras"])
def test_a_star_import_brings_the_parts_of_keras(path):
    program = f"from {path} import *\nmodel = Sequential([Input((4,)), layers.Dense(3)])\n"
    assert infer(read_python(program.encode())).total_params == 15

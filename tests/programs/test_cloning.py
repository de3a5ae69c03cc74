"""Copies of models with an unknown part are refused, not counted like the original."""

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.programs import read_python

BEFORE = """
import keras
from keras import Input, Model, Sequential, layers
from elsewhere import make
x = Input((4,))
base = Model(x, layers.Dense(3, name="out")(x))
config = base.get_config()
"""
REFUSED = {
    "a function that nobody can see": "model = keras.models.clone_model(base, clone_function=make)",
    "a layer that was taken out": 'del config["layers"][-1]\nmodel = Model.from_config(config)',
    "a layer that was added": (
        'config["layers"].append({"class_name": "Dense", "name": "more", "config": {"units": 2}})\n'
        "model = Model.from_config(config)"
    ),
}


@pytest.mark.parametrize("program", REFUSED.values(), ids=REFUSED)
def test_refused(program):
    with pytest.raises(LstmcountError, match=r"is not known|were changed"):
        read_python((BEFORE + program).encode(), model="model")

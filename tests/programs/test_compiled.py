"""The optimizer in `compile` is the one that is counted."""

import pytest

from lstmcount.optimizers import own_optimizer
from lstmcount.programs import read_python

BEFORE = """
import keras
from elsewhere import Mine, chosen
model = keras.Sequential([keras.Input((9,)), keras.layers.Dense(4)])
"""
SGD = {"class_name": "SGD", "config": {"learning_rate": 0.1, "momentum": 0.9}}
COMPILED = {
    "'sgd', 'mse'": "sgd",
    "optimizer=keras.optimizers.SGD(0.1, momentum=0.9)": SGD,
    "loss='mse'": "rmsprop",
    "optimizer=Mine()": "adam",
    "optimizer=chosen": "adam",
}


@pytest.mark.parametrize(("arguments", "expected"), COMPILED.items(), ids=COMPILED)
def test_the_optimizer_of_compile_is_read(arguments, expected):
    config = read_python(f"{BEFORE}model.compile({arguments})\n".encode())
    assert own_optimizer(config.training) == expected

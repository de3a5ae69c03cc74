"""The optimizer in `compile` is the one that is counted."""

import pytest

from lstmcount import cost, summarize
from lstmcount.errors import LstmcountError
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
    "keras.optimizers.SGD(0.1, 0.9), 'mse'": SGD,
    "keras.optimizers.get('adagrad')": {"class_name": "adagrad", "config": {}},
    "keras.optimizers.get(keras.optimizers.SGD(0.1, momentum=0.9))": SGD,
    "keras.optimizers.get(identifier={'class_name': 'SGD', 'config': {'momentum': 0.9}})": {
        "class_name": "SGD",
        "config": {"momentum": 0.9},
    },
    "keras.optimizers.deserialize({'class_name': 'Lion', 'config': {}})": {
        "class_name": "Lion",
        "config": {},
    },
    "keras.optimizers.SGD.from_config({'learning_rate': 0.1, 'momentum': 0.9})": SGD,
    "keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(0.1, momentum=0.9))": {
        "class_name": "LossScaleOptimizer",
        "config": {"inner_optimizer": SGD},
    },
    "loss='mse'": "rmsprop",
}


@pytest.mark.parametrize(("arguments", "expected"), COMPILED.items(), ids=COMPILED)
def test_the_optimizer_of_compile_is_read(arguments, expected):
    config = read_python(f"{BEFORE}model.compile({arguments})\n".encode())
    assert own_optimizer(config.training) == expected


WITHOUT_KNOWN_OPTIMIZER = {
    "of another package": ("model.compile(Mine())", "Mine()"),
    "a name": ("model.compile(optimizer=chosen)", "chosen"),
    "of an unknown name": (
        "model.compile(keras.optimizers.get(chosen))",
        "keras.optimizers.get(chosen)",
    ),
    "of an unknown config": (
        "model.compile(keras.optimizers.Adam.from_config(chosen))",
        "keras.optimizers.Adam.from_config(chosen)",
    ),
    "one in another": ("model.compile(keras.optimizers.LossScaleOptimizer(chosen))", "chosen"),
    "an argument whose place differs between versions": (
        "model.compile(keras.optimizers.RMSprop(0.1, 0.9, 0.9))",
        "model.compile(keras.optimizers.RMSprop(0.1, 0.9, 0.9))",
    ),
    "an argument": ("model.compile(keras.optimizers.SGD(0.1, momentum=chosen))", "chosen"),
    "a choice of calls": (
        "if chosen: model.compile('adam')\nelse: model.compile('sgd')",
        "chosen",
    ),
    "a call or none": ("if chosen: model.compile('sgd')", "chosen"),
    "a choice before": (
        "made = keras.optimizers.SGD() if chosen else keras.optimizers.Adam()\nmodel.compile(made)",
        "chosen",
    ),
    "a choice in a function": (
        "def made(kind):\n    if kind == 'sgd': return keras.optimizers.SGD()\n"
        "    return keras.optimizers.Adam()\nmodel.compile(made(chosen))",
        "kind == 'sgd'",
    ),
}


@pytest.mark.parametrize(
    ("code", "words"), WITHOUT_KNOWN_OPTIMIZER.values(), ids=WITHOUT_KNOWN_OPTIMIZER
)
def test_an_optimizer_that_is_not_known_is_asked_for(code, words, tmp_path):
    path = tmp_path / "train.py"
    path.write_text(f"{BEFORE}{code}\n")
    with pytest.raises(LstmcountError) as caught:
        cost(path)
    why = f"the optimizer depends on `{words}`, which is not known; take one: --optimizer adam"
    assert caught.value.message == why
    assert cost(path, optimizer="adam").optimizer == "Adam"
    assert summarize(path).total_params == 40


@pytest.mark.parametrize(
    "code",
    [
        "if chosen: model.compile('adam', 'mse')\nelse: model.compile('adam', 'mae')",
        "if chosen: model.compile(keras.optimizers.Adam(0.1))\n"
        "else: model.compile(keras.optimizers.Adam(learning_rate=0.2))",
        "rate = 0.1 if chosen else 0.01\nmodel.compile(keras.optimizers.Adam(rate))",
        "other = keras.Sequential()\nif chosen: other.compile('sgd')\nmodel.compile('adam')",
    ],
)
def test_an_optimizer_of_which_only_the_rate_is_not_known_is_counted(code, tmp_path):
    path = tmp_path / "train.py"
    path.write_text(f"{BEFORE}{code}\n")
    assert cost(path, model="model").optimizer == "Adam"

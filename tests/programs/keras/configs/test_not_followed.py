"""Configs that Keras refuses, and edits that cannot be followed: no other number is counted."""

import pytest

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from lstmcount.shapes import Unknown
from tests.programs.keras.configs.counting import (
    BEFORE,
    FUNCTIONAL,
    SEQUENTIAL,
    counted,
    counted_by_keras,
)

REFUSED = {
    "misfit kept": SEQUENTIAL
    + """
config["layers"][1]["config"]["units"] = 6
model = Sequential.from_config(config)
""",
    "no name": SEQUENTIAL
    + """
del config["name"]
model = Sequential.from_config(config)
""",
    "unknown argument": """
c = layers.Dense(4).get_config()
c["unit"] = 3
model = Sequential([Input((9, 3)), layers.Dense.from_config(c)])
""",
    "functional without a key": FUNCTIONAL
    + """
del config["output_layers"]
model = Model.from_config(config)
""",
    "functional name of a lost layer": FUNCTIONAL
    + """
del config["layers"][1]
model = Model.from_config(config)
""",
    "functional without nodes": FUNCTIONAL
    + """
config["layers"].append(layers.serialize(layers.Dense(2)))
model = Model.from_config(config)
""",
    "td twice": """
c = layers.TimeDistributed(layers.Dense(4)).get_config()
a = layers.TimeDistributed.from_config(c)
model = Sequential([Input((9, 3)), a, layers.TimeDistributed.from_config(c)])
""",
    "rnn in sequential twice": """
base = Sequential([Input((9, 3)), layers.RNN(layers.GRUCell(4))])
config = base.get_config()
first = Sequential.from_config(config)
model = Sequential.from_config(config)
""",
    "bidirectional spread": """
c = layers.Bidirectional(layers.LSTM(4)).get_config()
model = Sequential([Input((9, 3)), layers.Bidirectional(**c)])
""",
    "model of sequential": SEQUENTIAL
    + """
model = Model.from_config(config)
""",
}


@pytest.mark.parametrize("program", REFUSED.values(), ids=REFUSED)
def test_what_keras_refuses_of_a_config(program):
    with pytest.raises(LstmcountError):
        counted(program)


@pytest.mark.oracle
@pytest.mark.parametrize("program", REFUSED.values(), ids=REFUSED)
def test_it_is_refused_by_keras(program):
    pytest.importorskip("keras")
    with pytest.raises((KeyError, TypeError, ValueError)):
        counted_by_keras(program)


UNKNOWN = (
    "from elsewhere import change, key, more, n"
    + SEQUENTIAL
    + """
for each in config["layers"]: each.pop("build_config", None)
"""
)
OF_LAYERS = {  # what of a config is not known
    "a value": "config['layers'][1]['config']['units'] = n",
    "a key": "config['layers'][1]['config'][key] = 3",
    "an index": "config['layers'][n]['config']['units'] = 3",
    "all that is added": "config['layers'][1]['config'].update(more)",
    "a layer": "config['layers'].append(more)",
    "several layers": "config['layers'].extend(more)",
    "all layers": "config['layers'] = more",
    "a removed layer": "config['layers'].pop(n)",
    "the config": "config = change(config)",
    "what replaces it": "config = {**config, **more}",
}
OF_TEXTS = {
    "what is replaced": "model_from_json(base.to_json().replace(key, '3'))",
    "a changed text": "model_from_json(change(base.to_json()))",
    "a formatted text": "model_from_json(f'{base.to_json()}')",
    "a text of a model that has changed": (
        "base.to_json(); base.add(layers.Dense(1))\nmodel = model_from_json(model)"
    ),
}
PROGRAMS = [f"{edit}\nmodel = Sequential.from_config(config)" for edit in OF_LAYERS.values()]
PROGRAMS += [f"model = {edit}" for edit in OF_TEXTS.values()]


@pytest.mark.parametrize("program", PROGRAMS, ids=[*OF_LAYERS, *OF_TEXTS])
def test_what_is_not_known_of_a_config_counts_no_other_model(program):
    assert isinstance(_total_of(BEFORE + UNKNOWN + program), Unknown)


def _total_of(program):
    """The number of weights; an unknown if the program is refused for what is not known."""
    try:
        return infer(read_python(program.encode())).total_params
    except LstmcountError as error:
        return Unknown(error.message) if "not known" in error.message else error.message

"""Programs that are not quite Python 3: only what cannot be parsed is left out."""

from __future__ import annotations

import json

import pytest

from lstmcount.config import all_layers
from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from tests.programs.pasting import count

STRAY = {
    "a command": "pip install keras",
    "a command of a notebook": "!pip install keras",
    "a command inside a block": "if True:\n    !pip install keras",
    "print": "print 'loss', 0.05",
    "an old octal number": "os.mkdir('x', 0755)",
    "an old exception": "try:\n    import x\nexcept ImportError, error:\n    pass",
    "a prompt": ">>> import keras",
    "a function of tuples": "pairs = sorted([], key=lambda (a, b): b)",
    "an error": "while = 3",
}
PROGRAM = """
{stray}
from keras import Input, Sequential, layers
message = ("%d units"
    % (8))
message = (
    "%d units"
    % len(message)
)
rate, small, day = 0.001, 1e-05, "2026-01-07"
if __name__ == "__main__":
    model = Sequential()
    model.add(Input((5, 3)))
    model.add(layers.LSTM(8, dropout=0.05, recurrent_dropout=0.01))
    model.add(layers.Dense(len(day)))
"""
TOTAL = 4 * 8 * (3 + 8 + 1) + 9 * 10


@pytest.mark.parametrize("stray", STRAY.values(), ids=STRAY)
def test_a_stray_line_costs_no_other(stray: str) -> None:
    config = read_python(PROGRAM.format(stray=stray).encode())
    assert infer(config).total_params == TOTAL
    assert not [note for note in config.notes if "line 3" in note]


OLD = {
    "octal numbers": ("os.mkdir('x', 0755)\nn = 010", 8),
    "octal numbers beside others": ("n = int(010 + 0.05 + 1e-07 + 10)", 18),
    "another sign of inequality": ("n = 3\nif n <> 4:\n    n = 5", 5),
    "a text with the sign": ("print 'x'\nn = len('<>')", 2),
}


@pytest.mark.parametrize(("old", "units"), OLD.values(), ids=OLD)
def test_python_2_is_read(old: str, units: int) -> None:
    program = f"{old}\nfrom keras import *\nm = Sequential([Input((1,)), layers.Dense(n)])\n"
    assert infer(read_python(program.encode())).total_params == 2 * units


LOST = {
    "an assignment": "n = 4\nn = 4 4",
    "an assignment in a block": "n = 4\nif True:\n    n = 4 4\n    print(n)",
    "an assignment of several lines": "n = 4\nn = (4\n    4 5)",
    "a definition": "def n(: pass",
    "a magic": "n = 4\nn = %env UNITS",
}


@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
def test_what_a_lost_line_binds_is_unknown(lost: str) -> None:
    program = f"{lost}\nfrom keras import *\nm = Sequential([Input((1,)), layers.Dense(n)])\n"
    assert "--set n=3" in " ".join(count(program, {})[1])
    assert count(program, {"n": 6})[0] == 12


def _notebook(*cells: str) -> bytes:
    """A notebook of these code cells."""
    code = [{"cell_type": "code", "source": cell} for cell in cells]
    return json.dumps({"nbformat": 4, "cells": code}).encode()


INDENTED = {
    "a function": "  def build(n):\n    \n    inputs = Input((4,))\n"
    "    return Model(inputs, layers.Dense(n)(inputs))\nm = build(3)",
    "statements": "    i = Input((4,))\n    m = Model(i, layers.Dense(3)(i))",
    "after empty lines": "\n \n\ti = Input((4,))\n\tm = Model(i, layers.Dense(3)(i))",
    "a text in it": '  i = Input((4,))\n  name = """\n  a\n"""\n'
    "  m = Model(i, layers.Dense(len(name))(i))",
}


@pytest.mark.parametrize("cell", INDENTED.values(), ids=INDENTED)
def test_a_cell_loses_the_indentation_of_its_first_line(cell: str) -> None:
    """As in IPython."""
    config = read_python(_notebook("from keras import Input, Model, layers", cell), name="a.ipynb")
    assert infer(config).total_params == 15
    assert not config.notes


def test_an_indented_file_is_not_python() -> None:
    with pytest.raises(LstmcountError, match="this is not Python 3"):
        read_python(b"  import keras\n  m = keras.Sequential()\n  m.add()\n")


BLANKS = {
    "a layer": "hidden = \nmodel = Sequential([Input((4,)), hidden, layers.Dense(2)])",
    "a tensor": "x = Input((4,))\nh = \nmodel = Model(x, layers.Dense(2)(h))",
    "a size": "n = \nmodel = Sequential([Input((4,)), layers.Dense(n)])",
    "a model in a loop": "parts = []\nfor i in range(2):\n    part = \n    parts.append(part)\n"
    "model = Sequential([Input((4,)), *parts])",
}


@pytest.mark.parametrize("code", BLANKS.values(), ids=BLANKS)
def test_a_blank_of_an_exercise_is_the_reason(code: str) -> None:
    program = f"from keras import Input, Model, Sequential, layers\n{code}\n"
    try:
        config = read_python(program.encode())
    except LstmcountError as error:
        said = [error.message]
    else:
        said = [*config.notes, *(each.unknown_because or "" for each in all_layers(config))]
    assert any("this line is not Python 3" in text for text in said)


RUNNING = {
    "a command on several lines": "!wget --no-check \\\n    http://x \\\n    -O y\n",
    "an argument of Python 3.6": "network.cuda(async=True)\n",
}


@pytest.mark.parametrize("first", RUNNING.values(), ids=RUNNING)
def test_a_cell_runs_as_in_jupyter(first: str) -> None:
    cell = f"{first}from keras import *\nm = Sequential([Input((1,)), layers.Dense(3)])"
    config = read_python(_notebook(cell), name="a.ipynb")
    assert infer(config).total_params == 6
    assert not config.notes


CHANGED = {
    "a layer is added": "model.add(layers.Dense(7, activation='relu')",
    "a list is filled": (
        "parts = [Input((4,))]\nparts.append(layers.Dense(7)\nmodel = Sequential(parts)"
    ),
    "in a block": "if True:\n    model.add(layers.Dense(7)\n    print(model)",
}


@pytest.mark.parametrize("code", CHANGED.values(), ids=CHANGED)
def test_what_a_lost_line_changes_is_unknown(code: str) -> None:
    before = "from keras import *\nmodel = Sequential([Input((4,)), layers.Dense(3)])"
    total, said, _ = count(f"{before}\n{code}\nmodel.summary()", {})
    assert total is None
    assert "this line is not Python 3" in " ".join(said)

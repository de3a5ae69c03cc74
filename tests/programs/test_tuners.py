"""Models that a program makes as functions of KerasTuner's hyperparameters."""

from __future__ import annotations

import random
from typing import Any

import pytest

from lstmcount.graph.inference import infer
from lstmcount.programs import read_python

from .tuners import SPACES

ROUNDS = 100  # random points of each space


def params(program: str, settings: dict[str, Any]) -> Any:
    return infer(read_python(program.encode(), settings=dict(settings))).total_params


@pytest.mark.parametrize("name", SPACES)
def test_at_the_defaults_and_at_other_values(name):
    space = SPACES[name]
    assert params(space.program, {}) == space.params
    for values, expected in space.others:
        assert params(space.program, values) == expected


@pytest.mark.oracle
@pytest.mark.parametrize("name", SPACES)
def test_as_keras_tuner_builds_it(name):
    keras_tuner = pytest.importorskip("keras_tuner")
    program = SPACES[name].program
    names: dict[str, Any] = {}
    made = program.replace("keras_tuner.engine.hyperparameters", "keras_tuner")
    exec(made.partition("\ntuner = ")[0], names)
    build = getattr(names["build_model"], "build", names["build_model"])
    chooser = random.Random(name)
    for _ in range(ROUNDS):
        values: dict[str, Any] = {}
        asked = True
        while asked:  # until no value of one asks for others
            given = keras_tuner.HyperParameters()
            given.values = dict(values)
            model = build(given)
            asked = [one for one in given.space if one.name not in values and given.is_active(one)]
            values |= {one.name: one.random_sample(chooser.randrange(10**9)) for one in asked}
        assert params(program, values) == model.count_params(), values


@pytest.fixture
def tuner(tmp_path):
    (tmp_path / "tuner.py").write_text(SPACES["sizes"].program)
    return tmp_path


@pytest.mark.parametrize("model", [[], ["--model", "build_model"], ["--model", "tuner"]])
def test_a_note_says_at_which_values(model, tuner, call):
    done = call("summary", "tuner.py", *model, cwd=tuner)
    said = "hyperparameters: units = 32, rate = 0.0, act = relu, lr = 0.0001; others with --set"
    assert said in done.stderr
    assert call("count", "tuner.py", *model, "--set", "units=96", cwd=tuner).stdout == "40417\n"


def test_the_best_are_not_known_before_a_search(tmp_path, call):
    (tmp_path / "tuner.py").write_text(SPACES["best of a search"].program)
    done = call("summary", "tuner.py", cwd=tmp_path)
    assert "the best hyperparameters are not known before a search; the model is" in done.stderr


UNKNOWN = """
import keras, keras_tuner, sys
LOW = int(sys.argv[1])
def build(hp):
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(hp.Int('my units', LOW, 99))])
"""


def test_a_default_that_is_not_known_is_asked_for_by_name(tmp_path, call):
    (tmp_path / "tuner.py").write_text(UNKNOWN)
    done = call("count", "tuner.py", cwd=tmp_path)
    words = "hp.Int('my units', LOW, 99)"
    assert f"needs `{words}`, which is not known" in done.stderr
    for name in (words, "my units"):
        assert call("count", "tuner.py", "--set", f"{name}=3", cwd=tmp_path).stdout == "15\n"

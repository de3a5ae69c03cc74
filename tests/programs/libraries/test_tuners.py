"""Models as functions of KerasTuner's hyperparameters."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from lstmcount.design import space
from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.programs import read_python
from lstmcount.sources import open_path
from tests.examples import examples
from tests.programs.libraries.tuners import HEAD, SPACES

POINTS = 2 * examples(50)  # random ones of each space: 1,000 in .ci/oracle


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
    for _ in range(POINTS):
        values: dict[str, Any] = {}
        asked = True
        while asked:  # until no value requires another hyperparameter
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
    said = "hyperparameters: units = 32, rate = 0.0, act = relu, lr = 0.0001; set others with --set"
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


def rows(*options, folder, call):
    done = call("sweep", "tuner.py", "--format", "jsonl", *options, cwd=folder)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def test_a_sweep_takes_the_programs_own_ranges(tmp_path, call):
    (tmp_path / "tuner.py").write_text(SPACES["conditional scopes"].program)
    found, _ = rows(folder=tmp_path, call=call)
    assert {(one["kind"], one["width"], one["filters"], one["params"]) for one in found} == {
        *[("mlp", n, None, 784 * n + n + 10 * n + 10) for n in (8, 16, 24, 32)],
        *[("cnn", None, n, 10 * n + 10 * n + 10) for n in (4, 8, 12, 16)],
    }
    assert len(found) == 8
    some, _ = rows("--set", "kind=cnn", "--where", "params > 200", folder=tmp_path, call=call)
    assert sorted(one["filters"] for one in some) == [12, 16]


def test_a_sample_of_trials_and_ranges_without_steps(tuner, call):
    options = ("--sample", "4", "--seed", "3")
    found, said = rows(*options, folder=tuner, call=call)
    assert said == "note: ranges without steps stay at lr = 0.0001\n"
    assert found == rows(*options, folder=tuner, call=call)[0]
    for one in found:
        values = {name: one[name] for name in ("units", "rate", "act")}
        assert params(SPACES["sizes"].program, values) == one["params"]


def test_a_hyperparameter_over_a_range_that_is_given(tuner, call):
    found, _ = rows("--set", "units=32..96:32", folder=tuner, call=call)
    assert [one["params"] for one in found] == [5281, 18753, 40417]


def test_more_trials_than_are_counted(tmp_path, call):
    program = SPACES["sizes"].program.replace("512, step=32", "999, step=1")
    (tmp_path / "tuner.py").write_text(program)
    done = call("sweep", "tuner.py", cwd=tmp_path)
    assert "more than 5,000 trials; hold some values (--set NAME=VALUE), or" in done.stderr
    (tmp_path / "tuner.py").write_text("import keras\nkeras.Sequential([keras.layers.Dense(1)])\n")
    assert "give a range to sweep over" in call("sweep", "tuner.py", cwd=tmp_path).stderr


LAYERS_OF_DEPTH = """
import keras
def build(hp):
    model = keras.Sequential([keras.Input((4,))])
    for k in range(hp.Int("depth", 1, 5)):
        model.add(keras.layers.Dense(hp.Int(f"units_{k}", 8, 64, step=8)))
    return model
"""
A_BRANCH = """
import keras
def build(hp):
    units = 2
    if hp.Choice("kind", ["wide", "plain"]) == "wide":
        units = hp.Int("left", 1, 4) + hp.Int("right", 1, 4)
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(units)])
"""


def test_many_trials_are_known_from_a_few(tmp_path, call, monkeypatch):
    (tmp_path / "t.py").write_text(LAYERS_OF_DEPTH)
    followed: list[Any] = []
    at = space.TrialSpace.at
    monkeypatch.setattr(space.TrialSpace, "at", lambda *a: followed.append(a) or at(*a))
    done = call("sweep", "t.py", "--model", "build", cwd=tmp_path)
    assert "more than 5,000 trials" in done.stderr
    assert len(followed) == 2 * space.FEW


def test_trials_of_branches_are_not_multiplied(tmp_path):
    (tmp_path / "t.py").write_text(A_BRANCH)
    source = open_path(tmp_path / "t.py")
    source.model = "build"
    trials = space.TrialSpace(source, {})
    assert len(list(trials.trials())) == 4 * 4 + 1
    assert 4 < trials.low_estimate() < 4 * 4 + 1


OWN_TUNER = """
import keras
import keras_tuner as kt
def build_model(hp):
    units = hp.Choice("units", [3, 6])
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense(units)])
class Own(kt.BayesianOptimization):
    rounds = 2
    def __init__(self, *args, tag="a", **kwargs):
        super().__init__(*args, **kwargs)
        self.tag = tag
    def run_trial(self, trial, *args, **kwargs):
        return super().run_trial(trial, *args, **kwargs)
tuner = Own(build_model, objective="val_loss", tag="b")
tuner.search([1], [2])
"""


@pytest.mark.parametrize(
    "line", ["", "model = tuner.hypermodel.build(tuner.get_best_hyperparameters()[0])\n"]
)
def test_a_tuner_of_the_program_s_own_class(line):
    assert params(f"{OWN_TUNER}{line}", {}) == 15
    assert params(f"{OWN_TUNER}{line}", {"units": 6}) == 30


def test_a_choice_between_unknown_values_is_unknown():
    program = OWN_TUNER.replace("[3, 6]", "load()").replace(
        "return keras", "rate = hp.Choice('rate', values=load())\n    return keras"
    )
    program = program.replace(
        "[keras.Input((4,)),", "[keras.Input((4,)), keras.layers.Dropout(rate),"
    )
    assert params(program, {"units": 6}) == 30


def test_a_hypermodel_of_keras_tuner_is_named():
    words = "kt.applications.HyperResNet(input_shape=(32, 32, 3), classes=9)"
    program = f"import keras_tuner as kt\ntuner = kt.Hyperband({words}, objective='loss')\n"
    with pytest.raises(LstmcountError) as caught:
        params(program, {})
    assert f"{words} builds a model that is KerasTuner's own" in str(caught.value)


GIVEN = """
given = kt.HyperParameters()
given.Int('units', 16, 32, step=8, default=24)
given.Fixed('depth', 2)
def build(hp):
    model = keras.Sequential([keras.Input((5,))])
    for _ in range(hp.Int('depth', 1, 4)):
        model.add(layers.Dense(hp.Int('units', 8, 64, step=8)))
    model.add(layers.Dense(hp.Int('head', 2, 6)))
    return model
tuner = kt.RandomSearch(build, 'val_loss', hyperparameters=given, tune_new_entries={})
model = tuner.hypermodel.build(tuner.oracle.hyperparameters)
"""


@pytest.mark.parametrize(("tunes", "trials"), [(False, 3), (True, 3 * 5)])
def test_hyperparameters_that_a_tuner_is_given(tunes, trials, tmp_path, call):
    (tmp_path / "t.py").write_text(HEAD + GIVEN.format(tunes))
    assert call("count", "t.py", cwd=tmp_path).stdout == "794\n"
    asked = ("sweep", "t.py", "--model", "tuner", "--format", "csv")
    assert len(call(*asked, cwd=tmp_path).stdout.splitlines()) == 1 + trials


def test_the_program_is_followed_once_for_each_trial_of_a_sample(tuner, monkeypatch):
    seen: list[dict[str, Any]] = []

    def reading(source, settings):
        seen.append(settings)
        return read(source, settings=settings)

    read = space.read
    monkeypatch.setattr(space, "read", reading)
    trials = space.TrialSpace(open_path(tuner / "tuner.py"), {"act": "tanh"}).sampled(5, seed=1)
    assert len({trial.space["units"].value for trial in trials}) > 1
    assert len(seen) == 6  # and once at the defaults
    assert all(settings["act"] == "tanh" for settings in seen)


def test_a_sample_of_trials_with_hyperparameters_that_others_exclude(tmp_path, call):
    (tmp_path / "t.py").write_text(
        "import keras\ndef build(hp):\n    if hp.Choice('kind', ['a', 'b']) == 'a':\n"
        "        n = hp.Int('first', 2, 5)\n    else:\n        n = hp.Int('second', 6, 9)\n"
        "    return keras.Sequential([keras.Input((3,)), keras.layers.Dense(n)])\n"
    )
    done = call(
        "sweep", "t.py", "--model", "build", "--sample", "12", "--format", "csv", cwd=tmp_path
    )
    assert done.returncode == 0
    rows = [line.split(",") for line in done.stdout.splitlines()]
    names = rows[0]
    for row in (dict(zip(names, values, strict=True)) for values in rows[1:]):
        units = row["first"] if row["kind"] == "a" else row["second"]
        assert int(row["params"]) == 4 * int(units)
    assert {row[0] for row in rows[1:]} == {"a", "b"}


ALLOWED = {  # by hyperparameter: values that are allowed, others, and the error
    "hp.Int('n', 8, 32, step=8)": ([8, 24], [9, 64, "x"], "one of 8, 16, 24, 32, and not"),
    "hp.Int('n', 1, 100)": ([1, 77, 100], [0, 101], "one of 1, 2, 3, 4, 5, 6, 7, 8, …, and not"),
    "hp.Choice('n', [8, 16])": ([8, 16], [9], "one of 8, 16, and not 9"),
    "int(hp.Choice('n', ['8', '16']))": ([8, "16"], [9], "one of 8, 16, and not 9"),
    "8 + hp.Boolean('n')": ([True, False], [2], "one of False, True, and not 2"),
    "int(hp.Float('n', 8, 32))": ([8, 10.5, 32.0], [7, 33.0], "a number from 8 to 32, and not"),
    "int(10 * hp.Float('n', 0.1, 0.5, step=0.1))": ([0.3, 0.1], [0.35], "one of 0.1, 0.2, 0.3"),
    "hp.Int('n', 8, count)": ([8, 99], [], ""),
    "hp.Int('n', 8, 32, default=64)": ([8], [64], "one of 8, 9"),
}
SIZED = """
import keras, keras_tuner
from elsewhere import count
def build(hp):
    return keras.Sequential([keras.Input((4,)), keras.layers.Dense({size})])
model = build(keras_tuner.HyperParameters())
"""


@pytest.mark.parametrize("size", ALLOWED)
def test_values_that_a_tuner_could_not_choose_are_refused(size):
    allowed, others, message = ALLOWED[size]
    for value in allowed:
        assert params(SIZED.format(size=size), {"n": value}) > 0
    for value in others:
        with pytest.raises(LstmcountError) as info:
            params(SIZED.format(size=size), {"n": value})
        assert f"the hyperparameter 'n' is {message}" in info.value.message


def test_a_default_is_one_of_the_choices():
    program = SIZED.format(size="hp.Choice('n', [8, 16], default={})")
    assert params(program.format(16), {}) == 80
    with pytest.raises(LstmcountError, match="'n' is one of 8, 16, and not 5"):
        params(program.format(5), {})

"""The published schema accepts what lstmcount accepts and refuses common mistakes."""

from __future__ import annotations

import json
import re
from typing import Any

import jsonschema
import pytest
import yaml

from lstmcount.budgets.syntax import Budget, LayerBudget, parse_budget
from lstmcount.readers.spec.schema import spec_schema
from tests.conftest import ROOT, Run


@pytest.fixture(scope="module")
def validator(run: Run) -> Any:
    schema = json.loads(run("schema").stdout)
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


@pytest.mark.parametrize("path", sorted((ROOT / "configs").glob("*.yaml")), ids=lambda p: p.stem)
def test_configs_are_valid(validator: Any, path: Any) -> None:
    validator.validate(yaml.safe_load(path.read_text()))


RIGHT = [
    "Flatten",
    {"LSTM": 64},
    {"LSTM": {"units": 64}, "name": "a", "inputs": ["x", "y[1]"]},
    {"class_name": "Dense", "units": 3},
    {"module": "keras.layers", "class_name": "Dense", "config": {"units": 3}},
    {"Bidirectional": {"layer": {"class_name": "LSTM", "config": {"units": 3}}}},
    {"Bidirectional": {"layer": {"LSTM": 64}, "merge_mode": None}},
    {"RNN": {"cell": [{"LSTMCell": 32}, {"GRUCell": 16}]}},
    {"repeat": 3, "layers": ["Flatten"]},
    {"model": "encoder.yaml"},
    {"call": "encoder", "inputs": "right"},
    {"Dense": {"units": 3, "input_shape": [5]}},
    {"Attention": {}, "inputs": {"inputs": ["q", "v"], "mask": ["m", None], "training": True}},
]
WRONG = [
    "LSTM",
    "Flaten",
    {"LSTM": {"unit": 64}},
    {"LSTM": {"units": 0}},
    {"LSTM": {"units": 1.5}},
    {"LSTM": "many"},
    {"Dense": {"units": 3, "activation": "rleu"}},
    {"Bidirectional": {"layer": {"LSTM": 64}, "merge_mode": "max"}},
    {"repeat": 3},
    {"call": "encoder", "input": "right"},
    {},
    3,
]


@pytest.mark.parametrize("entry", RIGHT, ids=str)
def test_the_schema_takes_a_right_layer(validator: Any, entry: Any) -> None:
    validator.validate({"input_shape": [5], "layers": [entry]})


@pytest.mark.parametrize("entry", WRONG, ids=str)
def test_the_schema_refuses_a_wrong_layer(validator: Any, entry: Any) -> None:
    assert not validator.is_valid({"input_shape": [5], "layers": [entry]})


@pytest.mark.parametrize("extra", [{"input_shap": [5]}, {"input_shape": ["5"]}, {"layers": []}])
def test_the_schema_refuses_a_wrong_key_of_the_model(validator: Any, extra: dict[str, Any]) -> None:
    assert not validator.is_valid({"layers": ["Flatten"], **extra})


def test_the_schema_is_small_and_repeats_nothing(run: Run) -> None:
    text = run("schema").stdout
    assert len(text.encode()) < 400_000
    schema = json.loads(text)
    assert set(re.findall(r'"#/\$defs/([^"]*)"', text)) == schema["$defs"].keys()


@pytest.mark.parametrize("given", [{}, {"variables": {"n": 3}}, {"custom_layers": {"Mine": {}}}])
def test_what_variables_and_declarations_allow(validator: Any, given: dict[str, Any]) -> None:
    """This also holds at depth: in a block, and in the layer of a wrapper."""

    def is_valid(layer: Any) -> bool:
        places = [layer, {"repeat": 2, "layers": [layer]}]
        if "custom_layers" not in given:  # where what stands inside may be a declared layer
            wrapped = {"TimeDistributed": {"layer": layer}}
            places += [wrapped, {"Bidirectional": {"layer": wrapped}}, {"TimeDistributed": wrapped}]
        specs = [{"input_shape": [5, 3], "layers": [place], **given} for place in places]
        found = {validator.is_valid(spec) for spec in specs}
        assert len(found) == 1, layer
        return found.pop()

    assert is_valid({"LSTM": 3})
    assert is_valid({"LSTM": {"units": 3, "name": "a", "dtype": "float16", "input_shape": [3]}})
    assert is_valid({"LSTM": "n"}) == bool(given)
    assert is_valid({"Conv1D": {"filters": "n", "kernel_size": ["2*n"]}}) == bool(given)
    assert is_valid({"Mine": 3}) == ("custom_layers" in given)
    assert not is_valid({"LSTM": {"units": 3, "unit": 3}})
    assert not is_valid({"LSTM": {"units": 3, "name": 3}})
    assert not is_valid({"LSTM": {"units": 3, "activation": "rleu"}})
    assert not is_valid({"LSTM": {"units": 3, "dtype": "float17"}})


def test_the_entries_for_schemastore() -> None:
    entries = json.loads((ROOT / "docs" / "schemastore.json").read_text())
    for entry in entries:
        assert list(entry) == ["name", "description", "fileMatch", "url"]
        assert entry["url"].startswith("https://www.schemastore.org/")


def test_expressions_only_with_variables(validator: Any) -> None:
    spec = {"input_shape": ["timesteps", 8], "layers": [{"LSTM": "2*units"}]}
    assert not validator.is_valid(spec)
    validator.validate({"variables": {"units": 64, "timesteps": 5}, **spec})
    assert not validator.is_valid({"variables": {"units": 64}, "layers": [{"LSTM": {"unit": 3}}]})


BUDGETS = [
    ({"max_params": "250k", "min_layers": 2, "exact_depth": 3, "message": "ask"}, True),
    ({"max_increase": "5% or 10k", "max_increase_macs": ["5%", 10_000]}, True),
    ({"layers": {"lstm*": {"max_params": 1, "optional": True, "message": "x"}}}, True),
    ({"max_parms": 1}, False),
    ({"max_params": -1}, False),
    ({"max_params": None}, False),
    ({"layers": {"lstm*": {"max_depth": 1}}}, False),
    ({"layers": {"lstm*": 3}}, False),
    ({"message": 3}, False),
]


@pytest.mark.parametrize(("budget", "right"), BUDGETS, ids=str)
def test_the_schema_judges_budgets_as_the_reader(validator: Any, budget: Any, right: bool) -> None:
    from lstmcount.errors import LstmcountError

    spec = {"input_shape": [5], "layers": ["Flatten"], "budget": budget}
    assert validator.is_valid(spec) is right
    try:
        parse_budget(budget)
    except LstmcountError:
        assert not right
    else:
        assert right


def test_declared_layers_may_stand_in_a_spec_that_declares_some() -> None:
    validator = jsonschema.Draft7Validator(spec_schema(Budget, LayerBudget))
    spec = {"layers": [{"AttentionPool": 3}, {"LSTM": 4}], "input_shape": [5, 3]}
    assert not validator.is_valid(spec)
    assert validator.is_valid({**spec, "custom_layers": {"AttentionPool": {}}})
    wrong = {**spec, "custom_layers": {}, "layers": [{"LSTM": {"unit": 4}}]}
    assert not validator.is_valid(wrong)

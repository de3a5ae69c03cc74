"""The published schema accepts what lstmcount accepts and refuses common mistakes."""

from __future__ import annotations

import json
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
def test_right(validator: Any, entry: Any) -> None:
    validator.validate({"input_shape": [5], "layers": [entry]})


@pytest.mark.parametrize("entry", WRONG, ids=str)
def test_wrong(validator: Any, entry: Any) -> None:
    assert not validator.is_valid({"input_shape": [5], "layers": [entry]})


@pytest.mark.parametrize("extra", [{"input_shap": [5]}, {"input_shape": ["5"]}, {"layers": []}])
def test_wrong_top(validator: Any, extra: dict[str, Any]) -> None:
    assert not validator.is_valid({"layers": ["Flatten"], **extra})


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
def test_budgets(validator: Any, budget: Any, right: bool) -> None:
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

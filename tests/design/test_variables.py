"""Variables in specs: values, settings, and all errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lstmcount import LstmcountError
from lstmcount.expressions.arithmetic import Expression
from lstmcount.graph.inference import infer
from lstmcount.sources import open_source, read
from tests.conftest import ROOT, Call

SPEC: dict[str, Any] = {
    "variables": {"units": 64, "features": 126, "wide": "2*units", "n": 2},
    "input_shape": [5, "features"],
    "layers": [
        {"repeat": "n", "layers": [{"LSTM": {"units": "units", "return_sequences": True}}]},
        {"LSTM": "wide"},
        {"Dense": 3},
    ],
    "budget": {"max_params": "10000*units"},
}


def params(spec: dict[str, Any] | str, **settings: Any) -> int:
    named = {name.replace("__", "."): value for name, value in settings.items()}
    return infer(read(open_source(spec), settings=named)).total_params


def test_values_and_settings() -> None:
    lstm = lambda features, units: 4 * units * (features + units + 1)  # noqa: E731
    head = lstm(64, 128) + (128 + 1) * 3
    assert params(SPEC) == lstm(126, 64) + lstm(64, 64) + head
    assert params(SPEC, n=1) == lstm(126, 64) + head
    assert params(SPEC, features=10) == lstm(10, 64) + lstm(64, 64) + head
    assert params(SPEC, lstm_2__units=5) == lstm(126, 64) + lstm(64, 64) + lstm(64, 5) + 18


def test_the_budget_may_name_variables() -> None:
    assert read(open_source(SPEC)).budget == {"max_params": 640_000}


WRONG = [
    (
        {"variables": {"units": "units + 1"}},
        "$.variables.units: the variable 'units' is defined by itself",
    ),
    ({"variables": {"a": "b", "b": 3}}, "$.variables.a: unknown variable 'b': it is defined below"),
    ({"variables": {"units": 64, "unused": 3}}, "the variable 'unused' is never used"),
    ({"variables": {"units": "many"}}, "$.variables.units: unknown variable 'many'"),
    ({"variables": {"units": True}}, "$.variables.units: expected a number, got True"),
    ({"variables": {"min": 3}}, "'min' cannot be the name of a variable"),
    ({"variables": {"a b": 3}}, "'a b' cannot be the name of a variable"),
    ({"variables": {"units": "9**9**9"}}, "$.variables.units: '9**9**9' is too large"),
    ({"variables": {"units": "1//0"}}, "'1//0' divides by zero"),
    ({"variables": {"units": 3}, "size": "unit"}, "unknown variable 'unit'. Did you mean units?"),
    ({"variables": {"units": 3}, "size": "units/2"}, "expected a whole number, 'units/2' is 1.5"),
    ({"variables": {"units": 3}, "size": "units - 3"}, "expected a positive integer, got 0"),
    ({"variables": {"units": 3}, "size": "units.real"}, "'units.real' is not allowed"),
    ({"variables": {"units": 3}, "size": "abs(units)"}, "'abs(units)' is not allowed"),
    ({"variables": {"units": 3}, "size": "units +"}, "not an expression: 'units +'"),
    ({"variables": 3}, "$.variables: expected variables such as units: 64"),
]


@pytest.mark.parametrize(("given", "words"), WRONG, ids=[words for _, words in WRONG])
def test_wrong_variables_are_errors(given: dict[str, Any], words: str) -> None:
    spec = {
        "variables": given["variables"],
        "input_shape": [4],
        "layers": [{"Dense": given.get("size", "units")}],
    }
    with pytest.raises(LstmcountError) as error:
        params(spec)
    assert words in str(error.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2*units + 1", 129),
        ("units // 3 % 5", 1),
        ("-units + 100", 36),
        ("min(units, 10, 20)", 10),
        ("max(units, 100) - 2**3", 92),
        ("round(units / 3)", 21),
        ("round(units * 0.5)", 32),
        ("(units + 1) * (units - 1)", 4095),
    ],
)
def test_an_expression_of_variables_has_its_value(text: str, value: int) -> None:
    assert Expression(text).value({"units": 64}) == value


def test_places_in_a_file(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    path.write_text("variables: {units: 3}\ninput_shape: [4]\nlayers:\n  - Dense: unit\n")
    done = call("summary", str(path))
    assert done.returncode == 2
    assert "model.yaml:4:12: $.layers[0].Dense" in done.stderr


def test_set_on_the_command_line(call: Call, tmp_path: Path) -> None:
    spec = "configs/variable_sizes.yaml"
    assert call("count", spec, "--set", "units=8").stdout == "6515\n"
    settings = tmp_path / "settings.yaml"
    settings.write_text("units: 8\n")
    assert call("count", spec, "--set-file", str(settings)).stdout == "6515\n"
    assert (
        call("count", spec, "--set-file", str(settings), "--set", "units=64").stdout == "181123\n"
    )
    model = str(ROOT / "tests/golden/models/sequential_dense/model.json")
    if Path(model).exists():
        assert call("count", model, "--set", "nothing.units=3").returncode == 2
    for given, words in {
        "unit=3": "Did you mean units?",
        "units": "expected NAME=VALUE",
        "lstm.unitz=3": "has no argument 'unitz'. Did you mean units?",
        "units=x": "unknown variable 'x'",
    }.items():
        done = call("count", spec, "--set", given)
        assert done.returncode == 2
        assert words in done.stderr

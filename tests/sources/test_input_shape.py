"""`--set input_shape=…` for a Sequential without an input shape."""

from __future__ import annotations

from typing import Any

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.graph.inference import infer
from lstmcount.sources import open_source, read


def _sequential(*more: Any) -> dict[str, Any]:
    dense = {"module": "keras.layers", "class_name": "Dense", "config": {"units": 3, "name": "d"}}
    config = {"name": "s", "layers": [*more, dense]}
    return {"module": "keras", "class_name": "Sequential", "config": config}


def _total(model: dict[str, Any], shape: Any) -> Any:
    source = open_source(model)
    return infer(read(source, settings={"input_shape": shape})).total_params


@pytest.mark.parametrize("shape", [[None, 5], [32, 5], [None, 7, 5]])
def test_the_model_is_built_with_the_setting(shape: list[Any]) -> None:
    assert _total(_sequential(), shape) == 5 * 3 + 3
    assert _total({"layers": [{"Dense": 3}]}, shape) == 5 * 3 + 3


@pytest.mark.parametrize("shape", [5, [5], [], ["a", 5], [None, 0], [None, -5], [True, 5]])
def test_an_invalid_input_shape_is_an_error(shape: Any) -> None:
    with pytest.raises(LstmcountError, match="input_shape: expected"):
        _total(_sequential(), shape)


def test_a_model_with_an_input_shape() -> None:
    given = {"class_name": "InputLayer", "config": {"batch_shape": [None, 4], "name": "i"}}
    with pytest.raises(LstmcountError, match="says its input_shape itself"):
        _total(_sequential({"module": "keras.layers", **given}), [None, 5])


def test_layers_inside_another_one_that_is_not_built() -> None:
    spec = {"layers": [{"Pipeline": {"layers": [{"Rescaling": 2.0}, {"Normalization": {}}]}}]}
    (note,) = summarize(spec).notes
    assert "the parameters of normalization (Normalization)" in note
    assert "--set 'input_shape=" in note

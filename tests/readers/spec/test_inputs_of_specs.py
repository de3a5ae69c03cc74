"""The places where a hand-written spec declares the inputs of its model."""

from __future__ import annotations

from typing import Any

import pytest

from lstmcount import LstmcountError, summarize

DENSE = {"units": 3}
READ: list[tuple[list[Any], int]] = [
    ([{"Dense": {**DENSE, "input_shape": [7]}}], 24),
    ([{"Dense": {**DENSE, "input_shape": 7}}], 24),
    ([{"Dense": {**DENSE, "input_dim": 7}}], 24),
    ([{"Dense": {**DENSE, "input_shape": None, "input_dim": 7}}, {"Dense": 1}], 28),
    ([{"Dense": {**DENSE, "input_dim": 7}}, {"Dense": {"units": 1, "input_shape": [9]}}], 28),
    ([{"Bidirectional": {"layer": {"LSTM": 2}, "input_shape": [5, 3]}}], 96),
    ([{"InputLayer": {"input_shape": [7]}}, {"Dense": 3}], 24),
    ([{"InputLayer": {"batch_input_shape": [2, 7]}}, {"Dense": 3}], 24),
    (
        [
            {"Input": [7], "name": "a"},
            {"Input": [2], "name": "b"},
            {"Concatenate": {}, "inputs": ["a", "b"]},
            {"Dense": DENSE},
        ],
        30,
    ),
    (
        [{"Embedding": {"input_dim": 5, "output_dim": 2, "input_shape": [4]}}, "Flatten"],
        10,
    ),
]


@pytest.mark.parametrize(("layers", "params"), READ, ids=str)
def test_a_spec_without_an_input_shape_is_read_where_layers_say_it(
    layers: list[Any], params: int
) -> None:
    summary = summarize({"layers": layers})
    assert summary.total_params == params
    assert all(layer.output_shape for layer in summary.layers)


def test_the_input_shape_of_a_layer_may_be_a_variable() -> None:
    spec = {
        "variables": {"features": 7},
        "layers": [{"Dense": {"units": 3, "input_shape": ["features"]}}],
    }
    assert summarize(spec).total_params == 24


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (
            {"layers": [{"Dense": {**DENSE, "input_shape": [-1]}}]},
            r"input_shape\[0\]: expected a number from",
        ),
        ({"layers": [{"Dense": {**DENSE, "batch_input_shape": [2, 7]}}]}, "no argument 'batch_in"),
        ({"layers": [{"Input": [7]}, {"Input": [7]}, "Flatten"]}, "an input stands after the inp"),
        ({"input_shape": [7], "layers": [{"Input": [7]}, "Flatten"]}, "an input stands after the"),
        ({"layers": ["Flatten", {"Input": [7]}]}, "an input stands after a layer"),
    ],
    ids=str,
)
def test_an_input_that_is_missing_or_wrong_is_an_error(spec: dict[str, Any], words: str) -> None:
    with pytest.raises(LstmcountError, match=words):
        summarize(spec)

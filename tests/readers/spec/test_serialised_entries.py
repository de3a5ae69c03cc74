"""Entries of a spec as `keras.saving.serialize_keras_object` writes a layer."""

from __future__ import annotations

from typing import Any

import pytest

from lstmcount import LstmcountError, summarize

LSTM = {"class_name": "LSTM", "config": {"units": 2, "return_sequences": True}}
SERIALISED = {"module": "keras.layers", **LSTM, "registered_name": None}
ALIKE: list[tuple[dict[str, Any], dict[str, Any]]] = [
    (LSTM, {"LSTM": {"units": 2, "return_sequences": True}}),
    (SERIALISED, {"LSTM": {"units": 2, "return_sequences": True}}),
    (
        {**SERIALISED, "build_config": {"input_shape": [None, 5, 3]}, "name": "a"},
        {"LSTM": {"units": 2, "return_sequences": True}, "name": "a"},
    ),
    (
        {"class_name": "Dense", "config": {"name": "head", "units": 4}, "name": "head"},
        {"Dense": {"units": 4}, "name": "head"},
    ),
    (
        {**SERIALISED, "shared_object_id": 140336721134864},
        {"LSTM": {"units": 2, "return_sequences": True}},
    ),
    (
        {"Bidirectional": {"layer": SERIALISED}},
        {"Bidirectional": {"layer": {"LSTM": {"units": 2, "return_sequences": True}}}},
    ),
    (
        {
            "class_name": "TimeDistributed",
            "config": {"layer": {"class_name": "Dense", "config": {"units": 2}}},
        },
        {"TimeDistributed": {"layer": {"Dense": 2}}},
    ),
    (
        {"RNN": {"cell": [{"class_name": "GRUCell", "config": {"units": 2}}, {"LSTMCell": 3}]}},
        {"RNN": {"cell": [{"GRUCell": 2}, {"LSTMCell": 3}]}},
    ),
]


def test_an_adapted_discretization() -> None:
    config = {"bin_boundaries": [0.0, 0.5], "num_bins": 32, "output_mode": "one_hot"}
    entry = {"class_name": "Discretization", "config": config}
    (layer,) = summarize({"input_shape": [1], "layers": [entry]}).layers
    assert layer.output_shape == (None, 3)
    with pytest.raises(LstmcountError, match="expected num_bins or bin_boundaries, got both"):
        summarize({"input_shape": [1], "layers": [{"Discretization": config}]})


@pytest.mark.parametrize(("serialised", "short"), ALIKE, ids=str)
def test_reads_as_the_short_form(serialised: dict[str, Any], short: dict[str, Any]) -> None:
    given, expected = (
        summarize({"input_shape": [5, 3], "layers": [entry]}) for entry in (serialised, short)
    )
    assert [(r.name, r.output_shape, r.params) for r in given.layers] == [
        (r.name, r.output_shape, r.params) for r in expected.layers
    ]
    assert given.total_params > 0


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ({"class_name": "LSTM", "config": {"unit": 2}}, r"layers\[0\].config.unit.*Did you mean"),
        ({"class_name": "LSTM", "config": {}}, r"layers\[0\].config: LSTM needs"),
        ({"class_name": "LSTM", "config": {"units": 2}, "dropout": 0.1}, "beside config"),
        ({"class_name": "LSTN", "config": {"units": 2}}, "unknown layer class"),
        ({"class_name": "LSTM", "config": {"name": "a", "units": 2}, "name": "b"}, "twice"),
    ],
    ids=str,
)
def test_errors_say_where(entry: dict[str, Any], words: str) -> None:
    with pytest.raises(LstmcountError, match=words):
        summarize({"input_shape": [5, 3], "layers": [entry]})

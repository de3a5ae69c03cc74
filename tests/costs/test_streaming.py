"""The states of recurrent layers, and what one more time step costs."""

from __future__ import annotations

from typing import Any

import pytest

from lstmcount.costs.totals import Costs, costs
from tests.conftest import built

SEQUENCES = {"return_sequences": True}
LAYERS: dict[str, tuple[dict[str, Any], list[int], int]] = {
    # the layer, what follows the time axis of its input, bytes of its states for one sample
    "SimpleRNN": ({"SimpleRNN": 12}, [80], 48),
    "LSTM": ({"LSTM": 12}, [80], 96),
    "GRU": ({"GRU": 12}, [80], 48),
    "Bidirectional": ({"Bidirectional": {"layer": {"LSTM": 12}}}, [80], 192),
    "RNN of a cell": ({"RNN": {"cell": {"LSTMCell": 12}}}, [80], 96),
    "RNN of stacked cells": (
        {"RNN": {"cell": [{"LSTMCell": 12}, {"GRUCell": 5}, {"SimpleRNNCell": 3}]}},
        [80],
        96 + 20 + 12,
    ),
    "ConvLSTM1D": ({"ConvLSTM1D": {"filters": 3, "kernel_size": 3}}, [9, 2], 2 * 7 * 3 * 4),
    "ConvLSTM2D": (
        {"ConvLSTM2D": {"filters": 3, "kernel_size": 2, "padding": "same"}},
        [4, 5, 2],
        2 * 20 * 3 * 4,
    ),
    "TimeDistributed": ({"TimeDistributed": {"layer": {"LSTM": 12}}}, [3, 80], 96),
    "float16": (
        {"LSTM": {"units": 12, "dtype": "float16", "recurrent_initializer": "zeros"}},
        [80],
        48,
    ),
    "mixed_float16": ({"LSTM": {"units": 12, "dtype": "mixed_float16"}}, [80], 96),
}


def of(spec: dict[str, Any], **options: Any) -> Costs:
    return costs(built(spec), **options)


def value(rows: Any, name: str) -> int | None:
    found: int | None = next(row.amount.value for row in rows if row.name == name)
    return found


@pytest.mark.parametrize(("layer", "step", "size"), LAYERS.values(), ids=LAYERS)
@pytest.mark.parametrize("timesteps", [7, None])
def test_the_states_of_a_batch_are_counted(
    layer: dict[str, Any], step: list[int], size: int, timesteps: int | None
) -> None:
    found = of({"input_shape": [timesteps, *step], "layers": [layer]}, batch=8)
    assert value(found.states, "States") == 8 * size
    assert value(found.states, "Traffic") == 2 * 8 * size


def test_a_layer_called_twice_has_its_states_once() -> None:
    spec = {
        "inputs": {"a": [5, 3], "b": [5, 3]},
        "layers": [
            {"LSTM": 4, "name": "lstm", "inputs": "a"},
            {"call": "lstm", "inputs": "b"},
        ],
    }
    assert value(of(spec).states, "States") == 2 * 4 * 4


ARTICLE = [
    {"LSTM": {"units": 64, **SEQUENCES}},
    {"LSTM": {"units": 128, **SEQUENCES}},
    {"LSTM": 64},
    {"Dense": 64},
]
LSTMS = 4 * 64 * (126 + 64) + 4 * 128 * (64 + 128) + 4 * 64 * (128 + 64)
STEPS: dict[str, tuple[list[Any], list[int | None], int | None]] = {
    "the head runs once": (ARTICLE, [5, 126], LSTMS),
    "any number of steps": (ARTICLE, [None, 126], LSTMS),
    "the head runs at every step": (
        [{"LSTM": {"units": 64, **SEQUENCES}}, {"Dense": 3}],
        [5, 126],
        4 * 64 * (126 + 64) + 64 * 3,
    ),
    "words": (
        [{"Embedding": {"input_dim": 100, "output_dim": 8}}, {"GRU": 4}],
        [20],
        3 * 4 * (8 + 4),
    ),
    "a Dense layer that reads all steps": ([{"LSTM": {"units": 4, **SEQUENCES}}, "Flatten",
                                            {"Dense": 3}], [5, 2], None),
    "attention, whose steps cost more and more": (
        [{"LSTM": {"units": 4, **SEQUENCES}}, {"MultiHeadAttention": {"num_heads": 1, "key_dim": 2},
                                               "inputs": ["lstm", "lstm"]}], [5, 2], None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("layers", "shape", "macs"), STEPS.values(), ids=STEPS)
def test_one_more_time_step(layers: list[Any], shape: list[int | None], macs: int | None) -> None:
    assert value(of({"input_shape": shape, "layers": layers}).step, "MACs") == macs


def test_a_model_without_recurrent_layers_has_neither() -> None:
    found = of({"input_shape": [5, 3], "layers": [{"Dense": 4}]})
    assert (found.step, found.states) == ((), ())


@pytest.mark.oracle
@pytest.mark.parametrize(("layer", "step", "size"), LAYERS.values(), ids=LAYERS)
def test_keras_creates_states_of_these_bytes(
    layer: dict[str, Any], step: list[int], size: int, call: Any, tmp_path: Any
) -> None:
    keras = pytest.importorskip("keras")
    import json

    ((class_name, arguments),) = layer.items()
    arguments = arguments if isinstance(arguments, dict) else {"units": arguments}
    arguments = {**arguments, "stateful": True}
    if "layer" in arguments:
        arguments = {"layer": {"LSTM": {"units": 12, "stateful": True}}}
    spec = {"batch_size": 8, "input_shape": [7, *step], "layers": [{class_name: arguments}]}
    (tmp_path / "spec.json").write_text(json.dumps(spec))
    converted = call("convert", str(tmp_path / "spec.json"), "--to", "keras-json")
    made = keras.models.model_from_json(converted.stdout).layers[-1]
    parts = [layer for layer in made._flatten_layers() if hasattr(layer, "reset_state")]
    parts = [part for part in parts if class_name != "Bidirectional" or part is not made]
    states = [s for part in parts for s in keras.tree.flatten(part.states)]
    assert sum(s.value.nbytes for s in states) == 8 * size


UNKNOWN = {"class_name": "Attend", "config": {}}
AFTER_UNKNOWN = {
    "class_name": "Sequential",
    "config": {
        "layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [None, 7, 80]}},
            UNKNOWN,
            {"class_name": "LSTM", "config": {"units": 12}},
        ]
    },
}


def test_states_of_an_unknown_layer_or_input_are_unknown() -> None:
    found = of(AFTER_UNKNOWN)
    assert (value(found.states, "States"), value(found.states, "Traffic")) == (None, None)
    assert value(found.step, "MACs") is None


def test_a_sequential_that_says_only_what_it_was_built_with() -> None:
    words = {"class_name": "Embedding", "config": {"input_dim": 100, "output_dim": 8}}
    layers = [words, {"class_name": "GRU", "config": {"units": 4}}]
    config = {"layers": layers, "build_input_shape": [None, 20]}
    found = of({"class_name": "Sequential", "config": config})
    assert value(found.step, "MACs") == 3 * 4 * (8 + 4)

"""Structures of tensors where a layer takes one tensor, and where it takes several."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.graph.builder import build_layer
from lstmcount.layers.registry import find
from lstmcount.shapes import public, shape_of
from tests.golden_layers import Case, cases, class_names, layer_config

STRUCTURES: dict[str, Callable[[Any], Any]] = {
    "a list of one": lambda tensor: [tensor],
    "a list of two": lambda tensor: [tensor, tensor],
    "a list in a list": lambda tensor: [[tensor]],
    "two in a list in a list": lambda tensor: [[tensor, tensor]],
    "a list with None": lambda tensor: [tensor, None],
    "a dict in a list": lambda tensor: [{"a": tensor}],
    "a dict": lambda tensor: {"a": tensor},
}


def _first(case: Case) -> Any:
    """The first tensor that the case's call is given."""
    given = (case.facts["inputs"]["args"] or [None])[0]
    while isinstance(given, list):
        given = given[0]
    return given


def _called(case: Case, structure: Callable[[Any], Any]) -> Any:
    """The output here; None where the layer refuses its input."""
    tensor = shape_of(_first(case)["shape"])
    config = layer_config(case.class_name, "layer", case.config)
    try:
        return public(build_layer(config).call([structure(tensor)], {}))
    except LstmcountError:
        return None


def _called_in_keras(case: Case, structure: Callable[[Any], Any]) -> Any:
    keras = pytest.importorskip("keras")
    tensor = _first(case)
    given = keras.Input(batch_shape=tensor["shape"], dtype=tensor["dtype"])
    try:
        layer = getattr(keras.layers, case.class_name).from_config(case.config)
    except (AttributeError, ImportError, LookupError, TypeError):
        pytest.skip("made of other arguments than its config says")
    try:
        output = layer(structure(given))
    except Exception:
        return None
    return keras.tree.map_structure(lambda each: each.shape, output)


CLASSES = sorted(set(class_names()) - {"InputLayer", "Lambda"})


def _few(class_name: str) -> list[Case]:
    return [case for case in cases(class_name) if "shape" in (_first(case) or ())][:3]


@pytest.mark.parametrize("class_name", CLASSES)
def test_one_tensor_is_no_structure(class_name: str) -> None:
    found = find(class_name)
    takes_structures = found is not None and found.takes_structures
    for case in _few(class_name):
        for structure in STRUCTURES.values():
            output = _called(case, structure)
            assert output is None or takes_structures


def test_the_message_names_layer_and_structure() -> None:
    layers = [
        {"name": "a", "LSTM": {"units": 2, "return_state": True}, "inputs": ["seq"]},
        {"name": "f", "Flatten": {}, "inputs": ["a"]},
    ]
    model = {"inputs": {"seq": [5, 4]}, "layers": layers, "outputs": ["f"]}
    with pytest.raises(LstmcountError, match=r"layer 'f' \(Flatten\): expected one tensor, got \["):
        summarize(model)


@pytest.mark.parametrize("class_name", ["LSTMCell", "GRUCell", "SimpleRNNCell"])
@pytest.mark.parametrize("by_name", [True, False])
def test_the_states_of_a_cell_are_in_a_list(class_name: str, by_name: bool) -> None:
    cell = build_layer(layer_config(class_name, "cell", {"units": 3}))
    states = {"h": (None, 3), "c": (None, 3)}
    with pytest.raises(LstmcountError, match=r"expected the states in a list, got \{"):
        cell.call(
            [(None, 4)] if by_name else [(None, 4), states], {"states": states} if by_name else {}
        )


@pytest.mark.parametrize(
    ("class_name", "arguments", "args", "kwargs"),
    [
        ("Softmax", {}, [[]], {}),
        ("Concatenate", {}, [{}], {}),
        ("LSTM", {"units": 3}, [(None, 5, 4)], {"mask": []}),
        ("LSTMCell", {"units": 3}, [(None, 4)], {"states": None}),
        ("GRUCell", {"units": 3}, [(None, 4), None], {}),
        ("StackedRNNCells", {"cells": []}, [(None, 4)], {}),
    ],
)
def test_no_tensor_where_keras_needs_one(
    class_name: str, arguments: dict[str, Any], args: list[Any], kwargs: dict[str, Any]
) -> None:
    layer = build_layer(layer_config(class_name, "layer", arguments))
    with pytest.raises(LstmcountError, match=r"expected a (tensor|mask), got|a call needs states"):
        layer.call(args, kwargs)


@pytest.mark.oracle
@pytest.mark.parametrize("class_name", CLASSES)
def test_what_a_structure_gives_is_what_keras_says(class_name: str) -> None:
    wrong = {}
    for case in _few(class_name):
        for name, structure in STRUCTURES.items():
            here = _called(case, structure)
            if here is not None and here != (there := _called_in_keras(case, structure)):
                wrong[name, case.facts["id"]] = (here, there)
    assert not wrong

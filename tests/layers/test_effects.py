"""The catalogue's statement about each argument holds when the argument takes another value."""

from __future__ import annotations

from typing import Any

import pytest

from lstmcount.layers import registry
from lstmcount.layers.making.effects import changes

# Class → arguments, the input's shape, and other values of arguments.
LAYERS: dict[str, tuple[dict[str, Any], tuple[int, ...], dict[str, Any]]] = {
    "LSTM": (
        {"units": 4},
        (1, 5, 3),
        {"units": 5, "use_bias": False, "return_sequences": True, "return_state": True,
         "dropout": 0.5, "go_backwards": True, "unit_forget_bias": False},
    ),
    "GRU": ({"units": 4}, (1, 5, 3), {"units": 5, "reset_after": False, "stateful": True}),
    "Dense": ({"units": 4}, (1, 3), {"units": 5, "use_bias": False, "activation": "relu"}),
    "Conv2D": (
        {"filters": 4, "kernel_size": 3},
        (1, 9, 9, 4),
        {"filters": 8, "kernel_size": 5, "strides": 2, "padding": "same", "groups": 2,
         "use_bias": False, "activation": "relu"},
    ),
    "BatchNormalization": ({}, (1, 3), {"center": False, "scale": False, "momentum": 0.5}),
    "Embedding": (
        {"input_dim": 10, "output_dim": 4}, (1, 5), {"input_dim": 11, "output_dim": 5,
         "mask_zero": True},
    ),
    "MaxPooling2D": ({}, (1, 9, 9, 2), {"pool_size": 3, "strides": 1, "padding": "same"}),
    "Reshape": ({"target_shape": (6,)}, (1, 2, 3), {"target_shape": (3, 2)}),
    "StringLookup": (
        {"vocabulary": ["a", "b"], "output_mode": "one_hot"},
        (1, 3),
        {"vocabulary": ["a"], "num_oov_indices": 2, "salt": 1, "encoding": "latin-1"},
    ),
    "Dropout": ({"rate": 0.5}, (1, 3), {"rate": 0.1, "seed": 1}),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYERS)
def test_what_an_argument_changes(name: str) -> None:
    arguments, shape, others = LAYERS[name]
    cls = registry.find(name)
    assert cls is not None

    def effects(**given: Any) -> dict[str, Any]:
        layer = cls(**{**arguments, **given})
        weights = [(weight.name, weight.shape) for weight in layer.weights(shape)]
        return {"weights": weights, "shape": layer.output_shape(shape)}

    before = effects()
    for argument, value in others.items():
        after = effects(**{argument: value})
        changed = [word for word in before if before[word] != after[word]]
        assert changes(cls)[argument] == changed, argument


def test_source_files_are_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("linecache.getlines", lambda *_: [])
    cls = registry.find("LSTM")
    assert cls is not None
    assert changes(cls)["units"] == ["weights", "shape"]


def test_every_layer_of_keras_tells_it() -> None:
    for name in registry.class_names():
        cls = registry.find(name)
        assert cls is not None
        assert {word for words in changes(cls).values() for word in words} <= {"weights", "shape"}

"""`to_json()` of Keras 0.x: flat layers, each with its class under "name"."""

from __future__ import annotations

from typing import Any

from lstmcount.layers import registry
from lstmcount.readers.keras.graph import as_functional, is_graph
from lstmcount.readers.keras.legacy import RENAMED

_CONTAINERS = ("Sequential", "Graph")
_KINDS = ("Convolution", "MaxPooling", "AveragePooling", "UpSampling", "ZeroPadding")
_IMAGES = [f"{kind}{rank}D" for kind in _KINDS for rank in (2, 3)]
_OTHERS = ("LambdaMerge", "Siamese", "SiameseHead", "AutoEncoder")
_HALVES = ("encoder_config", "decoder_config")


def is_keras_zero(data: Any) -> bool:
    """Whether `data` is a container of Keras 0.x.

    >>> is_keras_zero({"name": "Sequential", "layers": [{"name": "Flatten"}]})
    True
    >>> is_keras_zero({"name": "Sequential", "layers": [{"name": "out", "Dense": 3}]})
    False
    """
    if not isinstance(data, dict) or data.get("name") not in _CONTAINERS or "config" in data:
        return False
    entries = data.get("layers", data.get("nodes"))
    if isinstance(entries, dict):
        entries = list(entries.values())
    return isinstance(entries, list) and bool(entries) and all(map(_is_layer, entries))


def _is_layer(entry: Any) -> bool:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        return False
    name = entry["name"]
    known = name in RENAMED or name in _OTHERS or registry.find(name) is not None
    return (known or is_keras_zero(entry)) and "class_name" not in entry


def as_keras_one(data: dict[str, Any]) -> dict[str, Any]:
    """The model in Keras 1's format."""
    if is_graph(data):
        return as_functional(data, _layer)
    return {"class_name": "Sequential", "config": [_layer(entry) for entry in data["layers"]]}


def _layer(entry: dict[str, Any]) -> dict[str, Any]:
    """A layer of Keras 0.x in the form of Keras 1."""
    if is_keras_zero(entry):
        return as_keras_one(entry)
    if entry["name"] == "AutoEncoder" and entry.get("output_reconstruction"):
        return {"class_name": "Sequential", "config": [_layer(entry[half]) for half in _HALVES]}
    config = {key: value for key, value in entry.items() if key != "name"}
    name = config.pop("custom_name", None)
    if name is not None and name != entry["name"].lower():
        config["name"] = name
    if entry["name"] in _IMAGES:
        config.setdefault("dim_ordering", "th")
    shape = config.pop("input_shape", None)
    if isinstance(shape, list) and "batch_input_shape" not in config:
        config["batch_input_shape"] = [None, *shape]
    elif "batch_input_shape" not in config and isinstance(config.get("input_dim"), int):
        config.setdefault("batch_input_shape", _of_dim(entry))
    if isinstance(config.get("layers"), list):
        config["layers"] = [_layer(each) for each in config["layers"]]
    if isinstance(config.get("layer"), dict):
        config["layer"] = _layer(config["layer"])
    return {"class_name": entry["name"], "config": config}


def _of_dim(entry: dict[str, Any]) -> list[int | None]:
    """The input shape that `input_dim` (and `input_length`) give."""
    length = entry.get("input_length")
    if entry["name"] == "Embedding":
        return [None, length]
    if "input_length" in entry:
        return [None, length, entry["input_dim"]]
    return [None, entry["input_dim"]]

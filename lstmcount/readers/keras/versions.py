"""Detect the Keras version of a config by its format."""

from __future__ import annotations

from typing import Any


def names_modules(data: dict[str, Any]) -> bool:
    """Whether objects have their module, as in Keras 3 and the .keras format."""
    if "module" in data:
        return True
    entries = _entries(data)
    return isinstance(entries, list) and any(isinstance(e, dict) and "module" in e for e in entries)


def is_keras_2(data: dict[str, Any], modules: bool) -> bool:
    """Whether Keras 2 or older wrote it: 2.13 to 2.15 name modules, HDF5 files of Keras 3 do not.

    >>> entry = {"class_name": "InputLayer", "config": {"batch_input_shape": [None, 4]}}
    >>> is_keras_2({"class_name": "Sequential", "config": [entry]}, True)
    True
    """
    entries = _entries(data)
    for entry in entries if isinstance(entries, list) else ():
        config = entry.get("config") if isinstance(entry, dict) else None
        if isinstance(config, dict) and "batch_input_shape" in config:
            return True
        if isinstance(config, dict) and "batch_shape" in config:
            return False
        break
    return not modules


def _entries(data: dict[str, Any]) -> Any:
    config = data.get("config")
    return config.get("layers") if isinstance(config, dict) else config

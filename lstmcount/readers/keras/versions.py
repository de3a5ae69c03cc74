"""Which Keras wrote a config, from how it says things."""

from __future__ import annotations

from typing import Any


def names_modules(data: dict[str, Any]) -> bool:
    """Keras 3 (and the .keras format) says of each object which module it is from."""
    if "module" in data:
        return True
    entries = _entries(data)
    return isinstance(entries, list) and any(isinstance(e, dict) and "module" in e for e in entries)


def is_keras_2(data: dict[str, Any], modules: bool) -> bool:
    """Whether it was Keras 2 or older: 2.13 to 2.15 name modules, and HDF5 of Keras 3 does not.

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

"""Walks over nested lists and dicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def leaves(value: Any) -> list[Any]:
    """What is no list or dict itself, in Keras's order: lists as they stand, dicts by sorted key.

    >>> leaves([1, {"b": (2, 3), "a": [None]}]), leaves("x")
    ([1, None, (2, 3)], ['x'])
    """
    found: list[Any] = []
    _collect(value, found)
    return found


def _collect(value: Any, found: list[Any]) -> None:
    if isinstance(value, list):
        for item in value:
            _collect(item, found)
    elif isinstance(value, dict):
        for key in sorted(value, key=str):
            _collect(value[key], found)
    else:
        found.append(value)


def mapped(change: Callable[[Any], Any], value: Any) -> Any:
    """The same lists and dicts with each leaf changed.

    >>> mapped(len, [(1, 2), {"a": "xyz"}])
    [2, {'a': 3}]
    """
    if isinstance(value, list):
        return [mapped(change, item) for item in value]
    if isinstance(value, dict):
        return {key: mapped(change, item) for key, item in value.items()}
    return change(value)

"""Walks over nested lists and dicts, in which a constant tensor is one leaf."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def leaves(value: Any) -> list[Any]:
    """The leaves in Keras's order: lists as they stand, dicts by sorted key.

    >>> leaves([1, {"b": (2, 3), "a": [None]}]), leaves("x")
    ([1, None, (2, 3)], ['x'])
    """
    collected: list[Any] = []
    _collect(value, collected)
    return collected


def _collect(value: Any, collected: list[Any]) -> None:
    if isinstance(value, list):
        for item in value:
            _collect(item, collected)
    elif isinstance(value, dict) and not is_constant(value):
        for key in sorted(value, key=str):
            _collect(value[key], collected)
    else:
        collected.append(value)


def mapped(change: Callable[[Any], Any], value: Any) -> Any:
    """The same lists and dicts with each leaf changed.

    >>> mapped(len, [(1, 2), {"a": "xyz"}])
    [2, {'a': 3}]
    """
    if isinstance(value, list):
        return [mapped(change, item) for item in value]
    if isinstance(value, dict) and not is_constant(value):
        return {key: mapped(change, item) for key, item in value.items()}
    return change(value)


def refilled(value: Any, kind: type, others: Iterator[Any]) -> Any:
    """The same lists and dicts with `others` in the places of its leaves of that kind.

    >>> refilled([(1, 2), {"b": (3,), "a": None, "c": (4,)}], tuple, iter("xyz"))
    ['x', {'b': 'y', 'a': None, 'c': 'z'}]
    """
    if isinstance(value, list):
        return [refilled(item, kind, others) for item in value]
    if isinstance(value, dict) and not is_constant(value):
        by_key = {key: refilled(value[key], kind, others) for key in sorted(value, key=str)}
        return {key: by_key[key] for key in value}
    return next(others) if isinstance(value, kind) else value


CONSTANTS = ("__numpy__", "__tensor__")  # class names that Keras gives arrays and tensors


def is_constant(value: Any) -> bool:
    """Whether a value is an array or a tensor as Keras serialises it, with its numbers.

    >>> is_constant({"class_name": "__tensor__", "config": {"value": [1.0], "dtype": "float32"}})
    True
    """
    return (
        isinstance(value, dict)
        and value.get("class_name") in CONSTANTS
        and isinstance(value.get("config"), dict)
    )


def nested_shape(value: Any) -> tuple[int, ...]:
    """Lengths of nested lists; () for a number.

    >>> nested_shape([[1, 2, 3]])
    (1, 3)
    """
    shape = []
    while isinstance(value, list):
        shape.append(len(value))
        value = value[0] if value else None
    return tuple(shape)


def plain(value: Any) -> Any:
    """Unwrap the tuples and arrays in an argument as Keras serialises it."""
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        if value.get("class_name") == "__tuple__":
            return plain(value.get("items") or [])
        if value.get("class_name") in CONSTANTS:
            return (value.get("config") or {}).get("value")
    return value

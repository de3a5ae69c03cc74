"""The methods of `collections.deque` that lists lack; a deque is followed as a list."""

from __future__ import annotations

from typing import Any


def pop_left(values: list[Any]) -> Any:
    return values.pop(0)


def rotate(values: list[Any], steps: int = 1) -> None:
    """
    >>> values = [1, 2, 3]
    >>> rotate(values)
    >>> values
    [3, 1, 2]
    """
    at = -steps % len(values) if values else 0
    values[:] = values[at:] + values[:at]

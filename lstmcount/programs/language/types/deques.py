"""The methods of `collections.deque` that lists lack; a deque is followed as a list."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from lstmcount.programs.language.types.text_methods import Handler


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


class Deque(list[Any]):
    """A deque. Where its length is limited, what is added at one end pushes out what is last."""

    def __init__(self, elements: Iterable[Any], maxlen: int | None = None) -> None:
        super().__init__(elements)
        self.maxlen = maxlen
        self.cut(at_left=True)

    def __copy__(self) -> Deque:
        return Deque(self, self.maxlen)

    def cut(self, *, at_left: bool) -> None:
        if self.maxlen is None:
            return
        if at_left:
            del self[: max(len(self) - self.maxlen, 0)]
        else:
            del self[self.maxlen :]


def limited(method: Handler, *, at_left: bool) -> Handler:
    """The method of a list, for a deque of limited length."""

    def function(run: Any, value: Deque, args: Any, kwargs: Any, node: ast.AST) -> Any:
        result = method(run, value, args, kwargs, node)
        value.cut(at_left=at_left)
        return result

    return function

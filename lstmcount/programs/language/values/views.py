"""Views of dicts: `keys()`, `items()` and `values()`, which show later changes of the dict."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from lstmcount.programs.language.run import Run, UnknownRest
from lstmcount.programs.language.values.elements import items
from lstmcount.programs.language.values.operators import binary, compare, hashed
from lstmcount.programs.language.values.value import Value, inner_of
from lstmcount.shapes import Unknown

_OF_SETS = (ast.BitAnd, ast.BitOr, ast.BitXor, ast.Sub)


class View(Value):
    """A view of a dict. Operators take it as a set."""

    __slots__ = ("parts", "viewed")
    defines_equality = True

    def __init__(self, viewed: dict[Any, Any], parts: Iterable[Any]) -> None:
        self.viewed = viewed
        self.parts = parts

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        if run.is_open(self.viewed):
            return None
        run.spend(len(self.viewed), node)
        return list(self.parts)

    def rounds(self, run: Run, node: ast.AST) -> Iterator[Any] | None:
        return None if run.is_open(self.viewed) else self._rounds(run)

    def _rounds(self, run: Run) -> Iterator[Any]:
        try:
            yield from self.parts
        except RuntimeError as error:  # the loop has added or removed an entry
            run.fail(error)
            raise UnknownRest from None

    def truth(self, run: Run) -> Any:
        return bool(self.viewed)

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        """An element by its index, as in Python 2."""
        elements = self.elements(run, node)
        if (
            elements is None
            or not isinstance(key, int)
            or not -len(elements) <= key < len(elements)
        ):
            return super().item(run, key, node)
        return elements[key]

    def binary(self, run: Run, op: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
        if op not in _OF_SETS or run.is_open(self.viewed):
            return NotImplemented
        return binary(run, op, _as_set(run, left, node), _as_set(run, right, node), node)

    def compare(self, run: Run, op: type[ast.cmpop], left: Any, right: Any, node: ast.AST) -> Any:
        if run.is_open(self.viewed):
            return Unknown(run.source_of(node))
        return compare(run, op, _as_set(run, left, node), _as_set(run, right, node), node)


def _as_set(run: Run, value: Any, node: ast.AST) -> Any:
    elements = items(run, value, node) if isinstance(value, View) else None
    return value if elements is None else hashed(run, elements, node)


def as_plain(run: Run, values: list[Any], node: ast.AST) -> list[Any]:
    """The values for a library: views, and objects that derive from Python's types, are plain.

    Keras 2 takes a view of tensors as a list.
    """
    return [
        Unknown(run.spoiled[id(value)])
        if run.is_open(value)
        else (items(run, value, node) if isinstance(value, View) else inner_of(value))
        for value in values
    ]


def view(of: Callable[[dict[Any, Any]], Iterable[Any]]) -> Any:
    """The method that returns such a view; in Python 2, it returns a list."""

    def method(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
        viewed = View(value, of(value))
        return viewed.elements(run, node) if run.is_python2 else viewed

    return method

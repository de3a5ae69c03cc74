"""Order elements by a key function of the program: `sorted`, `list.sort`, `min` and `max`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.programs.language.structures import first_unknown
from lstmcount.programs.language.values.operators import compare, truth_of
from lstmcount.programs.language.values.unknown_elements import one_from, some_of
from lstmcount.programs.language.values.value import Value, inner_of


def ordered(run: Run, values: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`sorted(values, key=…, reverse=…)`; an unknown if the order is unknown."""
    reverse = truth_of(run, kwargs.get("reverse", False))
    keys = _keys(run, values, kwargs, node)
    unknown = first_unknown([reverse, keys])
    if unknown is not None:
        return some_of(run, values, unknown, run.source_of(node))
    run.spend(len(values), node)
    order = sorted(range(len(values)), key=keys.__getitem__, reverse=reverse)
    return [values[i] for i in order]


def extreme(
    run: Run,
    choose: Callable[..., int],
    values: list[Any],
    kwargs: dict[str, Any],
    node: ast.AST,
) -> Any:
    """The first value with the least or greatest key; `choose` is `min` or `max`."""
    if not values and "default" in kwargs:
        return kwargs["default"]
    keys = _keys(run, values, kwargs, node)
    if (unknown := first_unknown(keys)) is not None:
        return first_unknown(values) or one_from(run, values, unknown, run.source_of(node))
    return values[choose(range(len(values)), key=keys.__getitem__)]


def _keys(run: Run, values: list[Any], kwargs: dict[str, Any], node: ast.AST) -> list[Any]:
    """The sort keys of the values."""
    key = kwargs.get("key")
    keys = values if key is None else [run.call(key, [value], {}, node) for value in values]
    keys = [inner_of(key) for key in keys]
    run.weigh(node, keys)
    return [_Comparable(run, key, node) if isinstance(key, Value) else key for key in keys]


class _Comparable:
    """A value that the program's own `<` orders."""

    __slots__ = ("node", "run", "value")

    def __init__(self, run: Run, value: Value, node: ast.AST) -> None:
        self.run, self.value, self.node = run, value, node

    def __lt__(self, other: Any) -> bool:
        other = other.value if isinstance(other, _Comparable) else other
        truth = compare(self.run, ast.Lt, self.value, other, self.node)
        if not isinstance(truth, bool):
            raise TypeError("which of these is less is not known")
        return truth

    def __gt__(self, other: Any) -> bool:
        truth = compare(self.run, ast.Gt, self.value, other.value, self.node)
        return truth if isinstance(truth, bool) else other < self

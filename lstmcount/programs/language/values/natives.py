"""Register the reader's own functions in tables.

A name of a program is only looked up in one of these tables. Each function is bound to its name
when it is registered, so it stays the same function under whatever name a program calls it.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.provided import Native, Raw
from lstmcount.programs.language.values.unknowns import (
    UnknownChanged,
    UnknownJoined,
    UnknownRepetition,
    part_of,
)
from lstmcount.shapes import Unknown


def provides(table: dict[str, Any], *names: str) -> Callable[[Raw], Raw]:
    """Register a function under its names."""

    def register(function: Raw) -> Raw:
        for name in names:
            table[name] = Native(name, function, raw=True)
        return function

    return register


def arguments_by_name(
    names: Iterable[str], args: Iterable[Any], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """The arguments of a call by name; `names` are those of the positional ones, in order.

    >>> arguments_by_name(("x", "axis"), [1], {"dtype": "int32"})
    {'x': 1, 'dtype': 'int32'}
    """
    return {**dict(zip(names, args, strict=False)), **kwargs}


def unknown_call(run: Run, args: list[Any], node: ast.AST, name: str) -> Any:
    """The unknown result of a call: `len(vocab)`, or the whole call's source text."""
    if len(args) == 1 and isinstance(args[0], UnknownRepetition | UnknownJoined | UnknownChanged):
        return part_of(run, args[0])
    if len(args) == 1 and isinstance(args[0], Unknown):
        return run.unknown(f"{name}({args[0]})")
    return run.unknown(run.source_of(node))


def unknown(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """The handler of functions that are not followed: their results are unknown."""
    return run.unknown(run.source_of(node))

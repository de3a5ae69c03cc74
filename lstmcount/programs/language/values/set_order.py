"""The order of a set's elements, which Python does not promise: texts have another in each run."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.shapes import Unknown

_NUMBERS = (bool, int, float)  # CPython orders these in the same way in each run


def in_some_order(run: Run, elements: Iterable[Any], node: ast.AST) -> list[Any]:
    """The elements of a set as a list.

    The program is followed with the sorted elements, and the other way round: if its numbers
    depend on the order, they are not known.
    """
    listed = list(elements)
    if len(listed) < 2 or all(type(element) in _NUMBERS for element in listed):
        return listed
    run.weigh(node, listed)
    listed.sort(key=_key)
    at = getattr(node, "iter", node)
    words = run.source_of(_set_in(at))
    text = f"list({words}) == sorted({words})"
    return listed if run.decide(Unknown(text), at, text, True) else listed[::-1]


def _set_in(node: ast.AST) -> ast.AST:
    """The expression whose elements are taken: `names` in `list(names)` and `names.pop()`."""
    match node:
        case ast.Call(func=ast.Name(id="set" | "frozenset")):
            return node
        case ast.Call(func=ast.Name(), args=[argument]):
            return argument
        case ast.Call(func=ast.Attribute(value=owner, attr="pop")):
            return owner
    return node


def _key(element: Any) -> tuple[str, str]:
    return type(element).__name__, repr(element)

"""The names that a function binds, which are its own even before it binds them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

from lstmcount.programs.language.flow import FUNCTIONS


@lru_cache(4096)
def bound_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    """The names that statements of a function bind, without its parameters.

    >>> sorted(bound_names(ast.parse("def f(a):\\n global b\\n b = c, d = a").body[0]))
    ['c', 'd']
    """
    return names_bound_by(tuple(function.body))


def names_bound_by(statements: tuple[ast.stmt, ...]) -> frozenset[str]:
    """The names that statements bind in the function or module in which they stand."""
    bound: set[str] = set()
    outer: set[str] = set()
    todo: list[ast.stmt] = list(statements)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Global | ast.Nonlocal):
            outer.update(node.names)
            continue
        bound.update(_bound(node))
        if isinstance(node, FUNCTIONS):
            continue
        todo += getattr(node, "body", ())
        todo += getattr(node, "orelse", ())
        todo += getattr(node, "finalbody", ())
        for handler in getattr(node, "handlers", ()):
            todo += handler.body
        for case in getattr(node, "cases", ()):
            todo += case.body
    return frozenset(bound - outer)


def _bound(node: ast.stmt) -> Iterator[str]:
    """The names that one statement binds, without those of the statements in its bodies."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0]
    for handler in getattr(node, "handlers", ()):
        if handler.name:
            yield handler.name
    for item in getattr(node, "items", ()):
        if item.optional_vars is not None:
            yield from _targets(item.optional_vars)
    for target in getattr(node, "targets", ()):
        yield from _targets(target)
    if isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For | ast.AsyncFor):
        yield from _targets(node.target)


def _targets(target: ast.expr) -> Iterator[str]:
    if isinstance(target, ast.Name):
        yield target.id
    elif isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from _targets(element)
    elif isinstance(target, ast.Starred):
        yield from _targets(target.value)

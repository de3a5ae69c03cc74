"""Calls that give another value each time, as `input()`: `input()#1`, `input()#2`."""

from __future__ import annotations

import ast
from functools import lru_cache

_FUNCTIONS = frozenset({"input", "next", "randint", "randrange", "raw_input"})
_METHODS = frozenset({  # of random, NumPy, queues, lists and files
    "choice", "choices", "draw", "fetch", "fetchone", "gauss", "get_next", "get_nowait",
    "integers", "next", "next_batch", "normal", "poll", "pop", "popitem", "popleft", "rand",
    "randint", "randn", "random", "randrange", "read", "readline", "receive", "recv", "roll",
    "sample", "take", "uniform",
})  # fmt: skip
# What a function without arguments is named that gives the same each time.
_LASTING = ("build", "count", "create", "get", "has", "is_", "load", "make", "num_", "parse")


def is_drawing(node: ast.Call) -> bool:
    """Whether a call is likely to give another value each time, by the name of its function.

    `next(iter(x))` takes the first element of `x` each time.
    """
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr in _METHODS
    if not isinstance(function, ast.Name):
        return False
    if not (node.args or node.keywords):
        return function.id[:1].islower() and not function.id.startswith(_LASTING)
    is_of_new = any(isinstance(argument, ast.Call) for argument in node.args)
    return function.id in _FUNCTIONS and not is_of_new


@lru_cache(4096)  # the program is followed several times
def drawing_in(node: ast.AST) -> tuple[str, ...]:
    """The texts of such calls in an expression."""
    calls = ast.walk(node) if isinstance(node, ast.expr) else ()
    return tuple([ast.unparse(c) for c in calls if isinstance(c, ast.Call) and is_drawing(c)])

"""Number the results of calls that give another value each time: `input()`, then `input()#2`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.statements.own_words import values_of_names
from lstmcount.shapes import Unknown

_FUNCTIONS = frozenset({"input", "next", "randint", "randrange", "raw_input"})
_METHODS = frozenset({  # of random, NumPy, queues, lists and files
    "choice", "choices", "gauss", "get_nowait", "integers", "next", "normal", "pop", "popitem",
    "popleft", "rand", "randint", "randn", "random", "randrange", "read", "readline", "sample",
    "uniform",
})  # fmt: skip


def is_drawing(node: ast.Call) -> bool:
    """Whether a call is likely to give another value each time, by the name of its function.

    `next(iter(x))` takes the first element of `x` each time.
    """
    function = node.func
    if isinstance(function, ast.Attribute):
        return function.attr in _METHODS
    is_of_new = any(isinstance(argument, ast.Call) for argument in node.args)
    return isinstance(function, ast.Name) and function.id in _FUNCTIONS and not is_of_new


def drawn(
    run: Run, node: ast.Call, scope: Scope, call: Callable[[Run, ast.Call, Scope], Any]
) -> Any:
    """The result of such a call. Unknown ones have a number, beside the first."""
    words, values = run.source_of(node, scope), values_of_names(run, node, scope)
    number = run.drawn.get((words, values), 0) + 1
    if number > 1 and (words in run.settings or f"{words}#{number}" in run.settings):
        return _numbered(run, words, values, number)
    result = call(run, node, scope)
    if words in run.settings:
        run.drawn[words, values] = number
    if not isinstance(result, Unknown) or result.text is None:
        return result
    number = run.drawn.get((result.text, values), 0) + 1
    run.drawn[result.text, values] = number
    return result if number == 1 else _numbered(run, result.text, values, number)


def is_of_drawn(run: Run, unknown: Unknown) -> bool:
    """Whether an unknown is made of one that is another each time."""
    return any(words in (unknown.text or "") for words, _ in run.drawn)


def _numbered(run: Run, words: str, values: tuple[Any, ...], number: int) -> Any:
    run.drawn[words, values] = number
    run.told_apart.add(f"{words}#{number}")
    return run.unknown(f"{words}#{number}")

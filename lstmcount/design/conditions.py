"""Conditions on the points of a sweep: `params < 1_000_000 and units % 16 == 0`."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.expressions.arithmetic import COMPARISONS, Expression


class Condition:
    """Comparisons of expressions, combined by `and`, `or` and `not`.

    >>> Condition("params < 1_000_000 and units > 3").holds({"params": 5, "units": 4})
    True
    """

    def __init__(self, text: str) -> None:
        try:
            tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise _not_a_condition(text) from None
        self._test = _compiled(tree, text)

    def holds(self, columns: Mapping[str, Any]) -> Any:
        return self._test(columns)


def _compiled(node: ast.AST, text: str) -> Callable[[Mapping[str, Any]], Any]:
    if isinstance(node, ast.BoolOp):
        parts = [_compiled(value, text) for value in node.values]
        join = operator.and_ if isinstance(node.op, ast.And) else operator.or_
        return lambda columns: reduce(join, [part(columns) for part in parts])
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        inner = _compiled(node.operand, text)
        return lambda columns: inner(columns) == False  # noqa: E712  (elementwise)
    if isinstance(node, ast.Compare) and all(type(op) in COMPARISONS for op in node.ops):
        sides = [Expression(ast.unparse(side)) for side in (node.left, *node.comparators)]
        signs = [COMPARISONS[type(op)] for op in node.ops]

        def test(columns: Mapping[str, Any]) -> Any:
            values = [side.value(columns) for side in sides]
            pairs = zip(signs, values, values[1:], strict=False)
            return reduce(operator.and_, [sign(a, b) for sign, a, b in pairs])

        return test
    raise _not_a_condition(text)


def _not_a_condition(text: str) -> LstmcountError:
    return LstmcountError(f"{text!r} is not a condition such as params < 1_000_000")

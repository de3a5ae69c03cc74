"""Expressions in declarations of layers, over a layer's arguments and input shapes."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.expressions.arithmetic import COMPARISONS, Expression

_COMPARISONS = {**COMPARISONS, ast.Is: operator.is_, ast.IsNot: operator.is_not}
_OF_SHAPES: dict[str, Callable[[Any], Any]] = {"len": len, "prod": math.prod}


class Rule(Expression):
    """An expression in Python's syntax that may also use shapes, strings and conditions.

    >>> Rule("units if use_bias else input[-1] * prod(input[1:])").value(
    ...     {"units": 4, "use_bias": False, "input": (None, 2, 3)}
    ... )
    18
    """

    grammar = (
        "arguments, shapes such as input[-1], numbers, texts, + - * / // % **, comparisons, "
        "and, or, not, if … else, len, prod, min, max and round"
    )

    def items(self) -> list[str]:
        """The items of a tuple such as `(features, units)`; of any other rule, its whole text."""
        if not isinstance(self._tree, ast.Tuple):
            return [self.text]
        return [ast.unparse(item) for item in self._tree.elts]

    def sizes(self) -> tuple[set[str], set[str]]:
        """The names that the rule uses as numbers, and those that it uses as lists of numbers."""
        numbers: set[str] = set()
        lists: set[str] = set()
        self._collect(self._tree, numbers, lists)
        return numbers, lists

    def _collect(self, node: ast.AST, numbers: set[str], lists: set[str]) -> None:
        if isinstance(node, ast.Name):
            numbers.add(node.id)
        elif isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
            lists.add(node.value.id)
        elif isinstance(node, ast.IfExp):
            self._collect(node.body, numbers, lists)
            self._collect(node.orelse, numbers, lists)
        elif isinstance(node, ast.BinOp | ast.UnaryOp | ast.Tuple) or _function(node) is None:
            for child in ast.iter_child_nodes(node):
                self._collect(child, numbers, lists)

    def _operands(self, node: ast.AST) -> Sequence[ast.AST] | None:
        match node:
            case ast.Constant(value=str() | bool() | None):
                return []
            case ast.BoolOp(values=operands):
                return operands
            case ast.Tuple(elts=operands) if node is self._tree:
                return operands
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return [operand]
            case ast.Compare() if all(type(op) in _COMPARISONS for op in node.ops):
                return [node.left, *node.comparators]
            case ast.IfExp():
                return [node.test, node.body, node.orelse]
            case ast.Subscript(slice=ast.Slice(step=None) as bounds):
                return [part for part in (node.value, bounds.lower, bounds.upper) if part]
            case ast.Subscript():
                return [node.value, node.slice]
            case ast.Call() if _function(node) is not None:
                return node.args
        return super()._operands(node)

    def _value(self, node: ast.AST, values: Mapping[str, Any]) -> Any:
        if isinstance(node, ast.Constant) and isinstance(node.value, str | bool | None):
            return node.value
        if isinstance(node, ast.Tuple):
            raise LstmcountError(f"expected a number or a condition, got the shape {self.text!r}")
        if isinstance(node, ast.BoolOp):
            is_and = isinstance(node.op, ast.And)
            for part in node.values:
                value = self._value(part, values)
                if bool(value) != is_and:
                    break
            return value
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return not self._value(node.operand, values)
        if isinstance(node, ast.Compare):
            sides = [self._value(side, values) for side in (node.left, *node.comparators)]
            signs = [_COMPARISONS[type(op)] for op in node.ops]
            return all(sign(a, b) for sign, a, b in zip(signs, sides, sides[1:], strict=False))
        if isinstance(node, ast.IfExp):
            chosen = node.body if self._value(node.test, values) else node.orelse
            return self._value(chosen, values)
        if isinstance(node, ast.Subscript):
            return self._item(node, values)
        if (function := _function(node)) is not None:
            assert isinstance(node, ast.Call)
            return function(self._value(node.args[0], values))
        return super()._value(node, values)

    def _item(self, node: ast.Subscript, values: Mapping[str, Any]) -> Any:
        whole = self._value(node.value, values)
        text = ast.unparse(node)
        if not isinstance(whole, list | tuple):
            raise LstmcountError(f"{text!r}: {ast.unparse(node.value)} is {whole!r}, not a list")
        if isinstance(node.slice, ast.Slice):
            bounds = (node.slice.lower, node.slice.upper)
            low, high = (None if b is None else self._value(b, values) for b in bounds)
            return whole[low:high]
        index = self._value(node.slice, values)
        if not isinstance(index, int) or not -len(whole) <= index < len(whole):
            raise LstmcountError(f"{text!r}: {ast.unparse(node.value)} has {len(whole)} items")
        return whole[index]


@lru_cache(1_024)
def parsed(text: str) -> Rule:
    """Parse a rule, or return the cached one. Raises `LstmcountError` for invalid text."""
    return Rule(text)


def _function(node: ast.AST) -> Callable[[Any], Any] | None:
    """The function that the node calls if it is `len` or `prod`, else None."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        is_plain = len(node.args) == 1 and not node.keywords
        return _OF_SHAPES.get(node.func.id) if is_plain else None
    return None

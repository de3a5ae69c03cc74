"""Arithmetic over named variables: parsed once, evaluated safely on any kind of number."""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from lstmcount.dimensions import Unknown
from lstmcount.errors import LstmcountError, did_you_mean

MAX_LENGTH = 1_000
MAX_BITS = 4_096  # of any value on the way; 9**9**9 is refused before it is computed

_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
}

_FUNCTIONS = ("min", "max", "round")


def _computed(name: str, arguments: list[Any]) -> Any:
    """One of those functions on numbers, on symbols or on arrays, whichever they are."""
    if known := next((arg for arg in arguments if isinstance(arg, Unknown)), None):
        return known
    if any(hasattr(arg, "free_symbols") for arg in arguments):
        from lstmcount.design import symbols

        return getattr(symbols, name)(*arguments)
    if any(hasattr(arg, "dtype") for arg in arguments):
        from lstmcount.design import columns

        return getattr(columns, name)(*arguments)
    if any(hasattr(arg, "term") for arg in arguments):
        from lstmcount.design import tracing

        if name == "divide":
            return tracing.divide(*arguments)
        return tracing.choose(_OF_NUMBERS[name], arguments)
    return _OF_NUMBERS[name](*arguments)


def _divide(a: Any, b: Any) -> Any:
    """Exact: 3/2 is a fraction, which is refused where an integer is needed."""
    return Fraction(a) / b if isinstance(a, int) and isinstance(b, int | Fraction) else a / b


_OF_NUMBERS: dict[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "round": round,
    "divide": _divide,
}


class Expression:
    """An arithmetic expression, e.g. `2*units + 1`.

    >>> Expression("min(2*units, 100) // 3").value({"units": 64})
    33
    >>> Expression("9**9**9").value({})
    Traceback (most recent call last):
    lstmcount.errors.LstmcountError: '9**9**9' is too large
    """

    grammar = "numbers, variables, + - * / // % **, min, max, round and parentheses"

    def __init__(self, text: str) -> None:
        self.text = text
        if len(text) > MAX_LENGTH:
            raise LstmcountError(f"an expression is at most {MAX_LENGTH} characters long")
        try:
            self._tree = ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise LstmcountError(f"not an expression: {text!r}") from None
        self.names: frozenset[str] = frozenset(self._names(self._tree))

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def value(self, values: Mapping[str, Any]) -> Any:
        """The value with those variables. Raises `LstmcountError` for unknown ones."""
        try:
            return self._value(self._tree, values)
        except ZeroDivisionError:
            raise LstmcountError(f"{self.text!r} divides by zero") from None

    def _names(self, node: ast.AST) -> set[str]:
        if isinstance(node, ast.Name):
            return {node.id}
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return set()
        if isinstance(node, ast.BinOp) and (
            type(node.op) in _OPERATORS or isinstance(node.op, ast.Div)
        ):
            return self._names(node.left) | self._names(node.right)
        if isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATORS:
            return self._names(node.operand)
        if _is_function(node):
            assert isinstance(node, ast.Call)
            return set().union(*map(self._names, node.args))
        raise LstmcountError(
            f"{ast.unparse(node)!r} is not allowed in an expression; it takes {self.grammar}"
        )

    def _value(self, node: ast.AST, values: Mapping[str, Any]) -> Any:
        if isinstance(node, ast.Constant):
            value: Any = node.value
            return Fraction(str(value)) if isinstance(value, float) else value
        if isinstance(node, ast.Name):
            if node.id not in values:
                hint = did_you_mean(node.id, values)
                raise LstmcountError(f"unknown variable {node.id!r}.{hint}")
            return values[node.id]
        if isinstance(node, ast.UnaryOp):
            return _OPERATORS[type(node.op)](self._value(node.operand, values))
        if isinstance(node, ast.Call):
            assert isinstance(node.func, ast.Name)
            arguments = [self._value(arg, values) for arg in node.args]
            return _computed(node.func.id, arguments)
        assert isinstance(node, ast.BinOp)
        left = self._value(node.left, values)
        right = self._value(node.right, values)
        if isinstance(node.op, ast.Div):
            return self._bounded(_computed("divide", [left, right]))
        if isinstance(left, Fraction) and hasattr(right, "term"):
            from lstmcount.design.tracing import ratio

            left = ratio(left)  # Fraction itself would take it for a plain number
        if isinstance(node.op, ast.Pow):
            self._check_power(left, right)
        return self._bounded(_OPERATORS[type(node.op)](left, right))

    def _check_power(self, base: Any, exponent: Any) -> None:
        if isinstance(exponent, int) and isinstance(base, int | Fraction):
            size = max(1, base.numerator.bit_length(), base.denominator.bit_length())
            if abs(exponent) * size > MAX_BITS:
                raise LstmcountError(f"{self.text!r} is too large")
            if exponent < 0:
                raise LstmcountError(f"{self.text!r} has a negative power")

    def _bounded(self, value: Any) -> Any:
        if isinstance(value, int) and value.bit_length() > MAX_BITS:
            raise LstmcountError(f"{self.text!r} is too large")
        if isinstance(value, Fraction) and value.denominator == 1:
            return value.numerator
        return value


def _is_function(node: ast.AST) -> bool:
    """A call of min, max or round with plain arguments."""
    if not isinstance(node, ast.Call) or node.keywords or not node.args:
        return False
    return isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS


def shown(value: Any) -> str:
    """A fraction as people read it.

    >>> shown(Fraction(3, 2)), shown(Fraction(1, 3))
    ('1.5', '1/3')
    """
    if isinstance(value, Fraction):
        exact = math.log2(value.denominator).is_integer() or value.denominator in (5, 10, 20, 100)
        return str(float(value)) if exact else str(value)
    return str(value)

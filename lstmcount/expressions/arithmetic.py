"""Arithmetic over named variables: parsed once, evaluated safely on any kind of number."""

from __future__ import annotations

import ast
import math
import operator
import warnings
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any

from lstmcount.errors import LstmcountError, did_you_mean
from lstmcount.shapes import Unknown

MAX_LENGTH = 1_000
MAX_BITS = 4_096  # limit for intermediate values; 9**9**9 is refused before it is computed
MAX_DIGITS = 300  # digits that round() may keep or drop
_EXACT = 2**53  # floats cannot represent all integers above this
_ARGUMENTS = {"min": (2, MAX_LENGTH), "max": (2, MAX_LENGTH), "round": (1, 2)}

COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}

# Implementations of min, max, round and divide for numbers that are not Python's own, by type.
# The modules that define such numbers register them here.
FUNCTIONS: dict[type, Mapping[str, Callable[..., Any]]] = {}


def _computed(name: str, arguments: list[Any]) -> Any:
    """Apply min, max, round or divide to numbers of any kind."""
    if unknown := next((arg for arg in arguments if isinstance(arg, Unknown)), None):
        return unknown
    if name == "round" and len(arguments) == 2:
        return _rounded(*arguments)
    for kind, functions in FUNCTIONS.items():
        if any(isinstance(arg, kind) for arg in arguments):
            return functions[name](*arguments)
    return _OF_NUMBERS[name](*arguments)


def _number(value: Any, node: ast.AST) -> Any:
    """Return the value of an operand. Raises `LstmcountError` if it is null."""
    if value is None:
        raise LstmcountError(f"{ast.unparse(node)!r} is null, not a number")
    return value


def _divide(a: Any, b: Any) -> Any:
    """Divide exactly: 3/2 is a `Fraction`, which `whole` refuses where an integer is required."""
    return Fraction(a) / b if isinstance(a, int) and isinstance(b, int | Fraction) else a / b


def _rounded(value: Any, digits: Any) -> Any:
    """Round to `digits` after the decimal point, or before it if `digits` is negative."""
    if type(digits) is not int or abs(digits) > MAX_DIGITS:
        raise LstmcountError(f"round() takes digits from -{MAX_DIGITS} to {MAX_DIGITS}")
    if type(value) not in (int, float, Fraction):
        raise LstmcountError("round() with digits takes a known number")
    return round(value, digits)


_OF_NUMBERS: dict[str, Callable[..., Any]] = {
    "min": min,
    "max": max,
    "round": round,
    "divide": _divide,
}


_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: lambda a, b: _computed("divide", [a, b]),
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
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
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Python warns about words directly after numbers
                self._tree = ast.parse(text.strip(), mode="eval").body
            self.names: frozenset[str] = frozenset(self._names(self._tree))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise LstmcountError(f"not an expression: {text!r}") from None

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"

    def value(self, values: Mapping[str, Any]) -> Any:
        """Evaluate on the variables' `values`. Raises `LstmcountError` for an unknown variable."""
        try:
            return self._value(self._tree, values)
        except ZeroDivisionError:
            raise LstmcountError(f"{self.text!r} divides by zero") from None
        except OverflowError:
            raise LstmcountError(f"{self.text!r} is too large") from None
        except RecursionError:
            raise LstmcountError(f"{self.text!r} is nested too deeply") from None

    def _names(self, node: ast.AST) -> set[str]:
        if isinstance(node, ast.Name):
            return {node.id}
        operands = self._operands(node)
        if operands is None:
            raise LstmcountError(
                f"{ast.unparse(node)!r} is not allowed in an expression; it takes {self.grammar}"
            )
        return set().union(*map(self._names, operands))

    def _operands(self, node: ast.AST) -> Sequence[ast.AST] | None:
        """The operands of a node; None if the grammar does not allow the node."""
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            if isinstance(node.value, float) and not math.isfinite(node.value):
                raise LstmcountError(f"{self.text!r} is too large")
            return []
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
            return [node.left, node.right]
        if isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATORS:
            return [node.operand]
        if _is_function(node):
            assert isinstance(node, ast.Call)
            self._check_arguments(node)
            return node.args
        return None

    def _check_arguments(self, call: ast.Call) -> None:
        assert isinstance(call.func, ast.Name)
        least, most = _ARGUMENTS[call.func.id]
        if not least <= len(call.args) <= most:
            allowed = f"at least {least}" if most == MAX_LENGTH else f"{least} or {most}"
            raise LstmcountError(
                f"{call.func.id}() takes {allowed} numbers, got {len(call.args)}: {self.text!r}"
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
            return _OPERATORS[type(node.op)](
                _number(self._value(node.operand, values), node.operand)
            )
        if isinstance(node, ast.Call):
            assert isinstance(node.func, ast.Name)
            arguments = [_number(self._value(arg, values), arg) for arg in node.args]
            return self._bounded(_computed(node.func.id, arguments))
        assert isinstance(node, ast.BinOp)
        left = _number(self._value(node.left, values), node.left)
        right = _number(self._value(node.right, values), node.right)
        if isinstance(left, Fraction) and hasattr(right, "ratio"):
            left = right.ratio(left)  # a Fraction would treat a traced number as a plain one
        if isinstance(node.op, ast.Pow):
            self._check_power(left, right)
        elif not isinstance(node.op, ast.Add) and (_is_sequence(left) or _is_sequence(right)):
            raise TypeError  # Python would repeat a list or format a text to any length
        return self._bounded(_OPERATORS[type(node.op)](left, right))

    def _check_power(self, base: Any, exponent: Any) -> None:
        if isinstance(exponent, int | Fraction) and not -MAX_BITS <= exponent <= MAX_BITS:
            raise LstmcountError(f"{self.text!r} is too large")
        if isinstance(exponent, int) and isinstance(base, int | Fraction):
            size = max(1, base.numerator.bit_length(), base.denominator.bit_length())
            if abs(exponent) * size > MAX_BITS:
                raise LstmcountError(f"{self.text!r} is too large")
            if exponent < 0:
                raise LstmcountError(f"{self.text!r} has a negative power")

    def _bounded(self, value: Any) -> Any:
        if isinstance(value, complex):
            raise LstmcountError(f"{self.text!r} takes a root of a negative number")
        if isinstance(value, float) and not abs(value) < _EXACT:
            raise LstmcountError(f"{self.text!r} is too large")
        if isinstance(value, int | Fraction):
            if max(value.numerator.bit_length(), value.denominator.bit_length()) > MAX_BITS:
                raise LstmcountError(f"{self.text!r} is too large")
            if isinstance(value, Fraction) and value.denominator == 1:
                return value.numerator
        return value


@lru_cache(1_024)
def parsed(text: str) -> Expression:
    """Parse an expression, or return the cached one. Raises `LstmcountError` for invalid text."""
    return Expression(text)


def _is_sequence(value: Any) -> bool:
    return isinstance(value, str | list | tuple)


def _is_function(node: ast.AST) -> bool:
    """Whether the node calls min, max or round with positional arguments only."""
    if not isinstance(node, ast.Call) or node.keywords or not node.args:
        return False
    return isinstance(node.func, ast.Name) and node.func.id in _ARGUMENTS


def as_float(value: Fraction, text: str) -> float:
    """The nearest float. Raises `LstmcountError` if the value is too large."""
    try:
        return float(value)
    except OverflowError:
        raise LstmcountError(f"{text!r} is too large") from None


def shown(value: Any) -> str:
    """A number as text; a fraction is shown as a decimal if that is short and exact.

    >>> shown(Fraction(3, 2)), shown(Fraction(1, 3))
    ('1.5', '1/3')
    """
    if isinstance(value, Fraction):
        exact = math.log2(value.denominator).is_integer() or value.denominator in (5, 10, 20, 100)
        return str(float(value)) if exact and abs(value) < _EXACT else str(value)
    return str(value)

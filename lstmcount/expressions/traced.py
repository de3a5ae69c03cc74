"""Integers that record how they were computed and what they were compared with.

Running a model once on such integers gives its counts as formulas of the variables. The recorded
comparisons bound the region in which the formulas hold: where other values of the variables give
the same results, the model takes the same branches.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from typing import Any, ClassVar

import msgspec

from lstmcount.expressions.arithmetic import FUNCTIONS

ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "//": operator.floordiv,
    "%": operator.mod,
    "**": operator.pow,
}
_NEUTRAL = {"+": 0, "-": 0, "*": 1, "//": 1}  # as right operand; for + and * as left operand, too
COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
}


class Term:
    """A variable, or an operation on terms and numbers."""

    __slots__ = ("left", "operation", "right")

    def __init__(self, operation: str, left: Any, right: Any = None) -> None:
        self.operation = operation  # "" for a variable; `left` is its name
        self.left = left
        self.right = right


class Guard(msgspec.Struct, frozen=True, eq=False):
    """A comparison and its result."""

    sign: str
    left: Any
    right: Any
    holds: bool
    is_choice: bool = False  # made within min, max or round, which formulas can express


class Recording:
    """The computations and comparisons of one run; equal computations share one term."""

    def __init__(self) -> None:
        self.terms: dict[Any, Term] = {}
        self._guards: dict[Any, Guard] = {}
        self.is_choosing = False

    @property
    def guards(self) -> list[Guard]:
        return list(self._guards.values())

    def term(self, operation: str, left: Any, right: Any) -> Term:
        key = (operation, _key(left), _key(right))
        if key not in self.terms:
            self.terms[key] = Term(operation, left, right)
        return self.terms[key]

    def variables(self, values: Mapping[str, int]) -> dict[str, Any]:
        return {name: Traced(value, Term("", name), self) for name, value in values.items()}

    def compared(self, sign: str, left: Any, right: Any) -> bool:
        holds = bool(COMPARISONS[sign](plain(left), plain(right)))
        a, b = term_of(left), term_of(right)
        guard = Guard(sign, a, b, holds, self.is_choosing)
        self._guards.setdefault((sign, _key(a), _key(b)), guard)
        return holds


def _key(value: Any) -> Any:
    return (id(value),) if isinstance(value, Term) else value


class Traced(int):
    """An integer with the term that computed it."""

    term: Term
    recording: Recording
    ratio: ClassVar[Any]

    def __new__(cls, value: int, term: Term, recording: Recording) -> Traced:
        traced = super().__new__(cls, value)
        traced.term = term
        traced.recording = recording
        return traced

    def _computed(self, sign: str, left: Any, right: Any) -> Any:
        for side in (left, right):
            if isinstance(side, Fraction):
                return ARITHMETIC[sign](ratio(left), ratio(right))
            if not isinstance(side, int):
                return NotImplemented
        if type(right) is int and right == _NEUTRAL.get(sign):
            return left
        if type(left) is int and sign in "+*" and left == _NEUTRAL[sign]:
            return right
        value = ARITHMETIC[sign](int(left), int(right))
        if not isinstance(value, int):
            return value
        return Traced(
            value, self.recording.term(sign, term_of(left), term_of(right)), self.recording
        )

    def __neg__(self) -> Any:
        return 0 - self

    def __pos__(self) -> Any:
        return self

    def __round__(self, digits: Any = None) -> Any:
        return self

    def __bool__(self) -> bool:
        return self.recording.compared("!=", self, 0)

    def __truediv__(self, other: Any) -> Any:
        return divide(self, other) if isinstance(other, int | Fraction) else NotImplemented

    def __rtruediv__(self, other: Any) -> Any:
        return divide(other, self) if isinstance(other, int | Fraction) else NotImplemented

    def __reduce__(self) -> Any:
        return int, (int(self),)

    __hash__ = int.__hash__


class Ratio:
    """A fraction of traced numbers. `reduced` turns a whole one into a traced integer."""

    ratio: ClassVar[Any]

    def __init__(self, numerator: Any, denominator: Any) -> None:
        self.numerator = numerator
        self.denominator = denominator

    @property
    def term(self) -> Any:
        return term_of(self.numerator)

    def plain(self) -> Fraction:
        return Fraction(plain(self.numerator), plain(self.denominator))

    def _computed(self, sign: str, left: Any, right: Any) -> Any:
        a, b = ratio(left), ratio(right)
        if sign in "+-":
            over = ARITHMETIC[sign](a.numerator * b.denominator, b.numerator * a.denominator)
            return reduced(over, a.denominator * b.denominator)
        if sign == "*":
            return reduced(a.numerator * b.numerator, a.denominator * b.denominator)
        if sign == "**" and isinstance(right, int):
            return reduced(a.numerator**right, a.denominator**right)
        over, under = a.numerator * b.denominator, a.denominator * b.numerator
        if sign == "//":
            return over // under
        return (
            reduced(over % under, a.denominator * b.denominator) if sign == "%" else NotImplemented
        )

    def __neg__(self) -> Ratio:
        return Ratio(-self.numerator, self.denominator)

    def __truediv__(self, other: Any) -> Any:
        return divide(self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return divide(other, self)

    def __round__(self) -> Any:
        """Round half to even, as Python does."""
        whole, rest = divmod_of(self.numerator, self.denominator)
        if 2 * rest < self.denominator or (2 * rest == self.denominator and whole % 2 == 0):
            return whole
        return whole + 1

    def compare(self, sign: str, left: Any, right: Any) -> bool:
        a, b = ratio(left), ratio(right)
        holds: bool = COMPARISONS[sign](a.numerator * b.denominator, b.numerator * a.denominator)
        return holds

    __hash__ = None  # type: ignore[assignment]


def divmod_of(a: Any, b: Any) -> tuple[Any, Any]:
    return a // b, a % b


def ratio(value: Any) -> Ratio:
    if isinstance(value, Ratio):
        return value
    if isinstance(value, Fraction):
        return Ratio(value.numerator, value.denominator)
    return Ratio(value, 1)


def reduced(numerator: Any, denominator: Any) -> Any:
    """The quotient: a traced integer if it is whole, else a `Ratio`."""
    if denominator < 0:
        numerator, denominator = -numerator, -denominator
    return (
        numerator // denominator if numerator % denominator == 0 else Ratio(numerator, denominator)
    )


def divide(a: Any, b: Any) -> Any:
    a, b = ratio(a), ratio(b)
    if b.numerator == 0:
        raise ZeroDivisionError
    return reduced(a.numerator * b.denominator, a.denominator * b.numerator)


def _choose(function: Callable[..., Any], *arguments: Any) -> Any:
    """Apply min, max or round; mark the comparisons that they make as choices."""
    recording = next(filter(None, map(_recording_of, arguments)))
    recording.is_choosing = True
    try:
        return function(*arguments)
    finally:
        recording.is_choosing = False


def _recording_of(value: Any) -> Recording | None:
    if isinstance(value, Ratio):
        return _recording_of(value.numerator) or _recording_of(value.denominator)
    return getattr(value, "recording", None)


def plain(value: Any) -> Any:
    """Replace traced numbers by plain ones, inside lists and tuples too."""
    if isinstance(value, Traced):
        return int(value)
    if isinstance(value, Ratio):
        return value.plain()
    if isinstance(value, list | tuple):
        return type(value)([plain(item) for item in value])
    return value


def term_of(value: Any) -> Any:
    return value.term if isinstance(value, Traced) else value


def _add_operators() -> None:
    Traced.ratio = Ratio.ratio = staticmethod(ratio)
    names = {"+": "add", "-": "sub", "*": "mul", "//": "floordiv", "%": "mod", "**": "pow"}
    for sign, name in names.items():
        for cls in (Traced, Ratio):
            setattr(cls, f"__{name}__", lambda a, b, s=sign: a._computed(s, a, b))
            setattr(cls, f"__r{name}__", lambda a, b, s=sign: a._computed(s, b, a))
    for sign, name in zip(COMPARISONS, ("lt", "le", "eq", "ne", "gt", "ge"), strict=True):
        setattr(Traced, f"__{name}__", lambda a, b, s=sign: _compare(s, a, b))
        setattr(Ratio, f"__{name}__", lambda a, b, s=sign: a.compare(s, a, b))


def _compare(sign: str, a: Traced, b: Any) -> Any:
    if isinstance(b, Ratio):
        return b.compare(sign, a, b)
    if isinstance(b, Fraction):
        return ratio(b).compare(sign, a, b)
    if not isinstance(b, int):
        return NotImplemented
    return a.recording.compared(sign, a, b)


_add_operators()
FUNCTIONS[Traced] = FUNCTIONS[Ratio] = {
    "min": partial(_choose, min),
    "max": partial(_choose, max),
    "round": partial(_choose, round),
    "divide": divide,
}

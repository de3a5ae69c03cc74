"""min, max, round and division of NumPy arrays, exact for arrays of exact numbers."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from typing import Any

import numpy


def _minimum(*columns: Any) -> Any:
    return reduce(numpy.minimum, columns)


def _maximum(*columns: Any) -> Any:
    return reduce(numpy.maximum, columns)


def _rounded(column: Any) -> Any:
    """Round to the nearest whole number, and halves to the even number, like Python."""
    if column.dtype == object:
        return numpy.frompyfunc(round, 1, 1)(column)
    return numpy.rint(column) if column.dtype.kind == "f" else column


def divide(a: Any, b: Any) -> Any:
    """Divide exactly: integers if no division has a remainder, else fractions.

    >>> divide(numpy.array([4, 6]), 2), divide(numpy.array([4, 5]), 2)
    (array([2, 3]), array([2, Fraction(5, 2)], dtype=object))
    """
    if any(isinstance(v, numpy.ndarray) and v.dtype.kind == "f" for v in (a, b)):
        return numpy.true_divide(a, b)
    if not numpy.any(a % b):
        return a // b
    return numpy.frompyfunc(_quotient, 2, 1)(a, b)


def _quotient(a: Any, b: Any) -> Any:
    quotient = Fraction(a) / b
    return quotient.numerator if quotient.denominator == 1 else quotient


FUNCTIONS: dict[str, Any] = {
    "min": _minimum,
    "max": _maximum,
    "round": _rounded,
    "divide": divide,
}

"""Expressions over variables: results that are no sizes are refused in one line, at once."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from fractions import Fraction

import pytest

from lstmcount import LstmcountError, summarize
from lstmcount.expressions.arithmetic import Expression

VALUES = {"a": 3, "b": Fraction(1, 3), "none": None}

REFUSED = [
    ("1e999", "is too large"),
    ("1e999 - 1e999", "is too large"),
    ("(10**1000)**0.5", "is too large"),
    ("1e308**1.5", "is too large"),
    ("2.5**1e300", "is too large"),
    ("2**1e300", "is too large"),
    ("a**a**a**a**a", "is too large"),
    ("b**4096", "is too large"),
    ("1e300*1e300*1e300*1e300*1e300", "is too large"),
    ("(-8)**0.5", "takes a root of a negative number"),
    ("(0 - 8)**b", "takes a root of a negative number"),
    ("0**-0.5", "divides by zero"),
    ("a // 0", "divides by zero"),
    ("a % 0.0", "divides by zero"),
    ("min(a)", "min() takes at least 2 numbers, got 1"),
    ("max(*a)", "max() takes at least 2 numbers, got 1"),
    ("round(a, 2, 3)", "round() takes 1 or 2 numbers, got 3"),
    ("round(a, -10**8)", "round() takes digits from -300 to 300"),
    ("round(a, 10**8)", "round() takes digits from -300 to 300"),
    ("round(a, 1.5)", "round() takes digits from -300 to 300"),
    ("+" * 999 + "a", "not an expression"),
    ("(" * 500 + "a", "not an expression"),
    ("1 << 9", "is not allowed in an expression"),
    ("a\0", "not an expression"),
    ("\ud800", "not an expression"),
]  # fmt: skip

COMPUTED = [
    ("round(2.567, 1)", Fraction(13, 5)),
    ("round(1234, -2)", 1200),
    ("round(2**0.5 * 10)", 14),
    ("10**1000 % 7", 4),
    ("1e2 * a", 300),
    ("min(a, 2, b)", Fraction(1, 3)),
]


def _deep_in_calls(depth: int, function: Callable[[], object]) -> object:
    return function() if depth == 0 else _deep_in_calls(depth - 1, function)


def test_evaluated_deeper_in_calls_than_it_was_parsed() -> None:
    expression = Expression("-" * 600 + "a")
    assert expression.value(VALUES) == 3
    with pytest.raises(LstmcountError, match="is nested too deeply"):
        _deep_in_calls(sys.getrecursionlimit() - 300, lambda: expression.value(VALUES))


@pytest.mark.parametrize(("text", "words"), REFUSED, ids=[text[:20] for text, _ in REFUSED])
def test_an_expression_that_cannot_be_computed_is_an_error(text: str, words: str) -> None:
    with pytest.raises(LstmcountError) as error:
        Expression(text).value(VALUES)
    assert words in str(error.value)
    assert str(error.value).isprintable()


@pytest.mark.parametrize(("text", "value"), COMPUTED, ids=[text for text, _ in COMPUTED])
def test_an_expression_has_its_value(text: str, value: object) -> None:
    assert Expression(text).value(VALUES) == value


VARIABLES = [
    (float("inf"), "expected a number, got inf"),
    (float("nan"), "expected a number, got nan"),
    (True, "expected a number, got True"),
    ([1], "expected a number"),
    ({"a": 1}, "expected a number"),
]


@pytest.mark.parametrize(("value", "words"), VARIABLES, ids=[repr(v) for v, _ in VARIABLES])
def test_wrong_variables_of_a_spec_are_errors(value: object, words: str) -> None:
    spec = {"input_shape": [3], "variables": {"a": value}, "layers": [{"Dense": "a"}]}
    for source in (spec, json.dumps(spec)):
        with pytest.raises(LstmcountError) as error:
            summarize(source)
        assert words in str(error.value)


def test_a_rate_beyond_floats() -> None:
    spec = {"input_shape": [3], "variables": {"a": 9}, "layers": [{"Dropout": "a**999 / 2"}]}
    with pytest.raises(LstmcountError) as error:
        summarize(spec)
    assert "is too large" in str(error.value)

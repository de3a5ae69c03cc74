"""Evaluate layer arguments that are expressions over variables."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.expressions.arithmetic import as_float, parsed
from lstmcount.expressions.traced import Ratio, Traced, plain
from lstmcount.expressions.variables import whole


def evaluated_arguments(
    expressions: Mapping[str, Any], values: Mapping[str, Any], fractional: Collection[str]
) -> dict[str, Any]:
    """Evaluate each expression, which may also be the name of any of the `values`.

    Raises `LstmcountError` for a fraction, except in the `fractional` arguments.
    """
    evaluated = {}
    for field, expression in expressions.items():
        try:
            evaluated[field] = _evaluated(expression, values, field in fractional)
        except LstmcountError as error:
            raise error.at(field) from None
    return evaluated


def _evaluated(value: Any, values: Mapping[str, Any], fractional: bool) -> Any:
    if isinstance(value, list):
        return [_evaluated(item, values, fractional) for item in value]
    if not isinstance(value, str):
        return value
    number = values[value] if value in values else parsed(value).value(values)
    if fractional:
        if hasattr(number, "term"):
            # Record the bounds of a rate as guards: outside of them the constructor refuses it.
            _ = number < 0 or number < 1 or number <= 1
        if isinstance(number, Fraction | Ratio):
            return as_float(plain(number), value)
    return whole(number, value)


def checked_arguments(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """The numeric arguments as plain numbers, so that the constructor can check them."""
    return {field: plain(value) for field, value in arguments.items() if _is_plain(value)}


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, Traced):
        # Record the sign as a guard: values that the constructor refuses lie in other regions.
        _ = value >= 1 or value >= 0
    return isinstance(value, int | float)

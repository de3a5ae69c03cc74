"""A layer's arguments that are expressions, evaluated on the values of variables."""

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
    """The arguments that are expressions, or the names of `values`, whatever these look like.

    Raises `LstmcountError` for a fraction, except in the `fractional` arguments.
    """
    found = {}
    for field, expression in expressions.items():
        try:
            found[field] = _evaluated(expression, values, field in fractional)
        except LstmcountError as error:
            raise error.at(field) from None
    return found


def _evaluated(value: Any, values: Mapping[str, Any], fractional: bool) -> Any:
    if isinstance(value, list):
        return [_evaluated(item, values, fractional) for item in value]
    if not isinstance(value, str):
        return value
    found = values[value] if value in values else parsed(value).value(values)
    if fractional:
        if hasattr(found, "term"):
            _ = found < 0 or found < 1 or found <= 1  # the constructor refuses other rates
        if isinstance(found, Fraction | Ratio):
            return as_float(plain(found), value)
    return whole(found, value)


def checked_arguments(given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that are numbers, as plain numbers, so that the constructor can check them."""
    return {field: plain(value) for field, value in given.items() if _is_plain(value)}


def _is_plain(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_plain, value))
    if isinstance(value, Traced):
        _ = value >= 1 or value >= 0  # recorded: refused values are in other regions
    return isinstance(value, int | float)

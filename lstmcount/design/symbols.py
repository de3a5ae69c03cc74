"""min, max, round and division of symbols, for closed forms."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import sympy

min = sympy.Min
max = sympy.Max


class round(sympy.Function):  # type: ignore[misc]  # noqa: N801 (its name in formulas)
    """Round to the nearest whole number, and halves to the even number, like Python."""

    is_integer = True
    is_real = True

    @classmethod
    def eval(cls, value: Any) -> Any:
        if value.is_integer:
            return value
        if value.is_Rational:
            exact = Fraction(int(value.p), int(value.q))
            return sympy.Integer(exact.__round__())
        return None

    def _pythoncode(self, printer: Any) -> str:
        return f"round({printer._print(self.args[0])})"


def divide(a: Any, b: Any) -> Any:
    return sympy.sympify(a) / b


FUNCTIONS: dict[str, Any] = {"min": min, "max": max, "round": round, "divide": divide}

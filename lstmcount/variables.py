"""`variables:` of a spec: sizes with names, computed in the order in which they stand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from lstmcount.errors import LstmcountError, Path, did_you_mean
from lstmcount.expressions import Expression, shown

RESERVED = ("min", "max", "round")


class Scope:
    """The values of variables, and who used them."""

    def __init__(self, declared: Any = None, settings: dict[str, Any] | None = None) -> None:
        self.values: dict[str, Any] = {}
        self.expressions: dict[str, Expression] = {}  # of variables computed from others
        self.used: set[str] = set()
        settings = dict(settings or {})
        if declared is not None and not isinstance(declared, dict):
            raise LstmcountError("expected variables such as units: 64", path=("variables",))
        for name, value in (declared or {}).items():
            path = ("variables", str(name))
            if not isinstance(name, str) or not name.isidentifier() or name in RESERVED:
                raise LstmcountError(f"{name!r} cannot be the name of a variable", path=path)
            self._declare(name, settings.pop(name, value), declared, path)
        self.unclaimed = settings

    def _declare(self, name: str, value: Any, declared: dict[str, Any], path: Path) -> None:
        if isinstance(value, str):
            expression = _expression(value, path)
            later = [other for other in expression.names if other not in self.values]
            if later:
                known = "it stands below" if later[0] in declared else "there is none"
                if later[0] == name:
                    known = "it is defined by itself"
                hint = did_you_mean(later[0], self.values) if later[0] not in declared else ""
                raise LstmcountError(f"unknown variable {later[0]!r}: {known}.{hint}", path=path)
            self.expressions[name] = expression
            self.used |= expression.names
            try:
                value = expression.value(self.values)
            except LstmcountError as error:
                raise error.at(*path) from None
        if isinstance(value, float):
            value = Fraction(str(value))
        if value is not None and (not isinstance(value, int | Fraction) or isinstance(value, bool)):
            raise LstmcountError(f"expected a number, got {value!r}", path=path)
        self.values[name] = value

    def number(self, text: str, path: Path) -> Any:
        """The value of an expression where a number is expected.

        Raises `LstmcountError` for an unknown variable and for what is not a whole number.
        """
        expression = _expression(text, path)
        self.used |= expression.names
        try:
            return whole(expression.value(self.values), text)
        except LstmcountError as error:
            raise error.at(*path) from None

    def refuse_unused(self) -> None:
        for name in self.values:
            if name not in self.used:
                raise LstmcountError(
                    f"the variable {name!r} is never used", path=("variables", name), at_key=True
                )


def whole(value: Any, text: str) -> Any:
    if isinstance(value, Fraction):
        raise LstmcountError(f"expected a whole number, {text!r} is {shown(value)}")
    return value


def _expression(text: str, path: Path) -> Expression:
    try:
        return Expression(text)
    except LstmcountError as error:
        raise error.at(*path) from None

"""The `variables:` of a spec: named sizes, evaluated in the order in which they are written."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import Any

from lstmcount.errors import LstmcountError, Path, did_you_mean
from lstmcount.expressions.arithmetic import Expression, as_float, parsed, shown

RESERVED = ("min", "max", "round")


class SpecVariables:
    """The variables of a spec: their values, and which of them the spec uses."""

    def __init__(self, declared: Any = None, settings: dict[str, Any] | None = None) -> None:
        self.values: dict[str, Any] = {}
        self.expressions: dict[str, Expression] = {}  # the variables defined by others
        self.structural: set[str] = set()  # the variables that decide which layers exist
        self.used: set[str] = set()
        settings = dict(settings or {})
        if declared is not None and not isinstance(declared, dict):
            raise LstmcountError("expected variables such as units: 64", path=("variables",))
        declared = declared or {}
        for name, value in declared.items():
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
                raise LstmcountError(self._why_unknown(later[0], name, declared), path=path)
            self.expressions[name] = expression
            self.used |= expression.names
            try:
                value = expression.value(self.values)
            except LstmcountError as error:
                raise error.at(*path) from None
        if isinstance(value, float) and math.isfinite(value):
            value = Fraction(str(value))
        if value is not None and (not isinstance(value, int | Fraction) or isinstance(value, bool)):
            raise LstmcountError(f"expected a number, got {value!r}", path=path)
        self.values[name] = value

    def _why_unknown(self, used: str, name: str, declared: dict[str, Any]) -> str:
        if used == name:
            return f"the variable {name!r} is defined by itself"
        if used in declared:
            return f"unknown variable {used!r}: it is defined below"
        return f"unknown variable {used!r}.{did_you_mean(used, self.values)}"

    def parse(self, text: str, path: Path) -> Expression:
        """Parse an expression, and mark its variables as used."""
        expression = _expression(text, path)
        self.used |= expression.names
        return expression

    def number(self, expression: Expression, path: Path, fractions: bool = False) -> Any:
        """The value of an expression.

        Raises `LstmcountError` for unknown variables, and for a fraction unless `fractions` is
        true.
        """
        try:
            if fractions:
                value = expression.value(self.values)
                return as_float(value, expression.text) if isinstance(value, Fraction) else value
            return whole(expression.value(self.values), expression.text)
        except LstmcountError as error:
            raise error.at(*path) from None

    def resolve(self, value: Any, path: Path, fractions: bool = False) -> tuple[Any, Any]:
        """Return `value` with its expressions evaluated, and as it was written.

        The second is None if `value` holds no expressions.
        """
        if isinstance(value, str):
            return self.number(self.parse(value, path), path, fractions), value
        if isinstance(value, list):
            pairs = [self.resolve(item, (*path, i), fractions) for i, item in enumerate(value)]
            if any(written is not None for _, written in pairs):
                return [number for number, _ in pairs], value
        return value, None

    def structure(self, text: str, path: Path) -> Any:
        """Evaluate an expression that decides which layers exist, and note its variables."""
        expression = self.parse(text, path)
        self.structural |= self.roots(expression.names)
        return self.number(expression, path)

    def amount(self, value: Any, path: Path) -> Any:
        """A budget's amount: 250k stays as it is, 1000*units is evaluated."""
        if not isinstance(value, str) or not any(
            re.search(rf"\b{name}\b", value) for name in self.values
        ):
            return value
        return self.number(self.parse(value, path), path)

    def roots(self, names: frozenset[str]) -> set[str]:
        """The variables that `names` depend on and that are not defined by others."""
        roots: set[str] = set()
        for name in names:
            inner = self.expressions.get(name)
            roots |= self.roots(inner.names) if inner is not None else {name}
        return roots

    def refuse_unused(self) -> None:
        for name in self.values:
            if name not in self.used:
                raise LstmcountError(
                    f"the variable {name!r} is never used", path=("variables", name), at_key=True
                )


def whole(value: Any, text: str) -> Any:
    """Return `value`. Raises `LstmcountError` if it is a fraction."""
    if hasattr(value, "plain"):
        value = value.plain()
    if isinstance(value, Fraction):
        raise LstmcountError(f"expected a whole number, {text!r} is {shown(value)}")
    return value


def _expression(text: str, path: Path) -> Expression:
    try:
        return parsed(text)
    except LstmcountError as error:
        raise error.at(*path) from None

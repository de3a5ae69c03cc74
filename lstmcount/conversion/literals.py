"""Values as Python literals: the only way in which data of a file enters a program."""

from __future__ import annotations

import math
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.shapes import Unknown

_DEEPEST = 60  # brackets inside brackets; Python's parser takes 200


def literal(value: Any, depth: int = 0) -> str:
    """The value as a Python literal, with control and bidi characters escaped.

    >>> print(literal({"a\\u202e": [1.5, float("-inf"), b"x", ...]}))
    {'a\\u202e': [1.5, float("-inf"), b'x', ...]}

    Raises `LstmcountError` for a value without a literal.
    """
    require_shallow(depth)
    for kind, write in _ATOMS.items():
        if isinstance(value, kind):
            return str(write(value))
    if isinstance(value, slice):
        bounds = (literal(bound, depth + 1) for bound in (value.start, value.stop, value.step))
        return f"slice({', '.join(bounds)})"
    if isinstance(value, dict):
        pairs = value.items()
        items = (f"{literal(key, depth + 1)}: {literal(item, depth + 1)}" for key, item in pairs)
        return f"{{{', '.join(items)}}}"
    if isinstance(value, tuple):
        return f"({''.join(f'{literal(item, depth + 1)}, ' for item in value).strip()})"
    if isinstance(value, list):
        return f"[{', '.join(literal(item, depth + 1) for item in value)}]"
    if isinstance(value, Unknown):
        raise LstmcountError(f"`{value}` is not known")
    raise LstmcountError(f"{shortened(value)} cannot be written as Python")


def require_shallow(depth: int) -> None:
    if depth > _DEEPEST:
        raise LstmcountError(f"values nested deeper than {_DEEPEST} cannot be written as Python")


def shortened(value: Any) -> str:
    """The value for a message."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _integer(value: int) -> str:
    try:
        return int.__repr__(value)
    except ValueError:  # more digits than Python reads or writes
        raise LstmcountError("a number of so many digits cannot be written as Python") from None


def _float(value: float) -> str:
    return float.__repr__(value) if math.isfinite(value) else f'float("{float(value)}")'


def _complex(value: complex) -> str:
    return f"complex({_float(value.real)}, {_float(value.imag)})"


_ATOMS: dict[Any, Any] = {
    type(None): repr,
    type(...): lambda _: "...",
    bool: repr,
    int: _integer,
    float: _float,
    complex: _complex,
    str: str.__repr__,
    bytes: bytes.__repr__,
}

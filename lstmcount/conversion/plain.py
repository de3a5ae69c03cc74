"""Whether a written model is plain data, which YAML and JSON can hold."""

from __future__ import annotations

import math
from typing import Any

from lstmcount.conversion.literals import shortened
from lstmcount.errors import LstmcountError
from lstmcount.shapes import Unknown


def require_plain(value: Any, form: str) -> None:
    """Refuse unknown values, and values that YAML (or JSON, if that is the form) cannot hold.

    >>> require_plain({"layers": [{"ops.add": {"x2": Unknown("n")}}]}, "yaml")
    Traceback (most recent call last):
    lstmcount.errors.LstmcountError: x2 is not known: `n`
    """
    left: list[tuple[str, Any]] = [("", value)]
    while left:
        name, part = left.pop()
        if isinstance(part, dict):
            left += [(str(key), item) for key, item in part.items()]
        elif isinstance(part, list | tuple):
            left += [(name, item) for item in part]
        elif isinstance(part, Unknown):
            raise LstmcountError(f"{name} is not known: `{part}`")
        elif isinstance(part, float):
            if form != "yaml" and not math.isfinite(part):
                raise LstmcountError(f"{name} is {part}, which JSON has no number for")
        elif not isinstance(part, str | int | None):
            raise LstmcountError(f"{name}: {shortened(part)} cannot be written as {form}")

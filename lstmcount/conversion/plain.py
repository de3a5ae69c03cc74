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
        name, one = left.pop()
        if isinstance(one, dict):
            left += [(str(key), item) for key, item in one.items()]
        elif isinstance(one, list | tuple):
            left += [(name, item) for item in one]
        elif isinstance(one, Unknown):
            raise LstmcountError(f"{name} is not known: `{one}`")
        elif isinstance(one, float):
            if form != "yaml" and not math.isfinite(one):
                raise LstmcountError(f"{name} is {one}, which JSON has no number for")
        elif not isinstance(one, str | int | None):
            raise LstmcountError(f"{name}: {shortened(one)} cannot be written as {form}")

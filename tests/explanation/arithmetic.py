"""Evaluates the products and sums that `explain` prints, as a reader with a calculator would."""

from __future__ import annotations

import re


def value(shown: str) -> int:
    """
    >>> value("4·[12×80] + 4·[12×12] + 4·[12×1]"), value("2·4,464")
    (4464, 8928)
    """
    text = shown.replace("[", "(").replace("]", ")").replace(",", "")
    text = text.replace("·", "*").replace("×", "*")
    assert re.fullmatch(r"[-+*/() 0-9]+", text), f"not arithmetic: {shown}"
    found = eval(text, {"__builtins__": {}})  # only digits and operators, checked above
    assert isinstance(found, int)
    return found

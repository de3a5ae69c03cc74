"""Keras's automatic names: lstm, lstm_1, dense, …"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache


class AutoNames:
    """Names as a fresh Keras session gives them.

    >>> names = AutoNames()
    >>> names("LSTM"), names("LSTM"), names("MaxPooling1D"), names("GRUCell")
    ('lstm', 'lstm_1', 'max_pooling1d', 'gru_cell')
    """

    def __init__(self) -> None:
        self._used: Counter[str] = Counter()

    def __call__(self, class_name: str) -> str:
        name = self.next(class_name)
        self._used[snake_case(class_name)] += 1
        return name

    def next(self, class_name: str) -> str:
        """The automatic name of the next layer of the class."""
        prefix = snake_case(class_name)
        index = self._used[prefix]
        return f"{prefix}_{index}" if index else prefix


def is_text(name: str) -> bool:
    """Whether text can be encoded: a program may contain a lone surrogate such as "\\ud800".

    >>> is_text("größe"), is_text("\\ud800")
    (True, False)
    """
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


@cache
def snake_case(name: str) -> str:
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def counted(number: int, noun: str) -> str:
    """
    >>> counted(1, "time step"), counted(2000, "time step")
    ('1 time step', '2,000 time steps')
    """
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

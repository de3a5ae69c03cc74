"""The source text that names an unknown, and the values that a user sets for it."""

from __future__ import annotations

import ast
import copy
import re
from typing import Any

_STABLE_NAME = r"(?:len\()?[A-Za-z_][\w.]*(?:\[[^\[\]()]{1,30}\])*(?:\.\w+)*\)?"


def is_stable_name(words: str | None) -> bool:
    """Whether this text identifies an unknown well, or a variable's name would be better.

    >>> is_stable_name("X_train.shape[1]"), is_stable_name("len(vocab)")
    (True, True)
    >>> is_stable_name("load('x.csv')")
    False
    >>> is_stable_name("sys.argv[1]")
    False
    """
    if words is not None and words.startswith(("sys.", "os.")):
        return False
    return words is not None and len(words) <= 60 and re.fullmatch(_STABLE_NAME, words) is not None


def is_expression(words: str) -> bool:
    """Whether this text is a Python expression, so that `--set` can name it.

    >>> is_expression("len(vocab)"), is_expression("the shape of the input")
    (True, False)
    """
    try:
        return bool(ast.parse(words, mode="eval"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False


def normalized(words: str) -> str:
    """The text in the form that `ast.unparse` writes.

    >>> normalized('config["units"]')
    "config['units']"
    """
    try:
        return ast.unparse(ast.parse(words.strip(), mode="eval").body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return words.strip()


class Settings(dict[str, Any]):
    """Values that the user sets for expressions of the program: `{"actions.shape[0]": 3}`."""

    def __init__(self, values: dict[str, Any] | None = None) -> None:
        super().__init__(
            {normalized(key): _value(key, value) for key, value in (values or {}).items()}
        )
        self.used: set[str] = set()
        self.last_parts = {_last_part(key) for key in self}
        self._last_characters = {key[-1:] for key in self}

    def may_name(self, last: str) -> bool:
        """Whether a key may be source text that ends with this character, or was shortened."""
        return not self._last_characters.isdisjoint((last, "."))

    def use(self, words: str) -> Any:
        self.used.add(words)
        return copy.copy(self[words])


def _value(key: str, value: Any) -> Any:
    """Convert a list to a tuple if it is a shape: programs write shapes as tuples."""
    if isinstance(value, list) and "shape" in key:
        return tuple(_value(key, item) for item in value)
    return value


def _last_part(words: str) -> str:
    return words.rpartition(".")[2]

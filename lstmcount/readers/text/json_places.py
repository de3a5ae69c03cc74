"""The position of a value in JSON text, found without reading anything off its path."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from lstmcount.errors import Path

MAX_TOKENS = 2_000_000  # limit for strings, brackets and commas on the way
_TOKEN = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{},]', re.DOTALL)
_SPACE = re.compile(r"[\s:]*+")

# Tokens before it, key or index, position of the key, position of the value.
Entry = tuple[int, str | int, int, int]


def locate(text: str, path: Path, at_key: bool = False) -> tuple[int, bool]:
    """The position of the value at `path`, or of the nearest enclosing one; whether it is exact.

    >>> locate('{"a": [1, {"b": 2}]}', ("a", 1, "b"))
    (16, True)
    >>> locate('{"a": [1, {"b": 2}]}', ("a", 7))
    (6, False)
    """
    position = _after_space(text, 0)
    left = MAX_TOKENS
    for depth, step in enumerate(path):
        entries = _entries(text, position, left)
        entry = next((entry for entry in entries if entry[1] == step), None)
        if entry is None:
            return position, False
        passed, _, at, value_at = entry
        left -= passed
        position = at if at_key and depth == len(path) - 1 else value_at
    return position, True


def _entries(text: str, position: int, limit: int) -> Iterator[Entry]:
    """The entries of the list or object at this position, within `limit` tokens."""
    opening = text[position : position + 1]
    if opening not in ("[", "{"):
        return
    start = _after_space(text, position + 1)
    if opening == "[" and text[start : start + 1] != "]":
        yield 0, 0, start, start
    awaits_key = opening == "{"
    depth = index = 0
    for passed, token in enumerate(_TOKEN.finditer(text, position)):
        first = text[token.start()]
        if passed > limit:
            return
        if first == '"':
            if depth == 1 and awaits_key:
                awaits_key = False
                yield passed, _unquoted(token[0]), token.start(), _after_space(text, token.end())
        elif first == ",":
            if depth == 1 and opening == "[":
                index += 1
                start = _after_space(text, token.end())
                yield passed, index, start, start
            elif depth == 1:
                awaits_key = True
        elif first in "[{":
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                return


def _after_space(text: str, position: int) -> int:
    space = _SPACE.match(text, position)
    return space.end() if space else position


def _unquoted(text: str) -> str:
    if "\\" not in text:
        return text[1:-1]
    try:
        return str(json.loads(text))
    except ValueError:
        return text

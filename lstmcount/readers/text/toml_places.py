"""The position of a value in TOML text, which `tomllib` does not report."""

from __future__ import annotations

import re
import tomllib
from typing import Any

from lstmcount.errors import Path

_KEY = re.compile(
    r"""\s*((?:[\w-]+|"(?:[^"\\]|\\.)*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"(?:[^"\\]|\\.)*"|'[^']*'))*)\s*=\s*"""
)


def locate(text: str, path: Path, at_key: bool = False) -> tuple[int, int] | None:
    """Line and column (from 1) of the value at `path`, or of the nearest enclosing table.

    >>> locate("[tool.x]\\na = 1\\nb = {c = 2}\\n", ("tool", "x", "b", "c"))
    (3, 10)
    """
    wanted = tuple(map(str, path))
    table: tuple[str, ...] = ()
    best: tuple[int, tuple[int, int]] = (0, (1, 1))
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("["):
            table = _keys(line.strip()) or table
            prefix, column, rest = table, len(line) - len(line.lstrip()) + 1, ""
        elif match := _KEY.match(line):
            prefix = table + _keys(match[1] + " = 0")
            column = (match.start(1) if at_key and prefix == wanted else match.end()) + 1
            rest = line[match.end() :]
        else:
            continue
        if prefix == wanted[: len(prefix)] and len(prefix) >= best[0]:
            inner = _inside(rest, wanted[len(prefix) :], at_key)
            best = (len(prefix), (number, column + inner))
    return best[1] if best[0] else None


def _keys(line: str) -> tuple[str, ...]:
    try:
        value: Any = tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return ()
    keys: list[str] = []
    while isinstance(value, dict | list) and value:
        if isinstance(value, list):
            value = value[0]
        else:
            key, value = next(iter(value.items()))
            keys.append(key)
    return tuple(keys)


def _inside(text: str, path: tuple[str, ...], at_key: bool) -> int:
    """The offset of the value of `path` in an inline table, as far as the path can be followed."""
    at = 0
    for i, key in enumerate(path):
        match = re.compile(rf"""["']?{re.escape(key)}["']?\s*=\s*""").search(text, at)
        if not match:
            break
        at = match.start() if at_key and i == len(path) - 1 else match.end()
    return at

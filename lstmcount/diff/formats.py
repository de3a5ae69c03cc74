"""The changes that `diff` found, as a table, JSON or Markdown."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence

from lstmcount.diff import ModelChange

FORMATS = ("table", "json", "markdown")


def render(fmt: str, changes: Sequence[ModelChange]) -> str:
    found: Callable[[Sequence[ModelChange]], str] = importlib.import_module(
        f"lstmcount.diff.{fmt}"
    ).render
    return found(changes)

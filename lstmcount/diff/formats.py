"""The changes that `diff` found, as a table, JSON, Markdown or LaTeX."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lstmcount.diff import ModelChange, json, latex, markdown, table

FORMATS: dict[str, Callable[[Sequence[ModelChange]], str]] = {
    "table": table.render,
    "json": json.render,
    "markdown": markdown.render,
    "latex": latex.render,
}

"""Changes as Markdown that fits a pull-request comment."""

from __future__ import annotations

from collections.abc import Sequence

from lstmcount.differences import LayerChange, ModelChange
from lstmcount.differences.cells import (
    MARKS,
    MEASURES,
    details,
    measures,
    model_title,
    numbers,
    title,
)
from lstmcount.escapes import for_markdown, for_markdown_cell
from lstmcount.naming import counted
from lstmcount.renderers.markdown import head, row

MAX_CHARACTERS = 60_000  # GitHub's limit for a comment is 65,536


def render(changes: Sequence[ModelChange]) -> str:
    changed = [change for change in changes if change.change != "same"]
    if not changed:
        return "### Model size: no difference\n"
    parts = ["### Model size\n", *map(_model, changed)]
    text, shown = "", 0
    for part in parts:
        if len(text) + len(part) > MAX_CHARACTERS:
            break
        text += part + "\n"
        shown += 1
    left = len(parts) - shown
    return text + (f"… and {counted(left, 'more model')}\n" if left else "")


def _model(change: ModelChange) -> str:
    shown = measures(change)
    of_measures: list[str] = []
    for name in shown:
        of_measures += [MEASURES[name], f"Δ {MEASURES[name]}", "%"]
    lines = [f"**{for_markdown(model_title(change))}**", ""]
    lines += head(["", "layer", "change", *of_measures], numbers=of_measures)
    for layer in change.layers:
        values = _numbers(layer, shown)
        cells = [MARKS[layer.change], title(layer), details(layer), *values]
        lines.append(row(map(for_markdown_cell, cells)))
    totals = map(for_markdown_cell, _numbers(change, shown))
    lines.append(f"| | **total** | {row(totals)}")
    return "\n".join(lines) + "\n"


def _numbers(change: LayerChange | ModelChange, shown: Sequence[str]) -> list[str]:
    """The cells of numbers; unknown numbers are empty."""
    return ["" if cell == "?" else cell for name in shown for cell in numbers(change, name)]

"""Changes as Markdown that fits a pull-request comment."""

from __future__ import annotations

from collections.abc import Sequence

from lstmcount.diff import LayerChange, ModelChange
from lstmcount.diff.cells import MARKS, MEASURES, details, measures, model_title, numbers, title
from lstmcount.escapes import for_markdown, for_markdown_cell

MAX_CHARACTERS = 60_000  # GitHub takes 65,536 in a comment


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
    return text + (f"… and {left:,} more models\n" if left else "")


def _model(change: ModelChange) -> str:
    shown = measures(change)
    headers = ["", "layer", "change"]
    for name in shown:
        headers += [MEASURES[name], f"Δ {MEASURES[name]}", "%"]
    lines = [
        f"**{for_markdown(model_title(change))}**",
        "",
        f"| {' | '.join(headers)} |",
        "|---|---|---|" + "---:|" * (len(headers) - 3),
    ]
    for layer in change.layers:
        cells = [for_markdown_cell(MARKS[layer.change]), *map(for_markdown_cell, _words(layer))]
        cells += [for_markdown_cell(cell) for name in shown for cell in numbers(layer, name)]
        lines.append(f"| {' | '.join(cells)} |")
    totals = [for_markdown_cell(cell) for name in shown for cell in numbers(change, name)]
    lines.append(f"| | **total** | | {' | '.join(totals)} |")
    return "\n".join(lines) + "\n"


def _words(layer: LayerChange) -> tuple[str, str]:
    return title(layer), details(layer)

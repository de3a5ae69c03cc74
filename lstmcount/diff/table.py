"""Changes as aligned lines."""

from __future__ import annotations

from collections.abc import Sequence

from lstmcount.diff import ModelChange
from lstmcount.diff.cells import MARKS, MEASURES, details, measures, model_title, numbers, title
from lstmcount.escapes import escape
from lstmcount.renderers.lines import aligned


def render(changes: Sequence[ModelChange]) -> str:
    blocks = [_model(change) for change in changes if change.change != "same"]
    return "\n".join(blocks) or "no difference\n"


def _model(change: ModelChange) -> str:
    shown = measures(change)
    headers = ["", "layer"]
    for name in shown:
        headers += [MEASURES[name], "Δ" + MEASURES[name], "%"]
    rows = [headers]
    for layer in change.layers:
        row = [MARKS[layer.change], escape(title(layer))]
        rows.append(row + [cell for name in shown for cell in numbers(layer, name)])
    total = ["=", "total"]
    rows.append(total + [cell for name in shown for cell in numbers(change, name)])
    said = ["", *(escape(details(layer)) for layer in change.layers), ""]
    lines = [escape(model_title(change))]
    for line, detail in zip(aligned(rows, left=2), said, strict=True):
        lines.append(f"{line}  {detail}".rstrip())
    return "\n".join(lines) + "\n"

"""Changes as aligned lines."""

from __future__ import annotations

from collections.abc import Sequence

from lstmcount.diff import ModelChange
from lstmcount.diff.cells import MARKS, MEASURES, details, measures, model_title, numbers, title
from lstmcount.escapes import escape
from lstmcount.renderers.lines import aligned, folded


def render(changes: Sequence[ModelChange], room: int | None = None) -> str:
    """The changes in lines, with tables that fit into a `room` of so many columns."""
    blocks = [_model(change, room) for change in changes if change.change != "same"]
    return "\n".join(blocks) or "no difference\n"


def _model(change: ModelChange, room: int | None) -> str:
    shown = measures(change)
    headers = ["", "layer"]
    for name in shown:
        headers += [MEASURES[name], "Δ" + MEASURES[name], "%"]
    rows = [[*headers, ""]]
    for layer in change.layers:
        values = [cell for name in shown for cell in numbers(layer, name)]
        rows.append([MARKS[layer.change], escape(title(layer)), *values, escape(details(layer))])
    values = [cell for name in shown for cell in numbers(change, name)]
    rows.append(["=", "total", *values, ""])
    kinds = "ll" + "rrr" * len(shown) + "l"
    lines = [line for row in aligned(rows, kinds, room, repeated=2) for line in row]
    return "\n".join([*folded([escape(model_title(change))], room), *lines]) + "\n"

"""Changes as aligned lines."""

from __future__ import annotations

from collections.abc import Sequence

from lstmcount.differences import ModelChange
from lstmcount.differences.cells import (
    MARKS,
    MEASURES,
    details,
    measures,
    model_title,
    numbers,
    title,
    together,
)
from lstmcount.escapes import escape
from lstmcount.renderers.lines import aligned, folded


def render(changes: Sequence[ModelChange], room: int | None = None) -> str:
    """The changes in lines, with tables that fit into `room` columns."""
    changed = [change for change in changes if change.change != "same"]
    blocks = [_model(change, room) for change in changed]
    if len(changed) > 1:
        blocks += ["".join(f"{line}\n" for line in folded([f"=  {together(changes)}"], room))]
    return "\n".join(blocks) or "no difference\n"


def _model(change: ModelChange, room: int | None) -> str:
    lines = aligned(rows(change), kinds(change), room, repeated=2)
    titles = folded([escape(model_title(change))], room)
    return "\n".join([*titles, *(line for row in lines for line in row)]) + "\n"


def kinds(change: ModelChange) -> str:
    """The kind of each column: words (l) or numbers (r)."""
    return "ll" + "rrr" * len(measures(change)) + "l"


def rows(change: ModelChange) -> list[list[str]]:
    """The cells of the headers, the layers and the total."""
    shown = measures(change)
    headers = ["", "layer"]
    for name in shown:
        headers += [MEASURES[name], "Δ" + MEASURES[name], "%"]
    cells = [[*headers, ""]]
    for layer in change.layers:
        values = [cell for name in shown for cell in numbers(layer, name)]
        cells.append([MARKS[layer.change], escape(title(layer)), *values, escape(details(layer))])
    values = [cell for name in shown for cell in numbers(change, name)]
    return [*cells, ["=", "total", *values, ""]]

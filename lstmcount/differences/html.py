"""Changes and comparisons as the HTML that a notebook shows."""

from __future__ import annotations

from collections.abc import Sequence

from lstmcount.differences import ModelChange, comparison
from lstmcount.differences.cells import model_title
from lstmcount.differences.table import kinds, rows
from lstmcount.renderers.html import table

_SIDES = {"l": "left", "r": "right"}


def of_change(change: ModelChange) -> str:
    sides = [_SIDES[kind] for kind in kinds(change)]
    return table(model_title(change), rows(change), sides)


def of_comparison(compared: Sequence[comparison.Row]) -> str:
    cells = comparison.texts(compared)
    return table("", cells, ["left", *["right"] * (len(cells[0]) - 1)])

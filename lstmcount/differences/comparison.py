"""Several models side by side: one row a model, one column a measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from lstmcount.costs.measures import MEASURES as ALL
from lstmcount.differences.cells import shown_number
from lstmcount.escapes import escape
from lstmcount.renderers import latex
from lstmcount.renderers.lines import aligned
from lstmcount.renderers.records import RECORDS

MEASURES = ("params", "trainable_params", "size", "macs", "macs_per_step", "states", "layers")

Row = dict[str, Any]  # the model's path and measures; None for an unknown number


def table(rows: Sequence[Row], room: int | None = None) -> str:
    """Aligned lines that fit a terminal of `room` columns."""
    lines = aligned(texts(rows), _kinds(rows), room)
    return "".join(f"{line}\n" for row in lines for line in row)


def texts(rows: Sequence[Row]) -> list[list[str]]:
    names = [name for name in rows[0] if name != "path"]
    headers = [ALL[name].label + ALL[name].unit.replace(" bytes", " (bytes)") for name in names]
    return [
        ["model", *headers],
        *[[escape(row["path"]), *[shown_number(row[name]) for name in names]] for row in rows],
    ]


def _kinds(rows: Sequence[Row]) -> str:
    return "l" + "r" * (len(rows[0]) - 1)


FORMATS: dict[str, Callable[[Sequence[Row]], str]] = {
    "table": table,
    **RECORDS,
    "latex": lambda rows: latex.table(texts(rows), _kinds(rows)),
}

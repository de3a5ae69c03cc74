"""How large a model was at each commit: a table, JSON lines, CSV and a chart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import msgspec

from lstmcount.differences.cells import shown_number
from lstmcount.errors import LstmcountError
from lstmcount.escapes import escape
from lstmcount.renderers.charts import figure, picture, styled
from lstmcount.renderers.lines import aligned
from lstmcount.renderers.records import RECORDS
from lstmcount.renderers.saving import Saved
from lstmcount.sources.history import Version

MEASURES = ("params", "size", "macs")
_SHORT = 10  # characters of a commit's hash in tables
_MARKED = 100  # limit for commits that get a mark each


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A model at a commit that changed its file; no numbers where it could not be read."""

    commit: str
    time: str
    path: str
    change: str
    params: int | None = None
    size: int | None = None
    macs: int | None = None
    error: str | None = None
    subject: str = ""


def row(version: Version, **columns: Any) -> Row:
    time = datetime.fromtimestamp(version.time, UTC)
    return Row(
        commit=version.commit, time=f"{time:%Y-%m-%dT%H:%M:%SZ}", path=version.path,
        change=version.change, subject=version.subject, **columns,
    )  # fmt: skip


def table(rows: Sequence[Row], room: int | None = None) -> str:
    """Aligned lines that fit into `room` columns: versions, the newest first, with the difference
    from the version before.
    """
    lines = [["commit", "date", "params", "Δparams", "size", "MACs", ""]]
    for row, growth in zip(rows, _growth(rows), strict=True):
        params, size, macs = map(shown_number, (row.params, row.size, row.macs))
        numbers = ["", "", "", ""] if row.change == "deleted" else [params, growth, size, macs]
        lines.append([row.commit[:_SHORT], row.time[:10], *numbers, escape(_said(row))])
    return "".join(f"{line}\n" for row in aligned(lines, "llrrrrl", room) for line in row)


def _growth(rows: Sequence[Row]) -> list[str]:
    """The change in params since the last version before that is known."""
    known = [row for row in rows if row.params is not None]
    growth = {
        id(new): f"{new.params - old.params:+,}"
        for new, old in pairwise(known)
        if new.params is not None and old.params is not None
    }
    return [growth.get(id(row), "") for row in rows]


def _said(row: Row) -> str:
    if row.error is not None:
        return row.error
    renamed = f"({row.change} {row.path}) " if row.change not in ("modified", "added") else ""
    return renamed + row.subject


def rendered(rows: Sequence[Row], fmt: str, room: int | None) -> str:
    """The rows in one of `FORMATS`."""
    if fmt == "table":
        return table(rows, room)
    return RECORDS[fmt]([msgspec.structs.asdict(row) for row in rows])


FORMATS = ("table", *RECORDS)


def draw(rows: Sequence[Row], title: str, fmt: str, theme: str = "light") -> Saved:
    """A chart of params over the time of the commits."""
    known = [(row.time, row.params) for row in reversed(rows) if row.params is not None]
    if not known:
        raise LstmcountError("there is no version to draw: none of them has a known size")
    times = [datetime.fromisoformat(time) for time, _ in known]
    with styled(theme):
        from matplotlib.ticker import EngFormatter

        drawn = figure(7, 4.5)
        axes = drawn.subplots()
        marker = "." if len(known) <= _MARKED else None
        axes.plot(times, [params for _, params in known], drawstyle="steps-post", marker=marker)
        axes.set_ylabel("parameters")
        axes.set_ylim(bottom=0)
        axes.grid()
        axes.yaxis.set_major_formatter(EngFormatter())
        axes.set_title(escape(title), parse_math=False)
        drawn.autofmt_xdate()
        return picture(drawn, fmt)

"""Keras 3's `model.summary()`, byte for byte at the same line length.

If nothing has to wrap and nothing is coloured, the table is composed here; otherwise rich does
it, as in Keras. Importing rich costs as much as everything else, and rich is slow on long tables.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lstmcount.renderers.cells import Cell, Options, Table, plain, table_of
from lstmcount.renderers.layout import line_length
from lstmcount.summary import Summary

if TYPE_CHECKING:
    import rich.console

_RICH_WIDTH = 10**6  # rich crops at the console's width; no table is this wide


def as_text(summary: Summary, options: Options | None = None) -> str:
    """The summary as plain text."""
    table = table_of(summary, options or Options())
    texts = [[plain(cell) for cell in row] for row in table.rows]
    needed = _needed(table, texts)
    widths = _widths(table, needed)
    if any(need > width for need, width in zip(needed, widths, strict=True)):
        return rich_text(table)
    return "\n".join(_lines(table, texts, widths)) + "\n"


def rich_text(table: Table) -> str:
    """The table as rich lays it out, without colour."""
    import rich.console

    stream = io.StringIO()
    console = rich.console.Console(
        file=stream, width=_RICH_WIDTH, force_terminal=False, color_system=None
    )
    print_rich(table, console)
    return stream.getvalue()


def print_rich(table: Table, console: rich.console.Console) -> None:
    """The table on a console, in Keras's colours where the console has colours."""
    from rich.table import Column
    from rich.table import Table as RichTable
    from rich.text import Text

    def text(cell: Cell) -> Text:
        return Text.assemble(*cell)

    layout, extra = table.layout, table.options.extra
    needed = _needed(table, [[plain(cell) for cell in row] for row in table.rows])
    length = _line_length(table, needed)
    widths, total = layout.requested(length), length
    if extra:
        widths = _widths(table, needed)
        total = min(sum(width + 3 for width in widths) + 1, table.options.max_width or _RICH_WIDTH)
    columns = [
        Column(header, justify=justify, width=width)  # type: ignore[arg-type]
        for header, justify, width in zip(_headers(table), _justify(table), widths, strict=True)
    ]
    grid = RichTable(*columns, width=total, show_lines=True)
    for row in table.rows:
        grid.add_row(*map(text, row))
    console.print(text(table.title))
    console.print(grid)
    for cell in table.totals:
        console.print(text(cell))


def _headers(table: Table) -> list[str]:
    return [*table.layout.headers, *(column.header for column in table.options.extra)]


def _justify(table: Table) -> list[str]:
    return [*table.layout.justify, *(column.justify for column in table.options.extra)]


def _needed(table: Table, texts: list[list[str]]) -> list[int]:
    """The width of each column's widest cell."""
    columns = zip(_headers(table), *texts, strict=True)
    return [max(map(_cell_len, column)) for column in columns]


def _line_length(table: Table, needed: list[int]) -> int:
    options, own = table.options, needed[: len(table.layout.headers)]
    return line_length(table.layout, own, options.line_length, options.max_width)


def _widths(table: Table, needed: list[int]) -> list[int]:
    own = table.layout.shown(_line_length(table, needed))
    return own + needed[len(own) :]


def _cell_len(text: str) -> int:
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def _lines(table: Table, texts: list[list[str]], widths: list[int]) -> Iterator[str]:
    def rule(left: str, line: str, cross: str, right: str) -> str:
        return left + cross.join(line * (width + 2) for width in widths) + right

    def row(cells: list[str], bar: str) -> str:
        padded = [
            f" {_padded(cell, width, how)} "
            for cell, width, how in zip(cells, widths, justify, strict=True)
        ]
        return bar + bar.join(padded) + bar

    justify = _justify(table)
    yield plain(table.title)
    yield rule("┏", "━", "┳", "┓")
    yield row(_headers(table), "┃")
    yield rule("┡", "━", "╇", "┩")
    between = rule("├", "─", "┼", "┤")
    for i, cells in enumerate(texts):
        if i:
            yield between
        yield row(cells, "│")
    yield rule("└", "─", "┴", "┘")
    yield from map(plain, table.totals)


def _padded(text: str, width: int, how: str) -> str:
    space = width - _cell_len(text)
    if how == "center":
        left = space // 2
        return " " * left + text + " " * (space - left)
    return " " * space + text if how == "right" else text + " " * space

"""Keras 3's `model.summary()`, byte for byte at the same line length.

If nothing has to wrap and nothing is coloured, the table is composed here; otherwise rich does
it, as in Keras. Importing rich costs as much as everything else, and rich is slow on long tables.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lstmcount.renderers.cells import Cell, Options, Table, plain, table_of
from lstmcount.renderers.fitting import Block, Column, fitted, width_of
from lstmcount.renderers.layout import Layout, line_length
from lstmcount.renderers.lines import folded, padded
from lstmcount.summary import Summary

if TYPE_CHECKING:
    import rich.console

_RICH_WIDTH = 10**6  # rich crops at the console's width; no table is this wide


def as_text(summary: Summary, options: Options | None = None) -> str:
    """The summary as plain text."""
    table = table_of(summary, options or Options())
    texts = [[plain(cell) for cell in row] for row in table.rows]
    (block, *more) = _blocks(table, texts)
    needed = [max(map(width_of, column)) for column in _columns(table, texts)]
    if more or any(needed[i] > width for i, width in block.items()):
        return rich_text(table)
    return "\n".join(_lines(table, texts, list(block.values()))) + "\n"


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
    from rich.table import Column as RichColumn
    from rich.table import Table as RichTable
    from rich.text import Text

    def text(cell: Cell) -> Text:
        return Text.assemble(*cell)

    room = table.options.max_width
    texts = [[plain(cell) for cell in row] for row in table.rows]
    headers, kinds = _headers(table), _justify(table)
    # At a length that was asked for, Keras cuts what is too long.
    overflow: Any = "fold" if table.options.line_length is None else "ellipsis"
    console.print(text(table.title), width=room, overflow=overflow)
    for block in _blocks(table, texts):
        columns = [
            RichColumn(headers[i], justify=kinds[i], width=width, overflow=overflow)  # type: ignore[arg-type]
            for i, width in block.items()
        ]
        grid = RichTable(*columns, width=sum(block.values()) + 3 * len(block) + 1, show_lines=True)
        for row in table.rows:
            grid.add_row(*(text(row[i]) for i in block))
        console.print(grid)
    for cell in table.totals:
        console.print(text(cell), width=room, overflow=overflow)


def _blocks(table: Table, texts: list[list[str]]) -> list[Block]:
    """Keras's columns where nothing is lost in them, or else columns that fit the terminal."""
    cells = _columns(table, texts)
    needed = [max(map(width_of, column)) for column in cells]
    own = [] if table.layout is None else _keras_widths(table, table.layout, needed)
    block = dict(enumerate(own + needed[len(own) :]))
    room = table.options.max_width
    if room is None or table.options.line_length is not None:
        return [block]
    words = [Column.of(column, are_numbers=True).least for column in cells]
    is_within = sum(block.values()) + 3 * len(block) + 1 <= room
    if is_within and all(words[i] <= width for i, width in block.items()):
        return [block]
    columns = [
        Column.of(column, justify == "right")
        for column, justify in zip(cells, _justify(table), strict=True)
    ]
    return list(fitted(columns, room - 4, gap=3))


def _columns(table: Table, texts: list[list[str]]) -> list[tuple[str, ...]]:
    return list(zip(_headers(table), *texts, strict=True))


def _headers(table: Table) -> list[str]:
    return [column.header for column in table.columns]


def _justify(table: Table) -> list[str]:
    return [column.justify for column in table.columns]


def _keras_widths(table: Table, layout: Layout, needed: list[int]) -> list[int]:
    own, options = needed[: len(layout.headers)], table.options
    return layout.shown(line_length(layout, own, options.line_length, options.max_width))


def _lines(table: Table, texts: list[list[str]], widths: list[int]) -> Iterator[str]:
    def rule(left: str, line: str, cross: str, right: str) -> str:
        return left + cross.join(line * (width + 2) for width in widths) + right

    def row(cells: list[str], bar: str) -> str:
        shown = [
            f" {padded(cell, width, how[0])} "
            for cell, width, how in zip(cells, widths, justify, strict=True)
        ]
        return bar + bar.join(shown) + bar

    justify = _justify(table)
    yield from folded([plain(table.title)], table.options.max_width)
    yield rule("┏", "━", "┳", "┓")
    yield row(_headers(table), "┃")
    yield rule("┡", "━", "╇", "┩")
    between = rule("├", "─", "┼", "┤")
    for i, cells in enumerate(texts):
        if i:
            yield between
        yield row(cells, "│")
    yield rule("└", "─", "┴", "┘")
    yield from folded(map(plain, table.totals), table.options.max_width)

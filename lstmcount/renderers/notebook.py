"""A summary as the HTML that a notebook shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lstmcount.escapes import for_xml
from lstmcount.renderers.cells import Cell, Options, plain, table_of
from lstmcount.summary import Summary


def as_html(summary: Summary) -> str:
    """A table with its title and totals. Names from the model are escaped.

    >>> from lstmcount import summarize
    >>> html = as_html(summarize({"input_shape": [5, 126], "layers": [{"LSTM": 64}]}))
    >>> '<td style="text-align:right">48,896</td>' in html
    True
    """
    table = table_of(summary, Options())
    sides = [column.justify for column in table.columns]
    heads = [[(column.header, "")] for column in table.columns]
    return "\n".join(
        [
            "<table>",
            f"<caption>{_text(table.title)}</caption>",
            f"<thead>{''.join(_row('th', heads, sides))}</thead>",
            "<tbody>",
            *["".join(_row("td", row, sides)) for row in table.rows],
            "</tbody>",
            "</table>",
            *[f"<div>{_text(line)}</div>" for line in table.totals],
            *[f"<div><em>{for_xml(note)}</em></div>" for note in summary.notes],
        ]
    )


def _row(tag: str, cells: Sequence[Cell], sides: Sequence[str]) -> Iterator[str]:
    yield "<tr>"
    for cell, side in zip(cells, sides, strict=True):
        yield f'<{tag} style="text-align:{side}">{_text(cell)}</{tag}>'
    yield "</tr>"


def _text(cell: Cell) -> str:
    return for_xml(plain(cell).strip())

"""A summary as the HTML that a notebook shows."""

from __future__ import annotations

from lstmcount.renderers.cells import Options, plain, table_of
from lstmcount.renderers.html import table
from lstmcount.summary import Summary


def as_html(summary: Summary) -> str:
    """A table with its title and totals. Names from the model are escaped.

    >>> from lstmcount import summarize
    >>> html = as_html(summarize({"input_shape": [5, 126], "layers": [{"LSTM": 64}]}))
    >>> '<td style="text-align:right">48,896</td>' in html
    True
    """
    shown = table_of(summary, Options())
    sides = [column.justify for column in shown.columns]
    heads = [column.header for column in shown.columns]
    rows = [[plain(cell) for cell in row] for row in shown.rows]
    below = [*[plain(line) for line in shown.totals], *summary.notes]
    return table(plain(shown.title), [heads, *rows], sides, below)

"""Tables in LaTeX, with the rules of its package booktabs."""

from __future__ import annotations

from collections.abc import Sequence

from lstmcount.escapes import for_latex
from lstmcount.renderers.cells import Options, plain, table_of
from lstmcount.summary import Summary


def table(rows: Sequence[Sequence[str]], kinds: str, totals: int = 0) -> str:
    r"""A table; the first row holds the headers, and the last `totals` rows hold totals.

    In `kinds`, l is a column of words and r a column of numbers.

    >>> print(table([["layer", "params"], ["lstm_1", "1,024"], ["total", "1,024"]], "lr", 1))
    \begin{tabular}{lr}
    \toprule
    layer & params \\
    \midrule
    lstm\_1 & 1,024 \\
    \midrule
    total & 1,024 \\
    \bottomrule
    \end{tabular}
    <BLANKLINE>
    """
    lines = [_row(row) for row in rows]
    if totals:
        lines.insert(-totals, r"\midrule")
    lines.insert(1, r"\midrule")
    head, foot = rf"\begin{{tabular}}{{{kinds}}}", r"\end{tabular}"
    return "\n".join([head, r"\toprule", *lines, r"\bottomrule", foot]) + "\n"


def _row(cells: Sequence[str]) -> str:
    row = " & ".join(map(for_latex, cells)) + r" \\"
    # The command before would take a star or what stands in brackets as its argument.
    return f"{{}}{row}" if row.startswith(("[", "*")) else row


def summary_table(summary: Summary, names: Sequence[str]) -> str:
    """The summary's table, and the model's totals below it."""
    shown = table_of(summary, Options(columns=tuple(names)))
    rows = [[column.header for column in shown.columns]]
    rows += [[plain(cell) for cell in row] for row in shown.rows]
    totals = ["" if c.total is None else str(c.total(summary)) for c in shown.columns]
    if any(totals):
        rows.append([totals[0] or "Total", *totals[1:]])
    kinds = "".join(column.justify[0] for column in shown.columns)
    return table(rows, kinds, totals=int(any(totals)))

"""Text for 80 columns: styled lines, paragraphs, and aligned columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from lstmcount.escapes import escape

WIDTH = 80

Line = tuple[str, str]  # kind (title, heading, formula, result, plain) and text


def wrapped(text: str, first: str, rest: str | None = None, kind: str = "plain") -> Iterator[Line]:
    """A paragraph, its first line indented by `first` and the others by `rest` (or `first`).

    >>> list(wrapped("some words", "  "))
    [('plain', '  some words')]
    """
    lines = textwrap.wrap(
        escape(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in lines:
        yield kind, line


def aligned(rows: Sequence[Sequence[str]], left: int = 0, most: int | None = None) -> list[str]:
    """The rows with aligned columns: the first `left` columns are words and start
    at the left, the others are numbers and end at the right.

    If a line exceeds `most`, the first column is cut, but not below 12 characters.

    >>> aligned([["layer", "params"], ["lstm", "48,896"], ["dense", "65"]], left=1)
    ['layer  params', 'lstm   48,896', 'dense      65']
    >>> aligned([["bidirectional_lstm", "1,000"]], left=1, most=20)
    ['bidirectiona…  1,000']
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if most is not None:
        numbers = sum(widths[1:]) + 2 * len(widths[1:])
        widths[0] = min(widths[0], max(12, most - numbers))
    return ["  ".join(_padded(row, widths, left)) for row in rows]


def _padded(row: Sequence[str], widths: Sequence[int], left: int) -> Iterator[str]:
    for i, (cell, width) in enumerate(zip(row, widths, strict=True)):
        shown = cell if len(cell) <= width else cell[: width - 1] + "…"
        yield shown.ljust(width) if i < left else shown.rjust(width)

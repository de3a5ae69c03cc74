"""Text in lines: paragraphs, and aligned columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from lstmcount.escapes import escape
from lstmcount.renderers.fitting import Block, Column, broken, fitted, width_of, wrapped_cell

WIDTH = 80
_GAP = "  "  # between the columns of a table

Line = tuple[str, str]  # kind (title, heading, formula, result, plain) and text


def wrapped(
    text: str, first: str, rest: str | None = None, kind: str = "plain", room: int = WIDTH
) -> Iterator[Line]:
    """A paragraph, its first line indented by `first` and the others by `rest` (or `first`).

    >>> list(wrapped("some words", "  "))
    [('plain', '  some words')]
    """
    lines = textwrap.wrap(
        escape(text),
        room,
        initial_indent=first,
        subsequent_indent=first if rest is None else rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in lines:
        yield kind, line


def aligned(
    rows: Sequence[Sequence[str]], kinds: str, room: int | None = None, repeated: int = 1
) -> list[list[str]]:
    """The lines of each row with aligned columns; `kinds` says for each column whether it holds
    words, aligned to the left (l), or numbers, aligned to the right (r).

    To fit into `room` characters, words wrap, and columns without room follow in blocks below.
    Each block repeats the first `repeated` columns and is separated by an empty row.

    >>> aligned([["layer", "params"], ["lstm", "48,896"], ["dense", "65"]], "lr")
    [['layer  params'], ['lstm   48,896'], ['dense      65']]
    >>> aligned([["bidirectional_lstm", "1,000"]], "lr", room=20)
    [['bidirectional  1,000', '_lstm']]
    """
    columns = [
        Column.of(texts, kind == "r")
        for kind, texts in zip(kinds, zip(*rows, strict=True), strict=True)
    ]
    lines: list[list[str]] = []
    for block in fitted(columns, room, len(_GAP), repeated):
        if lines:
            lines.append([""])
        lines += [_row(row, block, kinds) for row in rows]
    return lines


def headed(
    rows: Sequence[Sequence[str]], kinds: str, room: int | None = None, repeated: int = 1
) -> Iterator[Line]:
    """The rows as aligned lines; the first row is a heading."""
    for i, lines in enumerate(aligned(rows, kinds, room, repeated)):
        for line in lines:
            yield ("plain" if i % (len(rows) + 1) else "heading"), line


def _row(row: Sequence[str], block: Block, kinds: str) -> list[str]:
    cells = [wrapped_cell(row[i], width) for i, width in block.items()]
    return [
        _GAP.join(
            padded(cell, width, kinds[i])
            for cell, (i, width) in zip(line, block.items(), strict=True)
        ).rstrip()
        for line in zip_longest(*cells, fillvalue="")
    ]


def padded(text: str, width: int, kind: str) -> str:
    """The text at the left (l), in the centre (c) or at the right (r) of `width` columns.

    >>> padded("lstm", 7, "c")
    ' lstm  '
    """
    space = width - width_of(text)
    left = {"l": 0, "c": space // 2, "r": space}[kind]
    return " " * left + text + " " * (space - left)


def folded(lines: Iterable[str], room: int | None) -> Iterator[str]:
    """The lines broken at spaces to fit into `room`; continuations are indented further.

    A word that is too long stays whole, so that a terminal can copy it.

    >>> list(folded(["  params 48,896 of 50,000"], 18))
    ['  params 48,896', '    of 50,000']
    """
    for line in lines:
        if room is None or width_of(line) <= room:
            yield line
            continue
        indent = line[: len(line) - len(line.lstrip(" "))]
        first, *others = broken(line.strip(" "), room - len(indent) - 2)
        yield indent + first
        yield from (f"{indent}  {rest}" for rest in others)

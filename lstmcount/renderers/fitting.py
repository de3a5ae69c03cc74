"""Fit the columns of a table to a width: words wrap, numbers stay whole, and columns without
room stand in blocks below, each of which repeats the first columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

LEAST = 10  # least width of a column of words, unless all words are shorter

_SPACE = r"(?<!\d) | (?![KMGTP]?B\b)"  # where a line may end: not between a number and its unit

Block = dict[int, int]  # column → width


class Column(msgspec.Struct, frozen=True):
    """The width at which nothing wraps, and the least width at which no number is cut."""

    needed: int
    least: int

    @classmethod
    def of(cls, texts: Sequence[str], are_numbers: bool) -> Column:
        """
        >>> Column.of(["Param #", "48,896 (unbuilt)"], are_numbers=True)
        Column(needed=16, least=9)
        >>> Column.of(["bidirectional_lstm", "(None, 64)"], are_numbers=False)
        Column(needed=18, least=10)
        """
        needed = max(map(width_of, texts))
        whole = max(
            (
                width_of(word)
                for text in texts
                for word in re.split(_SPACE, text)
                if are_numbers or not any(map(str.isalpha, word))
            ),
            default=0,
        )
        return cls(needed, whole if are_numbers else min(needed, max(LEAST, whole)))


def fitted(
    columns: Sequence[Column], room: int | None, gap: int, repeated: int = 1
) -> Iterator[Block]:
    """The blocks of a table in lines of `room`, with `gap` between columns; the first `repeated`
    columns are in each block.

    >>> name, count = Column(18, 10), Column(9, 9)
    >>> list(fitted([name, count, count], 40, gap=2))
    [{0: 18, 1: 9, 2: 9}]
    >>> list(fitted([name, count, count], 35, gap=2))
    [{0: 13, 1: 9, 2: 9}]
    >>> list(fitted([name, count, count], 31, gap=2))
    [{0: 18, 1: 9}, {0: 18, 2: 9}]
    """

    def length(chosen: Sequence[int]) -> int:
        return sum(columns[i].least + gap for i in chosen) - gap

    keys = list(range(repeated))
    block = keys
    for i in range(repeated, len(columns)):
        if room is not None and len(block) > repeated and length([*block, i]) > room:
            yield _widths(columns, block, room, gap)
            block = keys
        block = [*block, i]
    yield _widths(columns, block, room, gap)


def _widths(columns: Sequence[Column], block: Sequence[int], room: int | None, gap: int) -> Block:
    """The widths of a block's columns; the widest ones are narrowed first."""
    widths = {i: columns[i].needed for i in block}
    excess = 0 if room is None else sum(widths.values()) + gap * (len(block) - 1) - room
    while excess > 0 and (wide := [i for i in block if widths[i] > columns[i].least]):
        widest = max(widths[i] for i in wide)
        group = [i for i in wide if widths[i] == widest]
        bounds = [widths[i] for i in wide if i not in group] + [columns[i].least for i in group]
        cut = max(1, min(excess // len(group), widest - max(bounds)))
        for i in group[: excess // cut]:
            widths[i] -= cut
            excess -= cut
    return widths


def wrapped_cell(text: str, width: int) -> list[str]:
    """The lines of a cell: broken at spaces, and inside words that are too long.

    >>> wrapped_cell("bidirectional (LSTM)", 8)
    ['bidirect', 'ional', '(LSTM)']
    """
    return [piece for line in broken(text, width) for piece in _folded(line, width)]


def broken(text: str, width: int) -> list[str]:
    """The text broken at spaces into lines of that width; a longer word is a line of its own.

    >>> broken("bidirectional (LSTM) layer", 12)
    ['bidirectional', '(LSTM) layer']
    """
    if width_of(text) <= width:
        return [text]
    lines: list[str] = []
    for word in re.split(_SPACE, text):
        if lines and width_of(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def _folded(word: str, width: int) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and width_of(pieces[-1] + character) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces


def width_of(text: str) -> int:
    """The columns of a terminal that the text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)

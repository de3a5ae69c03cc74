"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def head(headers: Sequence[str], numbers: Iterable[str] = ()) -> list[str]:
    """The two lines that begin a table; the columns below `numbers` end at the right.

    >>> head(["layer", "params"], numbers=["params"])
    ['| layer | params |', '|---|---:|']
    """
    right = set(numbers)
    rule = "|".join("---:" if header in right else "---" for header in headers)
    return [f"| {' | '.join(headers)} |", f"|{rule}|"]


def row(cells: Iterable[str]) -> str:
    """A line of a table, whose cells are Markdown already (`escapes.for_markdown_cell`).

    >>> row(["lstm", "1,024"])
    '| lstm | 1,024 |'
    """
    return f"| {' | '.join(cells)} |"

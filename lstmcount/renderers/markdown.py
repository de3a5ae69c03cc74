"""Tables in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def head(headers: Sequence[str], numbers: Iterable[str] = ()) -> list[str]:
    """The header lines of a table; columns in `numbers` are aligned to the right.

    >>> head(["layer", "params"], numbers=["params"])
    ['| layer | params |', '|---|---:|']
    """
    right = set(numbers)
    rule = "|".join("---:" if header in right else "---" for header in headers)
    return [f"| {' | '.join(headers)} |", f"|{rule}|"]


def row(cells: Iterable[str]) -> str:
    """A row of a table; the cells are already Markdown (`escapes.for_markdown_cell`).

    >>> row(["lstm", "1,024"])
    '| lstm | 1,024 |'
    """
    return f"| {' | '.join(cells)} |"

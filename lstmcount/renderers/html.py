"""Tables as the HTML that a notebook shows."""

from __future__ import annotations

from collections.abc import Sequence

from lstmcount.escapes import for_xml


def table(
    caption: str, rows: Sequence[Sequence[str]], sides: Sequence[str], below: Sequence[str] = ()
) -> str:
    """A table with its headers in the first row, and lines below it; every text is escaped.

    >>> table("a < b", [["n"], ["1"]], ["right"]).splitlines()[1]
    '<caption>a &lt; b</caption>'
    """
    heads, *cells = rows
    return "\n".join(
        [
            "<table>",
            f"<caption>{for_xml(caption.strip())}</caption>",
            f"<thead>{_row('th', heads, sides)}</thead>",
            "<tbody>",
            *[_row("td", row, sides) for row in cells],
            "</tbody>",
            "</table>",
            *[f"<div>{for_xml(line.strip())}</div>" for line in below],
        ]
    )


def _row(tag: str, cells: Sequence[str], sides: Sequence[str]) -> str:
    return "".join(
        [
            "<tr>",
            *[
                f'<{tag} style="text-align:{side}">{for_xml(cell.strip())}</{tag}>'
                for cell, side in zip(cells, sides, strict=True)
            ],
            "</tr>",
        ]
    )

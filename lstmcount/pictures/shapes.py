"""The shapes that pictures consist of: rectangles, paths and text, in groups."""

from __future__ import annotations

import math

import msgspec

from lstmcount.escapes import escape


class Rect(msgspec.Struct, frozen=True, kw_only=True):
    x: float
    y: float
    width: float
    height: float
    fill: str | None = None
    stroke: str | None = None
    line: float = 1.0
    radius: float = 0.0
    dashed: bool = False


class Path(msgspec.Struct, frozen=True, kw_only=True):
    """Commands as SVG has them: ("M", x, y), ("L", x, y), ("C", x1, y1, x2, y2, x, y), ("Z",)."""

    commands: tuple[tuple[str | float, ...], ...]
    fill: str | None = None
    stroke: str | None = None
    line: float = 1.3
    dashed: bool = False


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A line of text, after a `lead` in bold; y is its baseline."""

    x: float
    y: float
    text: str
    fill: str
    size: float = 12.0
    anchor: str = "start"  # or "middle", "end"
    bold: bool = False
    lead: str = ""


class Group(msgspec.Struct, frozen=True, kw_only=True):
    """Shapes that belong together; `title` is the tooltip, and the text for screen readers."""

    shapes: tuple[Shape, ...]
    kind: str
    title: str = ""
    name: str = ""  # class of the layer


Shape = Rect | Path | Text | Group


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    width: float
    height: float
    title: str
    description: str
    paper: str
    shapes: tuple[Shape, ...]


def arrowhead(x: float, y: float, dx: float, dy: float, fill: str, size: float = 7.0) -> Path:
    """A triangle whose tip is at (x, y), pointing along (dx, dy)."""
    length = math.hypot(dx, dy) or 1.0
    dx, dy = dx / length, dy / length
    back_x, back_y = x - size * dx, y - size * dy
    half = size * 0.5
    return Path(
        commands=(
            ("M", x, y),
            ("L", back_x - half * dy, back_y + half * dx),
            ("L", back_x + half * dy, back_y - half * dx),
            ("Z",),
        ),
        fill=fill,
    )


# Advance widths of DejaVu Sans from space to ~, in thousandths of the size: it is the widest of
# the fonts that pictures ask for, so what fits in it fits in all of them.
_WIDTHS = (
    318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636,
    636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632,
    575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685,
    611, 685, 390, 337, 390, 838, 500, 500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579,
    278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
)  # fmt: skip
_BOLDER = 1.13
_WIDE = 0x1100  # from this code point on, characters are taken to be square


def text_width(text: str, size: float = 12.0, bold: bool = False) -> float:
    """
    >>> round(text_width("LSTM", 10), 2), round(text_width("層", 10), 2)
    (26.66, 10.0)
    """
    total = 0
    for char in escape(text):
        code = ord(char) - 32
        if 0 <= code < len(_WIDTHS):
            total += _WIDTHS[code]
        else:
            total += 1000 if ord(char) >= _WIDE and not 0x2000 <= ord(char) < 0x2E80 else 800
    return total * size / 1000 * (_BOLDER if bold else 1)


def shortened(text: str, most: int) -> str:
    """At most `limit` printed characters; the middle is left out.

    >>> shortened("conv2_block1_1_conv", 11)
    'conv2…_conv'
    """
    text = escape(text)
    if len(text) <= most:
        return text
    tail = (most - 1) // 2
    return f"{text[: most - 1 - tail]}…{text[-tail:]}"

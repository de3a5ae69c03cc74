"""Pictures as PNG and PDF, through matplotlib."""

from __future__ import annotations

from typing import Any

from lstmcount import memory
from lstmcount.errors import LstmcountError
from lstmcount.escapes import escape
from lstmcount.extras import install
from lstmcount.pictures.shapes import Group, Path, Picture, Rect, Shape, Text, text_width
from lstmcount.renderers.saving import Saved, families, saved

MOST_PIXELS, LONGEST = 60_000_000, 32_000  # limit for a PNG; a PDF page can have 14,400 points
SMALLEST = 0.4  # a PNG scaled down further is illegible


def require() -> None:
    """Raise `LstmcountError` if matplotlib is not installed."""
    memory.require(memory.FOR_NUMPY)
    try:
        import matplotlib.figure  # noqa: F401
    except ImportError:
        raise LstmcountError(
            f"PNG and PDF need matplotlib: {install('pictures')}; SVG, dot and Mermaid need nothing"
        ) from None


def as_png(picture: Picture) -> Saved:
    """Two pixels per unit of the picture; fewer for very large pictures."""
    area, longest = picture.width * picture.height, max(picture.width, picture.height)
    scale = min(2.0, (MOST_PIXELS / area) ** 0.5, LONGEST / longest)
    if scale < SMALLEST:
        raise LstmcountError(
            f"a picture of {picture.width:,}×{picture.height:,} is too large for PNG; "
            "SVG can hold it"
        )
    return _drawn(picture, "png", dpi=72 * scale, metadata={"Software": None})


def as_pdf(picture: Picture) -> Saved:
    """One page with selectable text."""
    title = escape(picture.title)
    made = {"CreationDate": None, "Producer": None, "Creator": "lstmcount", "Title": title}
    scale = min(1.0, 14_400 / max(picture.width, picture.height))
    return _drawn(picture, "pdf", dpi=72, metadata=made, scale=scale)


def _drawn(
    picture: Picture, fmt: str, dpi: float, metadata: dict[str, Any], scale: float = 1.0
) -> Saved:
    import matplotlib
    from matplotlib.figure import Figure

    inches = picture.width * scale / 72, picture.height * scale / 72
    figure = Figure(figsize=inches, dpi=dpi, facecolor=picture.paper)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, picture.width)
    axes.set_ylim(picture.height, 0)
    axes.set_axis_off()
    canvas = _Canvas(axes, scale)
    for shape in picture.shapes:
        canvas.draw(shape)
    with matplotlib.rc_context({"pdf.fonttype": 42}):
        return saved(figure, fmt, dpi=dpi, metadata=metadata, facecolor=picture.paper)


class _Canvas:
    def __init__(self, axes: Any, scale: float) -> None:
        self.axes = axes
        self.scale = scale
        self.order = 0
        self.fonts = families()

    def draw(self, shape: Shape) -> None:
        self.order += 1
        if isinstance(shape, Group):
            for inner in shape.shapes:
                self.draw(inner)
        elif isinstance(shape, Rect):
            self._outline(_corners(shape), shape)
        elif isinstance(shape, Path):
            self._outline(shape.commands, shape)
        else:
            self._text(shape)

    def _outline(self, commands: Any, shape: Rect | Path) -> None:
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path as Outline

        codes: list[Any] = []
        points: list[tuple[float, float]] = []
        for letter, *numbers in commands:
            pairs = list(zip(numbers[::2], numbers[1::2], strict=True)) or [points[0]]
            kind = {"M": Outline.MOVETO, "L": Outline.LINETO, "Z": Outline.CLOSEPOLY}
            codes += [kind.get(letter, Outline.CURVE4)] * len(pairs)
            points += pairs
        self.axes.add_patch(
            PathPatch(
                Outline(points, codes),
                facecolor=shape.fill or "none",
                edgecolor=shape.stroke or "none",
                linewidth=shape.line * self.scale,
                linestyle=(0, (4, 2.4)) if shape.dashed else "solid",
                zorder=self.order,
                clip_on=False,
            )
        )

    def _text(self, shape: Text) -> None:
        lead = f"{shape.lead} " if shape.lead else ""
        width = text_width(shape.text, shape.size, shape.bold)
        leading = text_width(lead, shape.size, bold=True)
        back = {"start": 0.0, "middle": 0.5, "end": 1.0}[shape.anchor]
        x = shape.x - back * (width + leading)
        for text, bold, place in ((lead, True, x), (shape.text, shape.bold, x + leading)):
            if text:
                self.axes.text(
                    place,
                    shape.y,
                    escape(text),
                    color=shape.fill,
                    fontsize=shape.size * self.scale,
                    family=self.fonts,
                    weight="bold" if bold else "normal",
                    va="baseline",
                    zorder=self.order,
                    parse_math=False,
                    clip_on=False,
                )


def _corners(rect: Rect) -> list[tuple[str | float, ...]]:
    x, y, right, bottom = rect.x, rect.y, rect.x + rect.width, rect.y + rect.height
    r = min(rect.radius, rect.width / 2, rect.height / 2)
    if not r:
        return [("M", x, y), ("L", right, y), ("L", right, bottom), ("L", x, bottom), ("Z",)]
    k = 0.45 * r  # Bézier handle length for a quarter circle, measured from the corner
    return [
        ("M", x + r, y),
        ("L", right - r, y),
        ("C", right - k, y, right, y + k, right, y + r),
        ("L", right, bottom - r),
        ("C", right, bottom - k, right - k, bottom, right - r, bottom),
        ("L", x + r, bottom),
        ("C", x + k, bottom, x, bottom - k, x, bottom - r),
        ("L", x, y + r),
        ("C", x, y + k, x + k, y, x + r, y),
        ("Z",),
    ]

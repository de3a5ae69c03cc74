"""A model, or a recurrent layer of it, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

import msgspec

from lstmcount.api.opening import (
    Options,
    built,
    opened,
    require_one_of,
    require_positive,
    require_text,
    several,
)
from lstmcount.errors import LstmcountError
from lstmcount.escapes import code_block
from lstmcount.graph.inference import summarize_model
from lstmcount.graph.model import Model
from lstmcount.graph.recurrence import WITH_CELLS, chosen, has_cell
from lstmcount.pictures import cell as cells
from lstmcount.pictures import dot, mermaid, raster, svg
from lstmcount.pictures import unroll as unrolled
from lstmcount.pictures.drawing import SHOW, View, draw
from lstmcount.pictures.frame import framed
from lstmcount.pictures.nested_layout import DIRECTIONS
from lstmcount.pictures.shapes import Picture
from lstmcount.renderers.themes import THEMES, Theme
from lstmcount.summary import Summary

FORMATS = ("svg", "png", "pdf", "dot", "mermaid", "markdown")
DRAWN = FORMATS[:3]
TOO_LARGE = (
    f"Mermaid draws no more than {mermaid.MOST_CHARACTERS:,} characters and "
    f"{mermaid.MOST_EDGES} edges unless its settings say so; this has more"
)


class Plot(msgspec.Struct, frozen=True):
    """A picture in one of the formats: bytes of png and pdf, text of the others."""

    format: str
    data: str | bytes
    notes: tuple[str, ...] = ()

    def _repr_svg_(self) -> str | bytes | None:
        return self.data if self.format == "svg" else None

    def _repr_png_(self) -> str | bytes | None:
        return self.data if self.format == "png" else None


def plot(
    source: Any,
    format: str = "svg",
    *,
    direction: str = "TB",
    theme: str = "light",
    show: Sequence[str] = ("shapes", "params"),
    fold: bool = True,
    depth: int | None = None,
    unroll: int | None = None,
    cell: bool = False,
    layer: str | None = None,
    **options: Unpack[Options],
) -> Plot:
    """The architecture; with `cell` or `unroll` (time steps), a recurrent layer of it instead.

    Raises `LstmcountError` for a source that is wrong, and for what cannot be drawn so.

    >>> plot({"input_shape": [5, 8], "layers": [{"LSTM": 4}]}, "dot").data[:7]
    'digraph'
    """
    inside = cell or unroll is not None
    require_one_of("format", format, FORMATS)
    require_one_of("direction", direction, DIRECTIONS)
    require_one_of("theme", theme, THEMES)
    for name in several(show):
        require_one_of("part of a box", name, SHOW)
    require_positive(unroll=unroll)
    require_text(layer=layer)
    if cell and unroll is not None:
        raise LstmcountError("cell and unroll are two pictures; ask for one of them")
    if layer is not None and not inside:
        raise LstmcountError("layer is for cell and unroll")
    if inside and format not in DRAWN:
        raise LstmcountError(f"cell and unroll draw {', '.join(DRAWN)}, not {format}")
    if format in DRAWN[1:]:
        raster.require()
    model = built(opened(source, options), options)
    summary = summarize_model(model)
    data: str | bytes
    if inside:
        data, notes = _written(_inside(summary, layer, unroll, THEMES[theme]), format)
    else:
        view = View(show=tuple(show), fold=fold, depth=depth)
        data, notes = _drawn(model, view, format, THEMES[theme], direction)
    return Plot(format, data, (*notes, *summary.notes))


def _drawn(
    model: Model, view: View, fmt: str, theme: Theme, direction: str
) -> tuple[str | bytes, tuple[str, ...]]:
    """The picture, and notes on it."""
    drawing = draw(model, view)
    if fmt == "dot":
        return dot.write(drawing, theme, direction), ()
    if fmt in ("mermaid", "markdown"):
        text = mermaid.write(drawing, theme, direction)
        notes = (TOO_LARGE,) if mermaid.is_too_large(text) else ()
        if fmt == "markdown":
            text = "\n".join([*code_block(text.splitlines(), "mermaid"), ""])
        return text, notes
    return _written(framed(drawing, theme, direction), fmt)


def _inside(summary: Summary, name: str | None, steps: int | None, theme: Theme) -> Picture:
    """The picture of a recurrent layer over time, or of its cell."""
    if steps is None:
        layer = chosen(summary, name, "--cell draws", has_cell, WITH_CELLS)
        return cells.picture(layer, theme)
    return unrolled.picture(chosen(summary, name, "--unroll draws"), theme, steps)


def _written(picture: Picture, fmt: str) -> tuple[str | bytes, tuple[str, ...]]:
    """The picture, and notes on it."""
    if fmt == "svg":
        return svg.write(picture), ()
    saved = raster.as_png(picture) if fmt == "png" else raster.as_pdf(picture)
    return saved.data, saved.notes

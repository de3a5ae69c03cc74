"""The frame of an architecture: the model's name and total above it, the colours below."""

from __future__ import annotations

import math

import msgspec

from lstmcount.pictures.architecture import MARGIN, picture
from lstmcount.pictures.diagram import Box, walk
from lstmcount.pictures.drawing import Drawing
from lstmcount.pictures.shapes import Picture, Rect, Shape, Text, shortened, text_width
from lstmcount.renderers.themes import KINDS, OTHER, Theme, kind_of, mixed

TITLE, SMALL = 15.0, 11.0
HEAD = 50.0  # the height of the lines above the graph
ROW = 20.0  # of the legend
SWATCH = 12.0
MOST_CHARACTERS = 60
WIDEST_ROW = 420.0  # the legend of a narrow graph may be wider than the graph


def framed(drawing: Drawing, theme: Theme, direction: str = "TB") -> Picture:
    """The picture of a model with a title, its total, and a legend of the colours."""
    graph = picture(drawing, theme, direction, above=HEAD)
    lead, name = drawing.class_name, shortened(drawing.title, MOST_CHARACTERS)
    head: list[Shape] = [
        Text(x=MARGIN, y=MARGIN + 12, lead=lead, text=name, fill=theme.ink, size=TITLE),
        Text(x=MARGIN, y=MARGIN + 30, text=drawing.total, fill=theme.quiet, size=SMALL),
    ]
    title = text_width(f"{lead} ", TITLE, True) + text_width(name, TITLE)
    room = max(graph.width, WIDEST_ROW) - 2 * MARGIN
    legend, right, rows = _legend(drawing, theme, graph.height, room)
    wide = max(title, text_width(drawing.total, SMALL), right - MARGIN)
    return msgspec.structs.replace(
        graph,
        width=max(graph.width, math.ceil(wide + 2 * MARGIN)),
        height=graph.height + math.ceil(rows * ROW),
        shapes=(*head, *graph.shapes, *legend),
    )


def _legend(
    drawing: Drawing, theme: Theme, top: float, room: float
) -> tuple[list[Shape], float, int]:
    """Swatches with the kinds of layers in the picture, the right end, and the number of rows."""
    boxes = [element for element in walk(drawing.level) if isinstance(element, Box)]
    present = {kind_of(box.color_class) for box in boxes}
    kinds = [kind for kind in (*KINDS, OTHER) if kind in present]
    shapes: list[Shape] = []
    x, right, rows = MARGIN, 0.0, min(1, len(kinds))
    for kind in kinds:
        width = SWATCH + 6 + text_width(kind, SMALL) + 18
        if x > MARGIN and x + width > MARGIN + room:
            x, rows = MARGIN, rows + 1
        y = top + (rows - 1) * ROW
        fill = mixed(theme.paper, theme.kinds[kind], 0.6)
        line = mixed(theme.kinds[kind], theme.ink, 0.3)
        shapes.append(Rect(x=x, y=y, width=SWATCH, height=SWATCH, radius=3, fill=fill, stroke=line))
        shapes.append(
            Text(x=x + SWATCH + 6, y=y + SWATCH - 2, text=kind, fill=theme.quiet, size=SMALL)
        )
        x += width
        right = max(right, x)
    return shapes, right, rows

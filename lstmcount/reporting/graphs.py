"""The models' graphs as SVG within the page, in colours that follow the page's theme."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import islice

from lstmcount.graph.inference import summarize_model
from lstmcount.graph.model import Model
from lstmcount.graph.recurrence import has_cell, is_recurrent
from lstmcount.pictures import cell, unroll
from lstmcount.pictures.architecture import picture
from lstmcount.pictures.diagram import walk
from lstmcount.pictures.drawing import draw
from lstmcount.pictures.shapes import Picture
from lstmcount.pictures.svg import write
from lstmcount.renderers.themes import THEMES, Theme

MOST = 3000  # limit for boxes; a larger graph would fill the page and be illegible
MOST_LAYERS = 40  # recurrent layers with pictures of their own
STEPS = 3  # time steps of these pictures, and the last one
_PAINT = re.compile(r' (fill|stroke)="(#[0-9a-f]{6})"')
_IDS = re.compile(r'(?<=[" ])(title|desc)(?=[" ])')
_TAG = re.compile(r"<\w+[^>]*>")


class Graphs:
    """Collects a graph for each model; `style` gives their classes the colours of both themes."""

    def __init__(self) -> None:
        self.markup: list[str] = []
        self.pictures: list[str] = []  # of recurrent layers: cells, and layers over time
        self._classes: dict[tuple[str, str, str], str] = {}

    def add(self, model: Model) -> None:
        """Draw a model; the result is empty if the graph is too large for a page."""
        drawing = draw(model)
        too_large = len(walk(drawing.level)) > MOST
        number = len(self.markup)
        graph = partial(picture, drawing)
        self.markup.append("" if too_large else self._markup(f"graph-{number}", graph))
        layers = enumerate(summarize_model(model).walk())
        drawn = ((i, layer) for i, layer in layers if has_cell(layer.layer) and layer.weights)
        for i, layer in islice(drawn, MOST_LAYERS):
            if layer.input_shape is None:
                continue
            self.pictures.append(self._markup(f"cell-{number}-{i}", partial(cell.picture, layer)))
            if is_recurrent(layer.layer):
                unrolled = partial(unroll.picture, layer, steps=STEPS)
                self.pictures.append(self._markup(f"unrolled-{number}-{i}", unrolled))

    @property
    def style(self) -> str:
        return "".join(
            f".{name} {{ {paint}: light-dark({light}, {dark}); }}\n"
            for (paint, light, dark), name in self._classes.items()
        )

    def _markup(self, name: str, draw: Callable[[Theme], Picture]) -> str:
        first, second = (write(draw(theme)) for theme in THEMES.values())
        darks = iter(_PAINT.findall(second))

        def classed(tag: re.Match[str]) -> str:
            paints = _PAINT.findall(tag[0])
            names = [self._class(paint, light, next(darks)[1]) for paint, light in paints]
            if not names:
                return tag[0]
            start, rest = _PAINT.sub("", tag[0]).split(" ", 1)
            return f'{start} class="{" ".join(names)}" {rest}'

        head, shapes = first.split("<rect", 1)
        head = _IDS.sub(rf"{name}-\1", head).replace('role="img"', 'role="group"')
        head = head.replace("<svg", f'<svg id="{name}"', 1)
        return head + _TAG.sub(classed, f"<rect{shapes}")

    def _class(self, paint: str, light: str, dark: str) -> str:
        return self._classes.setdefault((paint, light, dark), f"p{len(self._classes)}")

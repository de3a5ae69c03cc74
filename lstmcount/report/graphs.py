"""The models' graphs as SVG within the page, in colours that follow the page's theme."""

from __future__ import annotations

import re

from lstmcount.graph.model import Model
from lstmcount.pictures.architecture import picture
from lstmcount.pictures.diagram import walk
from lstmcount.pictures.drawing import Drawing, draw
from lstmcount.pictures.svg import write
from lstmcount.renderers.themes import THEMES

MOST = 3000  # limit for boxes; a larger graph would fill the page and be illegible
_PAINT = re.compile(r' (fill|stroke)="(#[0-9a-f]{6})"')
_IDS = re.compile(r'(?<=[" ])(title|desc)(?=[" ])')
_TAG = re.compile(r"<\w+[^>]*>")


class Graphs:
    """Collects a graph for each model; `style` gives their classes the colours of both themes."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._classes: dict[tuple[str, str, str], str] = {}

    def add(self, model: Model) -> None:
        """Draw a model; the result is empty if the graph is too large for a page."""
        drawing = draw(model)
        too_large = len(walk(drawing.level)) > MOST
        self.found.append("" if too_large else self._markup(drawing))

    @property
    def style(self) -> str:
        return "".join(
            f".{name} {{ {paint}: light-dark({light}, {dark}); }}\n"
            for (paint, light, dark), name in self._classes.items()
        )

    def _markup(self, drawing: Drawing) -> str:
        first, second = (write(picture(drawing, theme)) for theme in THEMES.values())
        darks = iter(_PAINT.findall(second))

        def classed(tag: re.Match[str]) -> str:
            paints = _PAINT.findall(tag[0])
            names = [self._class(paint, light, next(darks)[1]) for paint, light in paints]
            if not names:
                return tag[0]
            name, rest = _PAINT.sub("", tag[0]).split(" ", 1)
            return f'{name} class="{" ".join(names)}" {rest}'

        number = len(self.found)
        head, shapes = first.split("<rect", 1)
        head = _IDS.sub(rf"graph-{number}-\1", head).replace('role="img"', 'role="group"')
        head = head.replace("<svg", f'<svg id="graph-{number}"', 1)
        return head + _TAG.sub(classed, f"<rect{shapes}")

    def _class(self, paint: str, light: str, dark: str) -> str:
        return self._classes.setdefault((paint, light, dark), f"p{len(self._classes)}")

"""Pictures of models, for the tests."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from lstmcount.pictures import svg
from lstmcount.pictures.architecture import picture
from lstmcount.pictures.drawing import View, draw
from lstmcount.pictures.shapes import Group, Picture, Rect, Shape
from lstmcount.renderers.themes import THEMES
from tests.conftest import built

GOLDEN = Path(__file__).parent.parent / "golden"
SVG = "{http://www.w3.org/2000/svg}"


def application(name: str) -> Any:
    return json.loads(gzip.decompress((GOLDEN / "applications" / f"{name}.json.gz").read_bytes()))


def pictured(model: Any, direction: str = "TB", **view: Any) -> Picture:
    return picture(draw(built(model), View(**view)), THEMES["light"], direction)


def as_xml(shown: Picture) -> ElementTree.Element:
    return ElementTree.fromstring(svg.write(shown))


def boxes(shapes: tuple[Shape, ...]) -> Iterator[tuple[str, Rect]]:
    """The name and the outline of each layer."""
    for shape in shapes:
        if isinstance(shape, Group):
            outline = shape.shapes[0]
            if shape.kind == "layer" and isinstance(outline, Rect):
                yield shape.name, outline
            else:
                yield from boxes(shape.shapes)


def overlapping(found: list[tuple[str, Rect]]) -> list[tuple[str, str]]:
    """Pairs of layers whose boxes share a point."""
    pairs = []
    placed = sorted(found, key=lambda each: each[1].y)
    for i, (name, a) in enumerate(placed):
        for other, b in placed[i + 1 :]:
            if b.y >= a.y + a.height:
                break
            if b.x < a.x + a.width and a.x < b.x + b.width:
                pairs.append((name, other))
    return pairs


def assert_tidy(shown: Picture) -> None:
    """Assert that nothing overlaps and nothing is cut off."""
    found = list(boxes(shown.shapes))
    assert overlapping(found) == []
    for name, box in found:
        assert box.x >= 0, name
        assert box.y >= 0, name
        assert box.x + box.width <= shown.width, name
        assert box.y + box.height <= shown.height, name

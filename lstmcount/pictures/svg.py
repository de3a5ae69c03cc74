"""Pictures as SVG: valid XML, selectable text, a title and a description for screen readers."""

from __future__ import annotations

from collections.abc import Iterator

from lstmcount.escapes import for_xml
from lstmcount.pictures.shapes import Group, Path, Picture, Rect, Shape, Text
from lstmcount.renderers.themes import FONT


def write(picture: Picture) -> str:
    """The picture as the text of an SVG file."""
    return "".join(_lines(picture))


def _lines(picture: Picture) -> Iterator[str]:
    width, height = _n(picture.width), _n(picture.height)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-labelledby="title desc" '
        f'font-family="{FONT}" font-size="12">\n'
        f'<title id="title">{for_xml(picture.title)}</title>\n'
        f'<desc id="desc">{for_xml(picture.description)}</desc>\n'
        f'<rect width="{width}" height="{height}" fill="{picture.paper}"/>\n'
    )
    for shape in picture.shapes:
        yield from _shape(shape)
    yield "</svg>\n"


def _shape(shape: Shape) -> Iterator[str]:
    if isinstance(shape, Group):
        name = f' data-name="{for_xml(shape.name)}"' if shape.name else ""
        yield f'<g class="{shape.kind}"{name}>\n'
        if shape.title:
            yield f"<title>{for_xml(shape.title)}</title>\n"
        for inner in shape.shapes:
            yield from _shape(inner)
        yield "</g>\n"
    elif isinstance(shape, Rect):
        yield (
            f'<rect x="{_n(shape.x)}" y="{_n(shape.y)}" width="{_n(shape.width)}" '
            f'height="{_n(shape.height)}"{_radius(shape)}{_paint(shape)}/>\n'
        )
    elif isinstance(shape, Path):
        yield f'<path d="{_d(shape)}"{_paint(shape)}/>\n'
    else:
        yield (
            f'<text x="{_n(shape.x)}" y="{_n(shape.y)}"{_font(shape)} fill="{shape.fill}">'
            f"{_lead(shape)}{for_xml(shape.text)}</text>\n"
        )


def _n(value: float) -> str:
    """
    >>> _n(3.0), _n(2.456), _n(-0.001)
    ('3', '2.5', '0')
    """
    text = f"{value:.1f}"
    return "0" if text == "-0.0" else text.removesuffix(".0")


def _radius(shape: Rect) -> str:
    return f' rx="{_n(shape.radius)}"' if shape.radius else ""


def _paint(shape: Rect | Path) -> str:
    paint = f' fill="{shape.fill or "none"}"'
    if shape.stroke:
        paint += f' stroke="{shape.stroke}" stroke-width="{shape.line:g}"'
    return paint + (' stroke-dasharray="5 3"' if shape.dashed else "")


def _d(path: Path) -> str:
    return "".join(
        f"{command[0]}{' '.join(map(_number, command[1:]))}" for command in path.commands
    )


def _number(value: str | float) -> str:
    return _n(float(value))


def _font(shape: Text) -> str:
    attributes = "" if shape.size == 12 else f' font-size="{shape.size:g}"'
    attributes += "" if shape.anchor == "start" else f' text-anchor="{shape.anchor}"'
    return attributes + (' font-weight="bold"' if shape.bold else "")


def _lead(shape: Text) -> str:
    return f'<tspan font-weight="bold">{for_xml(shape.lead)}</tspan> ' if shape.lead else ""

"""Drawings as Mermaid flowcharts, which GitHub draws in a README or a comment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmcount.escapes import for_mermaid
from lstmcount.pictures.diagram import Box, flat
from lstmcount.pictures.drawing import Drawing
from lstmcount.pictures.nested_layout import box_lines, header_lines
from lstmcount.renderers.themes import Theme

MOST_CHARACTERS, MOST_EDGES = 50_000, 500  # Mermaid's default limit
_LEVELS = 4  # steps of the colour scale for parameter shares


def write(drawing: Drawing, theme: Theme, direction: str = "TB") -> str:
    """The drawing as a flowchart."""
    flattened = flat(drawing.level)
    classes: dict[str, str] = {}
    lines = [
        f"flowchart {direction}",
        f"  accTitle: {for_mermaid(drawing.title)}",
        f"  accDescr: {for_mermaid(drawing.description)}",
        *_group(
            flattened.groups,
            flattened.boxes,
            theme,
            classes,
            "  ",
            iter(range(len(flattened.boxes) + 1)),
        ),
        *(f"  n{source} --> n{target}" for source, target in flattened.edges),
        *(f"  classDef {name} {paint}" for paint, name in classes.items()),
    ]
    return "\n".join(lines) + "\n"


def is_too_large(text: str) -> bool:
    """Whether Mermaid, as GitHub runs it, refuses this."""
    return len(text) > MOST_CHARACTERS or text.count(" --> ") > MOST_EDGES


def _group(
    group: list[Any],
    boxes: list[Box],
    theme: Theme,
    classes: dict[str, str],
    indent: str,
    numbers: Iterator[int],
) -> Iterator[str]:
    for member in group:
        if isinstance(member, int):
            box = boxes[member]
            yield f"{indent}n{member}{_box(box)}:::{_class(box, theme, classes)}"
            continue
        cluster, inside = member
        lead, rest, second = header_lines(cluster)
        # one line only: Mermaid reserves no more room for a subgraph's title
        title = " · ".join(for_mermaid(line) for line in (f"{lead} {rest}".strip(), second) if line)
        number = next(numbers)
        yield f'{indent}subgraph g{number}["{title}"]'
        yield from _group(inside, boxes, theme, classes, indent + "  ", numbers)
        yield f"{indent}end"
        yield (f"{indent}style g{number} fill:{theme.raised},stroke:{theme.line},color:{theme.ink}")


def _box(box: Box) -> str:
    title, name, *lines = map(for_mermaid, (box.title, box.name, *box_lines(box)))
    text = "<br/>".join([f"<b>{title}</b> {name}", *lines])
    return f'(["{text}"])' if box.class_name == "InputLayer" else f'["{text}"]'


def _class(box: Box, theme: Theme, classes: dict[str, str]) -> str:
    """The Mermaid class that paints a box, defined on first use."""
    paint = theme.paint(box.color_class, round(box.share**0.5 * _LEVELS) ** 2 / _LEVELS**2)
    line = theme.ink if box.is_output else paint.line
    dashed = ",stroke-dasharray:5 3" if box.again else ""
    style = f"fill:{paint.fill},stroke:{line},color:{paint.text}{dashed}"
    return classes.setdefault(style, f"c{len(classes)}")

"""Drawings in Graphviz's language."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmcount.escapes import for_dot
from lstmcount.pictures.diagram import Box, Cluster, flat
from lstmcount.pictures.drawing import Drawing
from lstmcount.pictures.nested_layout import box_lines, header_lines
from lstmcount.renderers.themes import Theme


def write(drawing: Drawing, theme: Theme, direction: str = "TB") -> str:
    """The drawing as a digraph; names are quoted, so that they are text and nothing else."""
    flattened = flat(drawing.level)
    lines = [
        f"digraph {for_dot(drawing.title)} {{",
        f'  graph [rankdir={direction}, bgcolor="{theme.paper}", fontcolor="{theme.ink}", '
        'fontname="DejaVu Sans,sans-serif", fontsize=11, labeljust=l, nodesep=0.3, ranksep=0.4];',
        '  node [shape=box, style="filled,rounded", fontname="DejaVu Sans,sans-serif", '
        "fontsize=11, margin=0.12];",
        f'  edge [color="{theme.line}", arrowsize=0.7];',
        *_group(
            flattened.groups, flattened.boxes, theme, "  ", iter(range(len(flattened.boxes) + 1))
        ),
        *(f"  n{source} -> n{target};" for source, target in flattened.edges),
        "}",
    ]
    return "\n".join(lines) + "\n"


def _group(
    group: list[Any], boxes: list[Box], theme: Theme, indent: str, numbers: Iterator[int]
) -> Iterator[str]:
    for member in group:
        if isinstance(member, int):
            yield f"{indent}n{member} [{_box(boxes[member], theme)}];"
            continue
        cluster, inside = member
        yield f"{indent}subgraph cluster_{next(numbers)} {{"
        yield f"{indent}  {_cluster(cluster, theme)}"
        yield from _group(inside, boxes, theme, indent + "  ", numbers)
        yield f"{indent}}}"


def _box(box: Box, theme: Theme) -> str:
    paint = theme.paint(box.color_class, box.share)
    label = for_dot(f"{box.title} {box.name}", *box_lines(box))
    dashed = ', style="filled,rounded,dashed"' if box.again else ""
    line = theme.ink if box.is_output else paint.line
    return (
        f'label={label}, fillcolor="{paint.fill}", fontcolor="{paint.text}", color="{line}"{dashed}'
    )


def _cluster(cluster: Cluster, theme: Theme) -> str:
    lead, rest, second = header_lines(cluster)
    lines = [f"{lead} {rest}".strip(), second] if second else [f"{lead} {rest}".strip()]
    return (
        f'label={for_dot(*lines)}; style="filled,rounded"; fillcolor="{theme.raised}"; '
        f'color="{theme.line}";'
    )

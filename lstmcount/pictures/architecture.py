"""A drawing laid out and painted: the architecture as a picture."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable

from lstmcount.pictures.diagram import Box, Cluster
from lstmcount.pictures.drawing import Drawing
from lstmcount.pictures.layered import Size
from lstmcount.pictures.nested_layout import (
    LINE,
    LOOP,
    NAME,
    SMALL,
    TITLE,
    Arranged,
    Flow,
    arrange,
    box_lines,
    header_lines,
)
from lstmcount.pictures.shapes import Group, Path, Picture, Rect, Shape, Text, arrowhead, shortened
from lstmcount.renderers.themes import Theme

MARGIN = 16.0
TIP = 6.0  # the arrowhead's length; the line ends in front of it

Route = list[tuple[float, float, float]]


def picture(drawing: Drawing, theme: Theme, direction: str = "TB", above: float = 0.0) -> Picture:
    """The graph of a model, below an empty space; data flows top to bottom (TB), left to right
    (LR), …
    """
    arranged = arrange(drawing.level, Flow(direction))
    layout = arranged.layout
    x, y, width, height = Flow(direction).rect(
        layout.left, 0.0, layout.right - layout.left, layout.height
    )
    painter = _Painter(theme, Flow(direction, MARGIN - x, above + MARGIN - y))
    shapes = painter.level(arranged, 0.0, 0.0)
    if not drawing.level.items:
        shapes = [Text(x=MARGIN, y=above + MARGIN + 12, text="no layers", fill=theme.quiet)]
        width, height = 80.0, 16.0
    return Picture(
        width=math.ceil(width + 2 * MARGIN),
        height=math.ceil(above + height + 2 * MARGIN),
        title=drawing.title,
        description=drawing.description,
        paper=theme.paper,
        shapes=tuple(shapes),
    )


class _Painter:
    def __init__(self, theme: Theme, flow: Flow) -> None:
        self.theme = theme
        self.flow = flow

    def level(self, arranged: Arranged, across: float, along: float) -> list[Shape]:
        """The shapes of a level whose layout has its origin at this point."""
        shapes = self._edges(arranged, across, along)
        layout, first = arranged.layout, arranged.first_item
        for i, item in enumerate(arranged.level.items):
            node = first + i
            x, y, size = layout.x[node] + across, layout.y[node] + along, arranged.sizes[node]
            if isinstance(item.element, Cluster):
                shapes.append(self._cluster(item.element, arranged, i, x, y, size))
            else:
                shapes.append(self._box(item.element, x, y, size))
        return shapes

    # -- boxes --------------------------------------------------------------------------------

    def _box(self, box: Box, across: float, along: float, size: Size) -> Group:
        """A layer as a box with its title and its lines."""
        wide = 2 * size.left
        x, y, width, height = self.flow.rect(across - size.left, along, wide, size.height)
        paint = self.theme.paint(box.color_class, box.share)
        shapes: list[Shape] = [
            Rect(
                x=x,
                y=y,
                width=width,
                height=height,
                fill=paint.fill,
                stroke=self.theme.ink if box.is_output else paint.line,
                line=2.0 if box.is_output else 1.0,
                radius=height / 2 if box.class_name == "InputLayer" else 6.0,
                dashed=box.again,
            )
        ]
        middle, baseline = x + width / 2, y + 19.0
        shapes.append(
            Text(
                x=middle,
                y=baseline,
                lead=shortened(box.title, TITLE),
                text=shortened(box.name, NAME),
                fill=paint.text,
                anchor="middle",
            )
        )
        for line in box_lines(box):
            baseline += LINE
            shapes.append(
                Text(x=middle, y=baseline, text=line, fill=paint.text, size=SMALL, anchor="middle")
            )
        if box.loops:
            shapes += self._loop(across + size.left, along, size.height)
        return Group(shapes=tuple(shapes), kind="layer", title=_tooltip(box), name=box.name)

    def _loop(self, across: float, along: float, long: float) -> list[Shape]:
        """An arrow from a box back into itself: its output is its input at the next time step."""
        near, far = along + long * 0.5 - 8, along + long * 0.5 + 8
        out = across + LOOP
        curve = Path(
            commands=(
                ("M", *self.flow.point(across, far)),
                ("C", *self.flow.point(out, far + 9), *self.flow.point(out, near - 9),
                 *self.flow.point(across + TIP, near)),
            ),
            stroke=self.theme.line,
        )  # fmt: skip
        tip = self.flow.point(across, near)
        back = self.flow.point(across + 2, near - 0.6)
        return [curve, arrowhead(*tip, tip[0] - back[0], tip[1] - back[1], self.theme.line)]

    def _cluster(
        self, cluster: Cluster, outer: Arranged, i: int, across: float, along: float, size: Size
    ) -> Group:
        """A nested model, or blocks that repeat, as a frame around what is inside."""
        inner = outer.inner[i]
        assert inner is not None
        x, y, width, height = self.flow.rect(
            across - size.left, along, size.left + size.right, size.height
        )
        is_repeat = cluster.kind == "repeat"
        shapes: list[Shape] = [
            Rect(x=x + 4, y=y - 4, width=width, height=height, radius=10, stroke=self.theme.line,
                 fill=self.theme.raised)
        ] if is_repeat else []  # fmt: skip
        shapes.append(
            Rect(x=x, y=y, width=width, height=height, radius=10, fill=self.theme.raised,
                 stroke=self.theme.line, dashed=not is_repeat)
        )  # fmt: skip
        lead, rest, second = header_lines(cluster)
        shapes += [
            Text(x=x + 10, y=y + 17, lead=lead, text=rest, fill=self.theme.ink),
            Text(x=x + 10, y=y + 31, text=second, fill=self.theme.quiet, size=SMALL),
        ]
        start = across + inner.across, along + inner.along
        shapes += self.level(inner.arranged, *start)
        layout, sizes = inner.arranged.layout, inner.arranged.sizes
        behind = range(inner.arranged.first_exit, len(layout.x))
        for node in (*range(inner.arranged.first_item), *behind):
            border = layout.y[node] + (sizes[node].height if sizes[node].last else 0.0)
            px, py = self.flow.point(layout.x[node] + start[0], border + start[1])
            shapes.append(
                Rect(x=px - 3, y=py - 3, width=6, height=6, radius=3, fill=self.theme.line)
            )
        if is_repeat:
            title = f"{cluster.times} blocks alike: {cluster.name}"
        else:
            title = f"{cluster.class_name} {cluster.name}"
        return Group(shapes=tuple(shapes), kind=cluster.kind, title=title, name=cluster.name)

    # -- edges --------------------------------------------------------------------------------

    def _edges(self, arranged: Arranged, across: float, along: float) -> list[Shape]:
        shapes: list[Shape] = []
        heads: list[Shape] = []
        boxes = range(arranged.first_item, arranged.first_exit)
        for route, target in _spread(arranged):
            inside = target in boxes and arranged.inner[target - arranged.first_item] is None
            moved = [(x + across, a + along, b + along) for x, a, b in route]
            shapes.append(self._line(moved, TIP if inside else 0.0))
            if inside:
                x, _, end = moved[-1]
                tip, back = self.flow.point(x, end), self.flow.point(x, end - 1)
                heads.append(arrowhead(*tip, tip[0] - back[0], tip[1] - back[1], self.theme.line))
        return shapes + heads

    def _line(self, route: Route, short: float) -> Path:
        point = self.flow.point
        x, start, end = route[0]
        commands: list[tuple[str | float, ...]] = [("M", *point(x, start))]
        if end > start:
            commands.append(("L", *point(x, end)))
        for i, (to, top, bottom) in enumerate(route[1:], 2):
            is_last = i == len(route)
            if is_last and bottom - top < short:
                top = bottom - short
            if abs(to - x) < 0.5:
                commands.append(("L", *point(to, top)))
            else:
                bend = (top - end) / 2
                commands.append(
                    ("C", *point(x, end + bend), *point(to, top - bend), *point(to, top))
                )
            bottom = bottom - short if is_last else bottom
            if bottom > top:
                commands.append(("L", *point(to, bottom)))
            x, end = to, bottom
        return Path(commands=tuple(commands), stroke=self.theme.line)


def _spread(arranged: Arranged) -> Iterable[tuple[Route, int]]:
    """The routes with their targets; the ends of routes to the same box are spread."""
    arriving: dict[int, list[Route]] = defaultdict(list)
    layout, sizes = arranged.layout, arranged.sizes
    for edge, pieces in zip(arranged.edges, layout.routes, strict=True):
        route = list(pieces)
        if sizes[edge.source].first:  # from the cluster's border through its header
            route[0] = (route[0][0], layout.y[edge.source], route[0][2])
        if sizes[edge.target].last:
            end = layout.y[edge.target] + sizes[edge.target].height
            route[-1] = (route[-1][0], route[-1][1], end)
        arriving[edge.target].append(route)
    boxes = range(arranged.first_item, arranged.first_exit)
    for target, routes in arriving.items():
        inside = target in boxes and arranged.inner[target - arranged.first_item] is None
        if inside and len(routes) > 1:
            _fan(routes, arranged.sizes[target].left)
        for route in routes:
            yield route, target


def _fan(routes: list[Route], half: float) -> None:
    routes.sort(key=lambda route: route[-2][0])
    middle = routes[0][-1][0]
    left = [route for route in routes if route[-2][0] < middle - 1]
    right = [route for route in routes if route[-2][0] > middle + 1]
    straight = len(routes) - len(left) - len(right)
    for side, sign in ((left[::-1], -1), (right, 1)):
        step = min(14.0, (half - 10) / max(len(side), 1))
        first = step if straight or not (left and right) else step / 2
        if not straight and (not left or not right):
            first = -step * (len(side) - 1) / 2
        for k, route in enumerate(side):
            _, top, bottom = route[-1]
            route[-1] = (middle + sign * (first + k * step), top, bottom)


def _tooltip(box: Box) -> str:
    parts = [f"{box.title} {box.name}"]
    parts += [f"output {box.shape}"] if box.shape else []
    parts += box.facts
    if box.share:
        parts.append(f"{box.share:.1%} of all parameters")
    if box.loops:
        parts.append("runs over time")
    return ", ".join(parts)

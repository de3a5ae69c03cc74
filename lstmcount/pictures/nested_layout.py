"""Lay out a drawing: each cluster by itself, then as a node of the level around it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lstmcount.pictures.diagram import Box, Cluster, Element, Level, Source
from lstmcount.pictures.layered import Edge, Gaps, Layout, Size, lay_out
from lstmcount.pictures.shapes import shortened, text_width

DIRECTIONS = ("TB", "BT", "LR", "RL")
HEADER = 32.0  # header of a cluster: two lines
PAD = 16.0
LOOP = 24.0  # room beside a box for the loop of a recurrent layer
LINE = 15.0
SMALL = 11.0  # font size of everything except titles
NAME, TITLE = 36, 30  # limit for the characters of names and classes


class Flow(msgspec.Struct, frozen=True):
    """From a layout's coordinates (across and along the flow) to the picture's."""

    direction: str = "TB"
    dx: float = 0.0
    dy: float = 0.0

    @property
    def is_sideways(self) -> bool:
        return self.direction in ("LR", "RL")

    def point(self, across: float, along: float) -> tuple[float, float]:
        if self.direction in ("BT", "RL"):
            along = -along
        x, y = (along, across) if self.is_sideways else (across, along)
        return x + self.dx, y + self.dy

    def rect(
        self, across: float, along: float, wide: float, long: float
    ) -> tuple[float, float, float, float]:
        """x, y, width and height of the rectangle at this point with this extent."""
        x1, y1 = self.point(across, along)
        x2, y2 = self.point(across + wide, along + long)
        return min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1)


class Arranged(msgspec.Struct, frozen=True):
    """A laid-out level; its nodes are its entries, items and exits."""

    level: Level
    layout: Layout
    edges: Sequence[Edge]
    sizes: Sequence[Size]
    inner: Sequence[Inner | None]  # of each item
    first_item: int

    @property
    def first_exit(self) -> int:
        return self.first_item + len(self.level.items)


class Inner(msgspec.Struct, frozen=True):
    """A cluster's contents, and their position relative to the cluster's anchor and start."""

    arranged: Arranged
    across: float
    along: float

    def entry(self, k: int) -> float:
        """The offset of the k-th entry from the anchor."""
        last = self.arranged.first_item - 1
        return self.arranged.layout.x[min(k, last)] + self.across if last >= 0 else 0.0

    def exit(self, k: int) -> float:
        x, first = self.arranged.layout.x, self.arranged.first_exit
        return x[min(first + k, len(x) - 1)] + self.across if first < len(x) else 0.0


def arrange(level: Level, flow: Flow, is_whole: bool = True, stretch: float = 0.0) -> Arranged:
    """Lay out a level and the clusters in it."""
    placed = [_sized(item.element, flow) for item in level.items]
    entries = level.entries
    exits = [] if is_whole else level.exits
    in_front, behind = HEADER * (flow.direction == "TB"), HEADER * (flow.direction == "BT")
    sizes = [Size(4.0, 4.0, in_front, first=True)] * entries
    sizes += [size for size, _ in placed]
    sizes += [Size(4.0, 4.0, behind, last=True)] * len(exits)
    inner = [own for _, own in placed]

    def edge(source: Source, target: int, arrives: float) -> Edge:
        index, output = source
        if index < 0:
            return Edge(-1 - index, target, 0.0, arrives)
        cluster = inner[index]
        return Edge(entries + index, target, cluster.exit(output) if cluster else 0.0, arrives)

    edges = []
    for i, item in enumerate(level.items):
        cluster = inner[i]
        for k, source in enumerate(item.inputs):
            edges.append(edge(source, entries + i, cluster.entry(k) if cluster else 0.0))
    first_exit = entries + len(level.items)
    edges += [edge(source, first_exit + k, 0.0) for k, source in enumerate(exits)]
    edges = list(dict.fromkeys(edges))
    gaps = Gaps(first=26.0, last=26.0 + stretch)
    return Arranged(level, lay_out(sizes, edges, gaps), edges, sizes, inner, entries)


def _sized(element: Element, flow: Flow) -> tuple[Size, Inner | None]:
    if isinstance(element, Cluster):
        return _cluster(element, flow)
    width, height = box_size(element)
    wide, long = (height, width) if flow.is_sideways else (width, height)
    return Size(wide / 2, wide / 2 + (LOOP if element.loops else 0), long), None


def _cluster(cluster: Cluster, flow: Flow) -> tuple[Size, Inner]:
    arranged = arrange(cluster.level, flow, is_whole=False)
    header = header_width(cluster)
    if flow.is_sideways:
        missing = header + 2 * PAD - arranged.layout.height
        if missing > 0:
            arranged = arrange(cluster.level, flow, is_whole=False, stretch=missing)
    layout = arranged.layout
    ports = layout.x[: arranged.first_item] or layout.x[arranged.first_exit :]
    anchor = ports[0] if ports else (layout.left + layout.right) / 2
    left, right = anchor - layout.left + PAD, layout.right - anchor + PAD
    start = 0.0 if arranged.first_item else PAD
    end = 0.0 if arranged.first_exit < len(layout.x) else PAD
    if flow.is_sideways:
        left += HEADER - 4
        return Size(left, right, start + layout.height + end), Inner(arranged, -anchor, start)
    if flow.direction == "TB":
        crossing, start = layout.x[: arranged.first_item], start and start + HEADER
    else:
        crossing, end = layout.x[arranged.first_exit :], end and end + HEADER
    left = max(left, anchor - min(crossing, default=anchor - header / 2) + header + 10)
    right = max(right, header - left + 10)
    return Size(left, right, start + layout.height + end), Inner(arranged, -anchor, start)


# -- texts ------------------------------------------------------------------------------------


def box_lines(box: Box) -> list[str]:
    """The lines of a box below the first one, which holds class and name."""
    shape = shortened(box.shape, 56)
    return [line for line in (shape, " · ".join(box.facts)) if line]


def box_size(box: Box) -> tuple[float, float]:
    first = text_width(shortened(box.title, TITLE) + " ", bold=True)
    widths = [first + text_width(shortened(box.name, NAME))]
    widths += [text_width(line, SMALL) for line in box_lines(box)]
    return max(80.0, max(widths) + 20), 14 + LINE * len(widths)


def header_lines(cluster: Cluster) -> tuple[str, str, str]:
    """The bold start and the rest of the first line, and the second line."""
    params = ""
    if cluster.params is None:
        params = "? params"
    elif cluster.params:
        params = f"{cluster.params:,} params" + (" each" if cluster.kind == "repeat" else "")
    if cluster.kind == "repeat":
        return cluster.title, "", params
    return shortened(cluster.title, TITLE), shortened(cluster.name, NAME), params


def header_width(cluster: Cluster) -> float:
    lead, rest, second = header_lines(cluster)
    first = text_width(f"{lead} ", bold=True) + text_width(rest)
    return max(first, text_width(second, SMALL)) + 12

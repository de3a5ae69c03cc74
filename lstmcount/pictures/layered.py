"""A layered layout (Sugiyama, Tagawa and Toda, 1981): ranks, order within them, coordinates.

Edges run from rank to rank; across several ranks through dummies, which the edges of one source
share. The order is the best of a few barycenter sweeps, the coordinates are in `brandes_koepf`.
Everything runs in time near-linear in nodes, edges and dummies.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Iterable, Sequence
from itertools import product

import msgspec

from lstmcount.pictures.brandes_koepf import positions

SWEEPS = 12
# With more, the longest edges are drawn straight, behind the nodes.
MOST_DUMMIES = 60_000
MOST_PIECES = 200_000  # of the routes of all edges


class Size(msgspec.Struct, frozen=True):
    """A node's extent on both sides of its anchor, and its height."""

    left: float
    right: float
    height: float
    first: bool = False  # must be in the first rank, together with others like it only
    last: bool = False


class Edge(msgspec.Struct, frozen=True):
    """An edge between two nodes; the offsets are measured from their anchors."""

    source: int
    target: int
    leaves: float = 0.0
    arrives: float = 0.0


class Gaps(msgspec.Struct, frozen=True):
    between: float = 24.0  # between nodes of one rank
    ranks: float = 30.0
    first: float = 30.0  # from one rank to the next
    last: float = 30.0


class Layout(msgspec.Struct, frozen=True):
    """Anchors (x) and tops (y) of the nodes; `routes` are the straight pieces of each edge.

    A route is a list of vertical pieces (x, from y, to y); curves between them join them.
    """

    x: list[float]
    y: list[float]
    routes: list[list[tuple[float, float, float]]]
    left: float
    right: float
    height: float


def lay_out(sizes: Sequence[Size], edges: Sequence[Edge], gaps: Gaps | None = None) -> Layout:
    """Lay out nodes; each must come after the sources of its edges.

    >>> layout = lay_out([Size(20, 20, 10)] * 3, [Edge(0, 1), Edge(0, 2)])
    >>> layout.x, layout.y
    ([32.0, 0.0, 64.0], [0.0, 40.0, 40.0])
    """
    gaps = gaps or Gaps()
    if not sizes:
        return Layout([], [], [], 0.0, 0.0, 0.0)
    rank = _ranks(sizes, edges)
    net = _Net(sizes, edges, rank)
    net.order()
    x = positions(net.ranks, net.above, net.below, net.real, net.left, net.right, gaps.between)
    return _placed(sizes, edges, rank, net, x, gaps)


# -- ranks ------------------------------------------------------------------------------------


def _ranks(sizes: Sequence[Size], edges: Sequence[Edge]) -> list[int]:
    """The rank of each element: one after the elements that it reads, with the `first` ones at the
    top and the `last` ones at the bottom.

    An element that reads no more elements than read it moves to the one that reads it, since that
    makes edges shorter.
    """
    sources: list[set[int]] = [set() for _ in sizes]
    targets: list[set[int]] = [set() for _ in sizes]
    for edge in edges:
        sources[edge.target].add(edge.source)
        targets[edge.source].add(edge.target)
    lowest = int(any(size.first for size in sizes))
    rank = [0] * len(sizes)
    for v, size in enumerate(sizes):
        if not size.first:
            rank[v] = max([rank[u] + 1 for u in sources[v]] + [lowest])
    bottom = max((r for r, size in zip(rank, sizes, strict=True) if not size.last), default=0)
    for v, size in enumerate(sizes):
        if size.last:
            rank[v] = bottom + 1
    for v in reversed(range(len(sizes))):
        free = not sizes[v].first and not sizes[v].last
        if free and targets[v] and len(targets[v]) >= len(sources[v]):
            rank[v] = min(rank[w] for w in targets[v]) - 1
    return rank


# -- order ------------------------------------------------------------------------------------


class _Net:
    """Nodes and dummies by rank, and the edges between them."""

    def __init__(self, sizes: Sequence[Size], edges: Sequence[Edge], rank: list[int]) -> None:
        self.real = len(sizes)
        self.left = [size.left for size in sizes]
        self.right = [size.right for size in sizes]
        self.ranks: list[list[int]] = [[] for _ in range(max(rank) + 1)]
        for v, r in enumerate(rank):
            self.ranks[r].append(v)
        self.above: list[list[int]] = [[] for _ in sizes]
        self.below: list[list[int]] = [[] for _ in sizes]
        self.chains: dict[int, list[int]] = {}  # the dummies of each source, by rank
        far = _far(edges, rank)
        joined: set[tuple[int, int]] = set()
        for i, edge in enumerate(edges):
            if i in far:
                continue
            pair = self._last_dummy(edge, rank), edge.target
            if pair not in joined:
                joined.add(pair)
                self._join(*pair)
        self.far = far

    def _last_dummy(self, edge: Edge, rank: list[int]) -> int:
        """The node or dummy before the target on the edge's route."""
        chain = self.chains.setdefault(edge.source, [edge.source])
        while rank[edge.source] + len(chain) < rank[edge.target]:
            dummy = len(self.left)
            self.left.append(3.0)
            self.right.append(3.0)
            self.above.append([])
            self.below.append([])
            self.ranks[rank[edge.source] + len(chain)].append(dummy)
            self._join(chain[-1], dummy)
            chain.append(dummy)
        return chain[rank[edge.target] - rank[edge.source] - 1]

    def _join(self, upper: int, lower: int) -> None:
        self.below[upper].append(lower)
        self.above[lower].append(upper)

    def order(self) -> None:
        """Order every rank; of the orders tried, keep the one with the fewest crossings."""
        if all(len(rank) < 2 for rank in self.ranks):
            return
        place = [0.0] * len(self.left)
        start = [list(rank) for rank in self.ranks]
        fewest, best = math.inf, start
        for from_top, sweep in product((True, False), range(SWEEPS + 1)):
            if sweep == 0:
                self.ranks = [list(rank) for rank in start]
                for rank in self.ranks:
                    self._note(rank, place)
            else:
                self._sweep(place, (sweep % 2 == 1) is from_top, stable=sweep % 4 in (1, 2))
            crossings = self._crossings(place)
            if crossings < fewest:
                fewest, best = crossings, [list(rank) for rank in self.ranks]
            if not fewest:
                break
        self.ranks = best

    def _sweep(self, place: list[float], downwards: bool, stable: bool) -> None:
        """Order each rank by the places of its nodes' neighbours in the rank before."""
        neighbours = self.above if downwards else self.below
        for rank in self.ranks if downwards else reversed(self.ranks):
            if len(rank) > 1:
                self._sort(rank, neighbours, place, stable)

    def _note(self, rank: list[int], place: list[float]) -> None:
        for i, v in enumerate(rank):
            place[v] = float(i)

    def _sort(
        self, rank: list[int], neighbours: list[list[int]], place: list[float], stable: bool
    ) -> None:
        if not stable:
            rank.reverse()  # reverses the order of ties
        wanted = {
            v: sum([place[u] for u in neighbours[v]]) / len(neighbours[v])
            if neighbours[v]
            else place[v]
            for v in rank
        }
        rank.sort(key=wanted.__getitem__)
        self._note(rank, place)

    def _crossings(self, place: list[float]) -> int:
        total = 0
        for rank in self.ranks:
            seen: list[float] = []
            for v in rank:
                ends = sorted([place[w] for w in self.below[v]])
                for end in ends:
                    total += len(seen) - _not_above(seen, end)
                for end in ends:
                    insort(seen, end)
        return total


def _not_above(values: list[float], bound: float) -> int:
    return bisect_left(values, bound + 0.5)


def _far(edges: Sequence[Edge], rank: list[int]) -> set[int]:
    """The longest edges, which get no dummies because there would be too many."""
    spans = [rank[edge.target] - rank[edge.source] - 1 for edge in edges]
    of_sources: dict[int, int] = {}
    for edge, span in zip(edges, spans, strict=True):
        of_sources[edge.source] = max(span, of_sources.get(edge.source, 0))
    longest = min(_most(of_sources.values(), MOST_DUMMIES), _most(spans, MOST_PIECES))
    return {i for i, span in enumerate(spans) if span >= longest}


def _most(spans: Iterable[int], total: int) -> float:
    """The shortest span at which the sum of the spans, the shortest first, exceeds the total."""
    for span in sorted(spans):
        total -= span
        if total < 0:
            return span
    return math.inf


# -- coordinates ------------------------------------------------------------------------------


def _placed(
    sizes: Sequence[Size],
    edges: Sequence[Edge],
    rank: list[int],
    net: _Net,
    x: list[float],
    gaps: Gaps,
) -> Layout:
    heights = [max([sizes[v].height for v in row if v < net.real] or [0.0]) for row in net.ranks]
    tops = [0.0]
    for r, height in enumerate(heights[:-1]):
        tops.append(tops[-1] + height + _gap(net, x, gaps, r, sizes))
    y = [tops[rank[v]] + (heights[rank[v]] - size.height) / 2 for v, size in enumerate(sizes)]
    routes = []
    for i, edge in enumerate(edges):
        u, v = edge.source, edge.target
        route = [(x[u] + edge.leaves, y[u] + sizes[u].height, tops[rank[u]] + heights[rank[u]])]
        if i not in net.far:
            for dummy in net.chains[u][1 : rank[v] - rank[u]]:
                r = rank[u] + len(route)
                route.append((x[dummy], tops[r], tops[r] + heights[r]))
        route.append((x[v] + edge.arrives, tops[rank[v]], y[v]))
        routes.append(route)
    return Layout(
        x=x[: net.real],
        y=y,
        routes=routes,
        left=min(a - b for a, b in zip(x, net.left, strict=True)),
        right=max(a + b for a, b in zip(x, net.right, strict=True)),
        height=tops[-1] + heights[-1],
    )


def _gap(net: _Net, x: list[float], gaps: Gaps, r: int, sizes: Sequence[Size]) -> float:
    """The space below a rank: wider where edges go far sideways."""
    aside = max([abs(x[v] - x[w]) for v in net.ranks[r] for w in net.below[v]] or [0.0])
    gap = gaps.ranks
    if any(v < net.real and sizes[v].first for v in net.ranks[r]):
        gap = gaps.first
    elif any(v < net.real and sizes[v].last for v in net.ranks[r + 1]):
        gap = gaps.last
    return max(gap, min(90.0, aside * 0.14))

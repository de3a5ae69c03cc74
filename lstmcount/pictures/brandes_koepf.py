"""Horizontal coordinates in a layered layout: Brandes and Köpf, "Fast and Simple Horizontal
Coordinate Assignment" (2001). Long edges run straight, everything else is near its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

Ranks = list[list[int]]
Joined = Sequence[Sequence[int]]


def positions(
    ranks: Ranks,
    above: Joined,
    below: Joined,
    real: int,
    left: Sequence[float],
    right: Sequence[float],
    gap: float,
) -> list[float]:
    """The x of every node; those from `real` on are dummies, inner points of edges.

    In each rank neighbours are at least `gap` apart; `left` and `right` are the extents of a node
    on both sides.
    """
    order = {v: i for rank in ranks for i, v in enumerate(rank)}
    conflicts = _conflicts(ranks, above, order, real)
    assignments: list[list[float]] = []
    for upwards in (False, True):
        neighbours = below if upwards else above
        rows = ranks[::-1] if upwards else ranks
        for mirrored in (False, True):
            own = [rank[::-1] for rank in rows] if mirrored else rows
            sides = (right, left) if mirrored else (left, right)
            roots = _aligned(own, neighbours, conflicts, len(left))
            x = _compacted(own, roots, sides, gap, real)
            assignments.append([-value for value in x] if mirrored else x)
    return _balanced(assignments, left, right)


def _conflicts(ranks: Ranks, above: Joined, order: dict[int, int], real: int) -> set[int]:
    """Edges that cross an inner segment of a long edge; the long edge stays straight."""
    conflicts: set[int] = set()
    size = len(order)
    for upper, lower in pairwise(ranks):
        if len(upper) < 2 or len(lower) < 2:
            continue
        low, scanned = 0, 0
        for i, v in enumerate(lower):
            inner = above[v][0] if v >= real and above[v] and above[v][0] >= real else None
            if inner is None and i < len(lower) - 1:
                continue
            high = len(upper) if inner is None else order[inner]
            for w in lower[scanned : i + 1]:
                for u in above[w]:
                    if (order[u] < low or order[u] > high) and not (u >= real and w >= real):
                        conflicts.add(u * size + w)
            low, scanned = high, i + 1
    return conflicts


def _aligned(rows: Ranks, neighbours: Joined, conflicts: set[int], size: int) -> list[int]:
    """Group nodes into blocks that share one x; returns the root of each node's block."""
    root, align = list(range(size)), list(range(size))
    place = [0] * size
    for row in rows:
        for i, v in enumerate(row):
            place[v] = i
    for row in rows:
        taken = -1
        for v in row:
            near = neighbours[v]
            if not near:
                continue
            if len(near) > 1:
                near = sorted(near, key=place.__getitem__)
            middle = len(near) - 1
            for w in near[middle // 2 : middle // 2 + 1 + middle % 2]:
                if align[v] != v or taken >= place[w]:
                    continue
                if conflicts and (w * size + v in conflicts or v * size + w in conflicts):
                    continue
                align[w] = v
                align[v] = root[v] = root[w]
                taken = place[w]
    return root


def _compacted(
    rows: Ranks, root: list[int], sides: tuple[Sequence[float], Sequence[float]], gap: float,
    real: int,
) -> list[float]:  # fmt: skip
    """Place every block as far left as possible, then as far right as there is room."""
    before, after = sides
    follows: dict[int, dict[int, float]] = {}
    leads: dict[int, dict[int, float]] = {}
    for row in rows:
        for u, v in pairwise(row):
            space = gap if u < real and v < real else gap * 0.75
            distance = after[u] + space + before[v]
            a, b = root[u], root[v]
            if distance > leads.setdefault(a, {}).get(b, 0.0):
                leads[a][b] = distance
                follows.setdefault(b, {})[a] = distance
    order = _topological(set(root), leads, follows)
    x = [0.0] * len(root)
    for block in order:
        x[block] = max([x[a] + d for a, d in follows.get(block, {}).items()] or [0.0])
    for block in reversed(order):
        if block in leads:
            x[block] = max(x[block], min(x[b] - d for b, d in leads[block].items()))
    return [x[block] for block in root]


def _topological(
    blocks: set[int], leads: dict[int, dict[int, float]], follows: dict[int, dict[int, float]]
) -> list[int]:
    missing = {block: len(follows.get(block, ())) for block in blocks}
    ready = sorted((block for block in blocks if not missing[block]), reverse=True)
    order = []
    while ready:
        block = ready.pop()
        order.append(block)
        for other in leads.get(block, ()):
            missing[other] -= 1
            if not missing[other]:
                ready.append(other)
    return order


def _balanced(
    assignments: list[list[float]], left: Sequence[float], right: Sequence[float]
) -> list[float]:
    """The mean of the two median assignments of four, aligned to the narrowest one."""
    spans = [
        (
            min(map(float.__sub__, x, map(float, left))),
            max(map(float.__add__, x, map(float, right))),
        )
        for x in assignments
    ]
    low, high = min(spans, key=lambda span: span[1] - span[0])
    moved = [
        [value + ((high - own[1]) if i % 2 else (low - own[0])) for value in x]
        for i, (x, own) in enumerate(zip(assignments, spans, strict=True))
    ]
    x = [sum(sorted(values)[1:3]) / 2 for values in zip(*moved, strict=True)]
    first = min(x)
    return [value - first for value in x]

"""The layout of any graph: nothing overlaps, edges run forwards, long ones straight."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st

from lstmcount.pictures.layered import Edge, Gaps, Size, lay_out

GAPS = Gaps()


@st.composite
def graphs(draw: st.DrawFn) -> tuple[list[Size], list[Edge]]:
    count = draw(st.integers(1, 25))
    length = st.integers(1, 120).map(float)
    sizes = [Size(draw(length), draw(length), draw(length)) for _ in range(count)]
    pairs = draw(
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=50)
    )
    return sizes, [
        Edge(min(pair), max(pair)) for pair in dict.fromkeys(pairs) if len(set(pair)) > 1
    ]


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_no_two_nodes_overlap(graph: tuple[list[Size], list[Edge]]) -> None:
    sizes, edges = graph
    layout = lay_out(sizes, edges)
    spans = [
        (x - s.left, x + s.right, y, y + s.height)
        for s, x, y in zip(sizes, layout.x, layout.y, strict=True)
    ]
    for i, (left, right, top, bottom) in enumerate(spans):
        assert layout.left - 1e-6 <= left
        assert right <= layout.right + 1e-6
        assert bottom <= layout.height + 1e-6
        for other_left, other_right, other_top, other_bottom in spans[i + 1 :]:
            beside = right < other_left + 1e-6 or other_right < left + 1e-6
            assert beside or bottom <= other_top or other_bottom <= top


@settings(max_examples=150, deadline=None)
@given(graphs())
def test_edges_run_forwards_and_through_no_node(graph: tuple[list[Size], list[Edge]]) -> None:
    sizes, edges = graph
    layout = lay_out(sizes, edges)
    for edge, route in zip(edges, layout.routes, strict=True):
        assert layout.y[edge.source] + sizes[edge.source].height <= layout.y[edge.target]
        along = [at for _, start, end in route for at in (start, end)]
        assert along == sorted(along)
        for x, start, end in route[1:-1]:
            for node, size in enumerate(sizes):
                if layout.y[node] < end and start < layout.y[node] + size.height:
                    inside = layout.x[node] - size.left < x < layout.x[node] + size.right
                    assert not inside


def test_a_chain_is_straight() -> None:
    layout = lay_out([Size(10, 30, 20)] * 50, [Edge(i, i + 1) for i in range(49)])
    assert set(layout.x) == {layout.x[0]}


def test_a_long_edge_is_straight_beside_a_chain() -> None:
    edges = [Edge(i, i + 1) for i in range(9)] + [Edge(0, 9)]
    layout = lay_out([Size(20, 20, 20)] * 10, edges)
    assert len({x for x, _, _ in layout.routes[-1][1:-1]}) == 1


def test_few_crossings() -> None:
    """Two chains that are written across each other are drawn beside each other."""
    edges = [Edge(0, 3), Edge(1, 2), Edge(2, 5), Edge(3, 4)]
    layout = lay_out([Size(20, 20, 20)] * 6, edges)
    by_chain = defaultdict(set)
    for chain, nodes in (("a", (0, 3, 4)), ("b", (1, 2, 5))):
        by_chain[chain] = {layout.x[node] for node in nodes}
    assert all(len(xs) == 1 for xs in by_chain.values())


def test_everything_joined_with_everything_ends() -> None:
    count = 3000
    edges = [Edge(i, i + 1) for i in range(count - 1)] + [
        Edge(i, count - 1) for i in range(count - 2)
    ]
    layout = lay_out([Size(20, 20, 20)] * count, edges)
    assert len(layout.x) == count

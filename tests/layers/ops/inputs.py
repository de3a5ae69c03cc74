"""Strategies for the shapes and arguments that operations of Keras take."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Case = tuple[dict[str, Any], list[Any]]

DIMS = st.none() | st.sampled_from([1, 2, 3, 4, 6, 8])
KNOWN = st.sampled_from([1, 2, 3, 4, 6, 8])


def shapes(least: int = 0, most: int = 4, dims: st.SearchStrategy[Any] = DIMS) -> Any:
    return st.lists(dims, min_size=least, max_size=most).map(tuple)


SHAPES = shapes()
AXIS = st.integers(-5, 4)
AXES = st.none() | AXIS | st.sampled_from([[0], [1], [-1], [0, 1], [1, 2], [0, 2], [1, 5]])


def case(*args: Any, **arguments: Any) -> st.SearchStrategy[Case]:
    return st.tuples(st.fixed_dictionaries(arguments), st.tuples(*args).map(list))


@st.composite
def compatible(draw: Any, count: int = 2, least: int = 0) -> list[Any]:
    """Shapes that mostly broadcast together."""
    base = draw(shapes(least))
    found = []
    for _ in range(count):
        dims = [draw(st.sampled_from([dim, dim, 1, None])) for dim in base]
        found.append(tuple(dims[draw(st.integers(0, max(0, len(dims) - least))) :]))
    return found


def broadcast(count: int, **arguments: Any) -> st.SearchStrategy[Case]:
    either = compatible(count) | st.lists(SHAPES, min_size=count, max_size=count)
    numbers = either.flatmap(
        lambda given: st.sampled_from([given, [*given[:-1], 2.0], [3, *given[1:]]])
    ).filter(lambda given: any(isinstance(one, tuple) for one in given))
    return st.tuples(st.fixed_dictionaries(arguments), numbers)


def like(least: int = 1, most: int = 4, dims: Any = DIMS) -> st.SearchStrategy[list[Any]]:
    """Lists of shapes that differ in one axis, or a little more."""

    @st.composite
    def draw_shapes(draw: Any) -> list[Any]:
        base = draw(shapes(least, most, dims))
        axis = draw(st.integers(0, len(base) - 1)) if base else 0
        found = []
        for _ in range(draw(st.integers(1, 3))):
            found_dims = [draw(st.sampled_from([dim] * 5 + [draw(dims)])) for dim in base]
            if base:
                found_dims[axis] = draw(dims)
            found.append(tuple(found_dims))
        return found

    return draw_shapes()


def matrices(batch: int = 2, dims: st.SearchStrategy[Any] = DIMS) -> Any:
    return shapes(2, 2 + batch, dims)


SQUARE = (
    st.tuples(shapes(0, 2), DIMS).map(lambda given: (*given[0], given[1], given[1])) | matrices()
)
IMAGES = shapes(3, 4) | st.sampled_from(
    [(None, 8, 6, 3), (8, 6, 3), (2, 3, 8, 8), (None, 3, None, 4)]
)
FORMATS = st.sampled_from(["channels_last", "channels_first"])


@st.composite
def convolved(draw: Any, transposed: bool = False, separable: bool = False) -> Case:
    rank = draw(st.integers(1, 3))
    first = draw(st.booleans())
    channels = draw(st.sampled_from([2, 4, 6]))
    spatial = tuple(draw(st.lists(st.none() | st.integers(1, 12), min_size=rank, max_size=rank)))
    image = (None, channels, *spatial) if first else (None, *spatial, channels)
    window = tuple(draw(st.lists(st.integers(1, 3), min_size=rank, max_size=rank)))
    depth = draw(st.sampled_from([channels] * 4 + [7]))
    filters = draw(st.sampled_from([2, 6]))
    kernel = (*window, filters, depth) if transposed else (*window, depth, filters)
    arguments: dict[str, Any] = {
        "strides": draw(st.integers(1, 3)),
        "padding": draw(st.sampled_from(["valid", "same"])),
        "data_format": "channels_first" if first else "channels_last",
    }
    if arguments["strides"] == 1:
        arguments["dilation_rate"] = draw(st.integers(1, 2))
    kernels = [kernel]
    if separable:
        kernels.append((*(1,) * rank, depth * filters, 5))
    return arguments, [image, *kernels]


@st.composite
def pooled(draw: Any) -> Case:
    rank = draw(st.integers(1, 3))
    first = draw(st.booleans())
    spatial = tuple(draw(st.lists(st.none() | st.integers(1, 12), min_size=rank, max_size=rank)))
    window = draw(st.integers(1, 3) | st.lists(st.integers(1, 3), min_size=rank, max_size=rank))
    arguments = {
        "pool_size": window,
        "strides": draw(st.none() | st.integers(1, 3)),
        "padding": draw(st.sampled_from(["valid", "same"])),
        "data_format": "channels_first" if first else "channels_last",
    }
    return arguments, [(None, 3, *spatial) if first else (None, *spatial, 3)]


@st.composite
def adaptive(draw: Any) -> Case:
    rank = draw(st.integers(1, 3))
    size = draw(st.lists(st.integers(1, 5), min_size=rank, max_size=rank))
    arguments = {"output_size": size, "data_format": draw(FORMATS)}
    return arguments, [(None, *draw(st.tuples(*[DIMS] * rank)), 4)]


@st.composite
def keys(draw: Any) -> Case:
    x = draw(shapes(1, 4))
    bound = st.none() | st.integers(-9, 9)
    one = st.one_of(
        st.integers(-4, 3),
        st.builds(slice, bound, bound, st.none() | st.sampled_from([1, 2, -1, 3])),
        st.none(),
        st.just(Ellipsis),
    )
    key = draw(st.lists(one, min_size=1, max_size=4))
    if not any(item is None or isinstance(item, slice) for item in key):
        key.append(slice(None))  # what is left is a tuple in both worlds
    return {}, [x, key]


@st.composite
def products(draw: Any) -> list[Any]:
    inner = draw(DIMS)
    left = (*draw(shapes(0, 2)), draw(DIMS), inner)
    right = (*draw(shapes(0, 2)), draw(st.sampled_from([inner] * 4 + [None, 3])), draw(DIMS))
    return [
        draw(st.sampled_from([left, left, left[-1:]])),
        draw(st.sampled_from([right, right[-2:-1]])),
    ]


EINSUMS = st.sampled_from(
    [
        ("btd,du->btu", [(None, 5, 4), (4, 7)]),
        ("bhwc,bhwd->bcd", [(None, 8, 9, 3), (None, 8, 9, 2)]),
        ("...d,du->...u", [(None, 5, 2, 4), (4, 7)]),
        ("ab,bc", [(2, 3), (3, 4)]),
        ("ij,ij->", [(2, 3), (2, 3)]),
        ("ij->ji", [(2, None)]),
        ("b...d,b...e->b...de", [(None, 3, 4), (None, 3, 5)]),
        ("abc,cd,de->abe", [(None, 5, 4), (4, 7), (7, 2)]),
        ("bqhd,bkhd->bhqk", [(None, None, 2, 4), (None, 6, 2, 4)]),
        ("ij,jk", [(None, 3), (3, None)]),
        ("abc,cd->abd", [(None, 5), (4, 7)]),
        ("ab,ac->bc", [(None, 3), (2, 4)]),
    ]
).map(lambda given: ({"subscripts": given[0]}, given[1]))

PADDINGS = st.integers(0, 3) | st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 3)).map(list), min_size=1, max_size=4
)
LENGTHS = shapes(1, 3, st.none() | st.integers(1, 60))
COMPLEX = shapes(1, 3, DIMS).map(lambda shape: [shape, shape]) | st.lists(
    shapes(1, 2), min_size=2, max_size=2
)
SIDES = {side: st.none() | st.integers(0, 4) for side in ("top", "left", "bottom", "right")}

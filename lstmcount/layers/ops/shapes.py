"""Arithmetic on shapes, shared by operations."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from lstmcount.errors import ShapeError
from lstmcount.shapes import FREE_SIZE, UNKNOWN, Dim, Shape, Unknown, show

MAX_OUTPUTS = 100_000  # limit for one operation


def axis_of(axis: int, rank: int) -> int:
    """The axis counted from the front. Raises `ShapeError` if it does not exist.

    >>> axis_of(-1, 3)
    2
    """
    if not -rank <= axis < rank:
        raise ShapeError(f"axis {axis} is not an axis of an input of {rank} dimensions")
    return axis % rank


def axes_of(axes: int | Iterable[int], rank: int) -> list[int]:
    return [axis_of(axis, rank) for axis in ([axes] if isinstance(axes, int) else axes)]


def distinct_axes_of(axes: int | Iterable[int], rank: int) -> list[int]:
    """The axes counted from the front. Raises `ShapeError` for an axis that is named twice."""
    positions = axes_of(axes, rank)
    if len({*positions}) != len(positions):
        raise ShapeError(f"the axes {axes} of {rank} name one axis twice")
    return positions


def size_or_unknown(size: int | None) -> Dim:
    """A size in an operation's arguments; None is a size that is known only at run time.

    >>> size_or_unknown(3), size_or_unknown(None)
    (3, ?)
    """
    return UNKNOWN if size is None or _is_free(size) else size


def passed_size(size: Any) -> Dim:
    """A size in an operation's call: a number or a named unknown; for a tensor it is unknown.

    >>> passed_size(3), passed_size(Unknown("n")), passed_size((4,))
    (3, n, ?)
    """
    has_value = isinstance(size, int | Unknown) and not _is_free(size)
    return size if has_value else UNKNOWN  # type: ignore[no-any-return]


def _is_free(size: Any) -> bool:
    return isinstance(size, Unknown) and size.text == FREE_SIZE


def is_one(dim: Any) -> bool:
    return isinstance(dim, int) and dim == 1


def differ(dim: Any, other: Any) -> bool:
    """Whether two dimensions are known and differ."""
    return isinstance(dim, int) and isinstance(other, int) and dim != other


def broadcast(*shapes: Shape) -> Shape:
    """The shape to which all shapes broadcast, as in NumPy.

    >>> broadcast((UNKNOWN, 1, 3), (5, 3))
    (?, 5, 3)
    """
    rank = max(map(len, shapes))
    result: list[Dim] = [1] * rank
    for shape in shapes:
        for i, dim in enumerate(shape, rank - len(shape)):
            if is_one(result[i]) or (isinstance(result[i], Unknown) and not is_one(dim)):
                result[i] = dim
            elif differ(result[i], dim) and dim != 1:
                raise ShapeError(f"cannot broadcast {' and '.join(map(show, shapes))}")
    return tuple(result)


def reduced(shape: Shape, axes: int | list[int] | None, keepdims: bool = False) -> Shape:
    """
    >>> reduced((2, 3, 4), [1]), reduced((2, 3, 4), -1, keepdims=True), reduced((2, 3), None)
    ((2, 4), (2, 3, 1), ())
    """
    removed = set(range(len(shape)) if axes is None else distinct_axes_of(axes, len(shape)))
    if keepdims:
        return tuple([1 if i in removed else dim for i, dim in enumerate(shape)])
    return tuple([dim for i, dim in enumerate(shape) if i not in removed])


def require_equal_except(shapes: list[Shape], axis: int | None) -> None:
    """Raise `ShapeError` if the shapes differ on an axis other than `axis`."""
    first = shapes[0]
    for shape in shapes[1:]:
        unequal = len(shape) != len(first) or any(
            differ(a, b) for i, (a, b) in enumerate(zip(first, shape, strict=True)) if i != axis
        )
        if unequal:
            where = "" if axis is None else f" except on axis {axis}"
            raise ShapeError(f"expected equal shapes{where}, got {show(first)} and {show(shape)}")


def equal(shape: Shape, other: Shape) -> bool:
    """Whether two shapes may be equal.

    >>> equal((2, UNKNOWN), (2, 3)), equal((2,), (2, 3))
    (True, False)
    """
    return len(shape) == len(other) and not any(map(differ, shape, other))


def size(shape: Iterable[Dim]) -> Dim:
    """The number of elements.

    >>> size((2, 3)), size((2, UNKNOWN))
    (6, ?)
    """
    return math.prod(shape)


def replaced(shape: Shape, axis: int, dim: Dim) -> Shape:
    axis = axis_of(axis, len(shape))
    return (*shape[:axis], dim, *shape[axis + 1 :])


def inserted(shape: Shape, axis: int, dim: Dim) -> Shape:
    axis = axis_of(axis, len(shape) + 1)
    return (*shape[:axis], dim, *shape[axis:])


def equal_outputs(shape: Shape, count: int) -> list[Shape]:
    """The shapes of `count` outputs of equal shape.

    >>> equal_outputs((2, 3), 2)
    [(2, 3), (2, 3)]
    """
    if count > MAX_OUTPUTS:
        raise ShapeError(
            f"expected at most {MAX_OUTPUTS:,} outputs of one operation, got {count:,}"
        )
    return [shape] * count


def smaller(*dims: Dim) -> Dim:
    """The smallest dimension; unknown unless all are numbers."""
    return min(dims) if all(isinstance(dim, int) for dim in dims) else UNKNOWN


def larger(*dims: Dim) -> Dim:
    return max(dims) if all(isinstance(dim, int) for dim in dims) else UNKNOWN


def spread(value: Any, count: int) -> list[Any]:
    """A list of numbers for `count` axes, from such a list or from one number for all.

    >>> spread(2, 3), spread([1, 2], 2)
    ([2, 2, 2], [1, 2])
    """
    return list(value) if isinstance(value, list | tuple) else [value] * count

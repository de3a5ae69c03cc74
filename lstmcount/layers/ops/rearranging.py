"""Operations that move, cut, repeat or merge the axes of a tensor."""

from __future__ import annotations

import math
import re
from typing import Any

from lstmcount.errors import ShapeError
from lstmcount.layers.ops.base import Operation
from lstmcount.layers.ops.shapes import (
    axes_of,
    axis_of,
    broadcast,
    differ,
    distinct_axes_of,
    is_one,
    passed_size,
    replaced,
    size,
    size_or_unknown,
    spread,
)
from lstmcount.shapes import UNKNOWN, Dim, Shape, Unknown, show


class Reshape(Operation):
    """Changes the shape; a dimension of -1 is inferred.

    >>> Reshape(newshape=[-1, 6]).output_shape((4, 3))
    (2, 6)
    """

    newshape: Any

    def call(self, x: Shape) -> Any:
        if not isinstance(self.newshape, list):
            return None
        target = list(map(passed_size, self.newshape))
        if _keeps_batch(x, self.newshape):
            return (x[0], *Reshape(newshape=self.newshape[1:]).call(x[1:]))
        free = target.count(-1)
        if free > 1 or any(isinstance(dim, int) and dim < -1 for dim in target):
            raise ShapeError(f"cannot reshape to {show(tuple(target))}")
        known = math.prod(dim for dim in target if not _is_free(dim))
        whole = size(x)
        if isinstance(whole, Unknown) or isinstance(known, Unknown):
            return tuple([UNKNOWN if _is_free(dim) else dim for dim in target])
        self._check(x, whole, known, free)
        return tuple([whole // known if _is_free(dim) else dim for dim in target])

    def _check(self, x: Shape, whole: Dim, known: Dim, free: int) -> None:
        if not isinstance(whole, int):
            return
        fits = known and whole % known == 0 if free else whole == known
        if not fits:
            raise ShapeError(f"cannot reshape {show(x)} to {show(tuple(self.newshape))}")


def _keeps_batch(x: Shape, target: list[Any]) -> bool:
    """Whether both shapes have an unknown batch size and no other unknown dimension."""
    if len(target) < 2 or -1 not in target or x[0] is not UNKNOWN or target[0] is not UNKNOWN:
        return False
    return not any(isinstance(dim, Unknown) for dim in (*x[1:], *target[1:]))


def _is_free(dim: Any) -> bool:
    return isinstance(dim, int) and dim == -1


class Ravel(Operation):
    def call(self, x: Shape) -> Shape:
        return (size(x),)


class Transpose(Operation):
    """
    >>> Transpose(axes=[0, 2, 1]).output_shape((2, 3, 4))
    (2, 4, 3)
    """

    axes: list[int] | None = None

    def call(self, x: Shape) -> Shape:
        if self.axes is None:
            return x[::-1]
        order = axes_of(self.axes, len(x))
        if sorted(order) != list(range(len(x))):
            raise ShapeError(f"expected a permutation of the axes of {show(x)}, got {self.axes}")
        return tuple([x[axis] for axis in order])


class Swapaxes(Operation):
    axis1: int
    axis2: int

    def call(self, x: Shape) -> Shape:
        return _swapped(x, self.axis1, self.axis2)


class Rot90(Operation):
    k: int = 1
    axes: tuple[int, ...] = (0, 1)

    def call(self, array: Shape) -> Shape:
        if len(array) < 2 or len(self.axes) != 2 or self.axes[0] == self.axes[1]:
            raise ShapeError(f"cannot rotate {show(array)} in the plane of axes {self.axes}")
        return _swapped(array, *self.axes)


def _swapped(x: Shape, axis1: int, axis2: int) -> Shape:
    order = list(range(len(x)))
    first, second = axis_of(axis1, len(x)), axis_of(axis2, len(x))
    order[first], order[second] = second, first
    return tuple([x[axis] for axis in order])


class Moveaxis(Operation):
    source: int | list[int]
    destination: int | list[int]

    def call(self, x: Shape) -> Shape:
        """
        >>> Moveaxis(source=1, destination=-1).output_shape((2, 3, 4))
        (2, 4, 3)
        """
        sources = distinct_axes_of(self.source, len(x))
        moved = dict(zip(distinct_axes_of(self.destination, len(x)), sources, strict=True))
        rest = iter([axis for axis in range(len(x)) if axis not in sources])
        return tuple([x[moved[i] if i in moved else next(rest)] for i in range(len(x))])


class ExpandDims(Operation):
    axis: int | list[int] | None = None

    def call(self, x: Shape) -> Shape:
        """
        >>> ExpandDims(axis=[0, -1]).output_shape((2, 3))
        (1, 2, 3, 1)
        """
        axes = [len(x)] if self.axis is None else spread(self.axis, 1)
        rank = len(x) + len(axes)
        new, rest = distinct_axes_of(axes, rank), iter(x)
        return tuple([1 if axis in new else next(rest) for axis in range(rank)])


class Squeeze(Operation):
    axis: int | list[int] | None = None

    def call(self, x: Shape) -> Shape:
        if self.axis is None:
            return tuple([dim for dim in x if not is_one(dim)])
        removed = axes_of(self.axis, len(x))
        for axis in removed:
            if not is_one(x[axis]):
                raise ShapeError(f"expected size 1 of axis {axis}, got {show(x)}")
        return tuple([dim for axis, dim in enumerate(x) if axis not in removed])


class Repeat(Operation):
    """
    >>> Repeat(repeats=2, axis=1).output_shape((2, 3)), Repeat(repeats=2).output_shape((2, 3))
    ((2, 6), (12,))
    """

    repeats: int | list[int]
    axis: int | None = None

    def call(self, x: Shape) -> Shape:
        dim = size(x) if self.axis is None else x[axis_of(self.axis, len(x))]
        repeats = spread(self.repeats, 1)
        if isinstance(dim, Unknown):
            new = dim
        elif len(repeats) == 1:
            new = dim * repeats[0]
        elif differ(dim, len(repeats)):
            raise ShapeError(f"{len(repeats)} repeats do not fit {show(x)}")
        else:
            new = sum(repeats)
        return (new,) if self.axis is None else replaced(x, self.axis, new)


class Tile(Operation):
    """
    >>> Tile(repeats=[2, 1]).output_shape((5, 2, 3))
    (5, 4, 3)
    """

    repeats: int | list[int | None] | None

    def call(self, x: Shape) -> Shape:
        repeats = list(map(size_or_unknown, spread(self.repeats, 1)))
        rank = max(len(x), len(repeats))
        x = (1,) * (rank - len(x)) + x
        repeats = [1] * (rank - len(repeats)) + repeats
        return tuple([dim * times for dim, times in zip(x, repeats, strict=True)])


class Pad(Operation):
    """
    >>> Pad(pad_width=[[0, 0], [1, 2]]).output_shape((2, 3))
    (2, 6)
    """

    pad_width: Any

    def call(self, x: Shape, constant_values: Any = None) -> Shape:
        widths = self._widths(len(x))
        if len(widths) != len(x):
            raise ShapeError(f"{len(widths)} pads do not fit {show(x)}")
        pads = [sum(map(size_or_unknown, width)) for width in widths]
        return tuple([dim + pad for dim, pad in zip(x, pads, strict=True)])

    def _widths(self, rank: int) -> list[Any]:
        widths = self.pad_width
        if isinstance(widths, int):
            return [(widths, widths)] * rank
        if all(isinstance(width, int) for width in widths):
            return [tuple(widths)] * rank if len(widths) == 2 else [tuple(widths) * 2] * rank
        return list(widths) * rank if len(widths) == 1 else list(widths)


class BroadcastTo(Operation):
    shape: list[int | None]

    def call(self, x: Shape) -> Shape:
        target = tuple(map(size_or_unknown, self.shape))
        broadcast(x, target)
        return target


class Diff(Operation):
    n: int = 1
    axis: int = -1

    def call(self, a: Shape) -> Shape:
        dim = a[axis_of(self.axis, len(a))]
        rest = dim - self.n
        return replaced(a, self.axis, 0 if isinstance(rest, int) and rest < 0 else rest)


class Rearrange(Operation):
    """
    >>> Rearrange().output_shape((2, 8, 9, 3), "b (h p) w c -> b h w (p c)", p=2)
    (2, 4, 9, 6)
    """

    def call(self, tensor: Shape, pattern: str, **axes_lengths: Any) -> Shape:
        before, after = (_groups(side) for side in pattern.split("->"))
        if len(before) != len(tensor):
            raise ShapeError(f"the pattern {pattern!r} does not fit {show(tensor)}")
        sizes = dict(axes_lengths)
        for group, dim in zip(before, tensor, strict=True):
            inferred = [axis for axis in group if axis not in sizes]
            if inferred:
                known = math.prod(sizes[axis] for axis in group if axis in sizes)
                sizes[inferred[0]] = dim // known if len(group) > 1 else dim
        return tuple([math.prod([sizes[axis] for axis in group]) for group in after])


def _groups(side: str) -> list[tuple[str, ...]]:
    """
    >>> _groups("b (h p) c")
    [('b',), ('h', 'p'), ('c',)]
    """
    return [tuple(part.strip("()").split()) for part in re.findall(r"\([^)]*\)|\w+", side)]


class View(Operation):
    """Reads the bytes as another dtype, whose size determines the last axis."""

    dtype: Any = None

    def call(self, x: Shape) -> Shape:
        return (*x[:-1], UNKNOWN) if x and self.dtype is not None else x


class ViewAsReal(Operation):
    """Adds a last axis for the real and imaginary parts of a complex tensor."""

    def call(self, x: Shape) -> Shape:
        return (*x, 2)

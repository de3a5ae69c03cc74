"""Arithmetic on the shapes of arrays, whose sizes may be unknown."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.programs.language.structures import first_unknown
from lstmcount.programs.language.values.operators import MAX_BITS
from lstmcount.shapes import Unknown


def broadcast(shapes: list[tuple[Any, ...]]) -> tuple[Any, ...] | None:
    """The shape of the result of an operator on arrays of these shapes; None if NumPy refuses them.

    >>> broadcast([(1, 3), (2, 1)]), broadcast([(5,), (2, 4, 1)]), broadcast([(3,), (2,)])
    ((2, 3), (2, 4, 5), None)
    """
    merged: list[Any] = []
    for shape in shapes:
        merged = [1] * (len(shape) - len(merged)) + merged
        for at, dim in enumerate(shape, len(merged) - len(shape)):
            sizes = [size for size in (merged[at], dim) if isinstance(size, int)]
            if len({*sizes} - {1}) > 1:
                return None
            is_one = isinstance(merged[at], int) and merged[at] == 1
            is_larger = isinstance(merged[at], Unknown) and isinstance(dim, int) and dim != 1
            merged[at] = dim if is_one or is_larger else merged[at]
    return tuple(merged)


def reshaped(shape: tuple[Any, ...], wanted: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """The shape after a reshape, with a -1 replaced by the remaining size.

    None if NumPy refuses it, because the number of elements differs.
    """
    rest = product([dim for dim in wanted if not (isinstance(dim, int) and dim == -1)])
    missing: Any = product(shape)
    are_known = isinstance(rest, int) and isinstance(missing, int)
    if -1 not in [dim for dim in wanted if isinstance(dim, int)]:
        return None if are_known and rest != missing else wanted
    if are_known and (missing % rest if rest else True):
        return None
    missing = missing // rest if not isinstance(rest, int) or rest else Unknown("?")
    return tuple([missing if isinstance(dim, int) and dim == -1 else dim for dim in wanted])


def product(dims: Iterable[Any]) -> Any:
    """The number of elements; an unknown if it is too large for any array."""
    count: Any = 1
    for dim in dims:
        count = count * dim if isinstance(dim, int | Unknown) else Unknown("?")
        if isinstance(count, int) and count.bit_length() > MAX_BITS:
            return Unknown("?")
    return count


def sliced(dim: Any, key: slice, run: Run, node: ast.AST) -> Any:
    """The number of elements that a slice takes of an axis of size `dim`."""
    if key == slice(None):
        return dim
    parts = (key.start, key.stop, key.step)
    unknown = first_unknown(parts)
    if unknown is not None:
        return unknown
    is_sliced = key.step != 0 and all(isinstance(part, int | None) for part in parts)
    if is_sliced and isinstance(dim, int) and dim >= 0:
        start, stop, step = key.indices(dim)
        return max(-((start - stop) // step), 0)
    if (
        is_sliced
        and isinstance(dim, Unknown)
        and parts == (key.start, None, None)
        and key.start > 0
    ):
        return dim - key.start
    return run.unknown(run.source_of(node))

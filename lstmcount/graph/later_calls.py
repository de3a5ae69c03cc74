"""Calls of a layer after the first one, which has fixed some axes for all others."""

from __future__ import annotations

from typing import Any

from lstmcount.errors import ShapeError
from lstmcount.shapes import Shapes, Unknown, show


def check_later_call(layer: Any, first: Shapes, shape: Shapes) -> None:
    """Raise `ShapeError` unless the axes that the first call fixed have the same sizes."""
    if type(first) is not tuple or type(shape) is not tuple:
        return
    fits = len(shape) == len(first) or not layer.fixed_rank
    for axis in layer.fixed_axes(first) if fits else ():
        was, now = first[axis], shape[axis]
        fits = fits and (was == now or isinstance(was, Unknown) or isinstance(now, Unknown))
    if not fits:
        raise ShapeError(f"its weights are made for {show(first)}, got {show(shape)}")


def as_fixed(layer: Any, first: Shapes, shape: Shapes) -> Shapes:
    """The shape of a call, with the sizes that the first call fixed in the place of open ones."""
    if type(first) is not tuple or type(shape) is not tuple or len(first) != len(shape):
        return shape
    sizes = list(shape)
    for axis in layer.fixed_axes(first):
        if isinstance(sizes[axis], Unknown):
            sizes[axis] = first[axis]
    return tuple(sizes)

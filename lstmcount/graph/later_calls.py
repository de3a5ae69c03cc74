"""Calls of a layer whose weights are made: the first one has fixed some axes for all others."""

from __future__ import annotations

from typing import Any

from lstmcount.errors import CALL_ERRORS, ShapeError
from lstmcount.shapes import Shape, Shapes, Unknown, is_known, show


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


def check_built_alike(layer: Any, recorded: list[Shapes], shapes: list[Shapes]) -> None:
    """Raise `ShapeError` if the input that a file records gives other weights than a call's.

    Keras makes the weights for the recorded input, and then refuses the call or keeps them.
    """
    if recorded == shapes or not is_known(recorded[0]):
        return
    try:
        stated = [weight.shape for weight in layer.weights(*recorded)]
    except CALL_ERRORS:
        return
    called = [weight.shape for weight in layer.weights(*shapes)]
    if any(map(_contradicts, stated, called)):
        raise ShapeError(
            f"it reads {show(shapes[0])}, and its build_config says that it was built for "
            f"{show(recorded[0])}"
        )


def _contradicts(one: Shape, other: Shape) -> bool:
    """Whether two shapes differ in a dimension that both know."""
    pairs = zip(one, other, strict=False)
    return len(one) != len(other) or any(type(a) is type(b) is int and a != b for a, b in pairs)


def as_fixed(layer: Any, first: Shapes, shape: Shapes) -> Shapes:
    """The shape of a call, with the sizes that the first call fixed in the place of open ones."""
    if type(first) is not tuple or type(shape) is not tuple or len(first) != len(shape):
        return shape
    sizes = list(shape)
    for axis in layer.fixed_axes(first):
        if isinstance(sizes[axis], Unknown):
            sizes[axis] = first[axis]
    return tuple(sizes)

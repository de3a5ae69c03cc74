"""Structures of arguments: find the tensors in them, and replace the tensors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lstmcount.config import TensorRef
from lstmcount.shapes import Shape
from lstmcount.structures import is_constant, leaves, mapped, nested_shape, refilled

_REFS, _NONE = {TensorRef}, {type(None)}


def refs_in(value: Any) -> list[TensorRef]:
    """The tensors in a structure, in Keras's order (dicts by sorted key)."""
    return [leaf for leaf in leaves(value) if type(leaf) is TensorRef]


def refs_of(args: list[Any], kwargs: dict[str, Any]) -> list[TensorRef]:
    if not kwargs or all_none(kwargs):
        return args if set(map(type, args)) <= _REFS else refs_in(args)
    return [*refs_in(args), *refs_in(kwargs)]


def with_shapes(
    args: list[Any], kwargs: dict[str, Any], shapes: Iterable[Shape | None], places: type = tuple
) -> tuple[list[Any], dict[str, Any]]:
    """The arguments with these shapes in the places of the shapes (or of tensors) in them.

    They come in the order of `refs_of`.
    """
    following = iter(shapes)
    return refilled(args, places, following), refilled(kwargs, places, following)


def tensor_shapes(value: Any) -> Any:
    """`value` with the shape of each constant tensor and array in its place.

    >>> tensor_shapes([(2, 3), {"class_name": "__numpy__", "config": {"value": [[1, 2]]}}])
    [(2, 3), (1, 2)]
    """
    return value if type(value) is tuple else mapped(_tensor_shape, value)


def _tensor_shape(leaf: Any) -> Any:
    if is_constant(leaf):
        return nested_shape(leaf["config"].get("value"))
    shape = getattr(leaf, "shape", None)
    return shape if isinstance(shape, tuple) else leaf


def all_none(values: dict[str, Any]) -> bool:
    """Whether all keyword arguments are None, such as `mask=None`."""
    return set(map(type, values.values())) <= _NONE

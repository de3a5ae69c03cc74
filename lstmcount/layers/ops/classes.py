"""The classes of operations, by the names that Keras gives them."""

from __future__ import annotations

import importlib
from functools import cache

from lstmcount.layers.ops.base import Operation
from lstmcount.layers.ops.registry import CLASSES

_CLASS_OF = {name: place for place, names in CLASSES.items() for name in names.split()}


@cache
def find(class_name: str) -> type[Operation] | None:
    """The class for the Keras operation `class_name`; None if it is unknown."""
    place = _CLASS_OF.get(class_name)
    if place is None:
        return None
    module, _, name = place.partition(".")
    cls: type[Operation] = getattr(
        importlib.import_module(f"lstmcount.layers.ops.{module}"), name or class_name
    )
    return cls


def class_names() -> list[str]:
    return sorted(_CLASS_OF)

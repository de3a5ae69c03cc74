"""Keras's classes that a serialised object may name, with their arguments."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lstmcount.config import LayerConfig
from lstmcount.conversion.classes import place_of
from lstmcount.conversion.literals import shortened
from lstmcount.errors import LstmcountError
from lstmcount.layers.making.constructor_order import arguments
from lstmcount.layers.objects import CLASSES, spelled
from lstmcount.layers.registry import find, is_keras_layer

# Other modules that Keras or an older version of it gives for a class.
_MODULES = {
    "keras": "keras.dtype_policies",
    "keras.mixed_precision": "keras.dtype_policies",
    "keras.src.dtype_policies.dtype_policy": "keras.dtype_policies",
}
_TODAY = {f"{name}Initializer": name for name in ("Identity", "Orthogonal", "STFT")}


def own_class(value: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The import path of a serialised object's class, and the names of its arguments.

    >>> own_class({"module": "keras.regularizers", "class_name": "L2", "config": {}})
    ('keras.regularizers.L2', ('l2',))

    Raises `LstmcountError` for a class that is not Keras's own.
    """
    name, module = value.get("class_name"), value.get("module")
    registered = value.get("registered_name")
    if isinstance(name, str) and registered in (None, name):
        if module is None:
            if path_and_names := spelled(name):
                return path_and_names
        elif isinstance(module, str):
            place = _MODULES.get(module, module)
            name_today = _TODAY.get(name, name)
            if name_today in CLASSES.get(place, {}):
                return f"{place}.{name_today}", CLASSES[place][name_today]
        if module in (None, "keras.layers") and is_keras_layer(name):
            return _layer_class(name)
    raise LstmcountError(f"{shortened(name)} is not Keras's own: its code is not known here")


def _layer_class(name: str) -> tuple[str, tuple[str, ...]]:
    cls = find(name)
    assert cls is not None
    module, class_name = place_of(cls.__name__, LayerConfig(class_name=name, name=name))
    return f"{module}.{class_name}", arguments(cls)


def require_names(names: Iterable[str], known: Iterable[str], owner: str) -> None:
    """Refuse names that are not arguments of `owner` in Keras."""
    known = tuple(known)
    for name in names:
        if name not in known:
            raise LstmcountError(f"{owner} has no argument {shortened(name)}")

"""Operations of `keras.ops` as nodes of a functional model: output shapes and MACs.

An operation has no weights. Its output depends on the arguments of its constructor and of its
call. `find` maps the class names of Keras's operations to the classes here.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

import msgspec

from lstmcount.config import LayerConfig
from lstmcount.errors import LstmcountError
from lstmcount.layers import unknown_arguments
from lstmcount.layers.from_files import Cache, cached_copy
from lstmcount.layers.ops.base import Operation, UnknownOperation
from lstmcount.layers.ops.registry import CLASSES, LEGACY
from lstmcount.layers.unknown_arguments import has_unknown
from lstmcount.structures import CONSTANTS

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


def create(config: LayerConfig) -> Operation:
    """Create the operation that `config` describes; one of unknown class has an unknown output.

    Raises `LstmcountError` with the path of an invalid argument.
    """
    return create_cached(config)[0]


def create_cached(config: LayerConfig) -> tuple[Operation, Cache | None]:
    """Create an operation; return it with the cache of all operations with equal arguments."""
    if config.is_foreign:
        return UnknownOperation(name=config.name, class_name=config.class_name), None
    if config.class_name in LEGACY:
        from lstmcount.layers.ops.legacy import create_legacy

        return create_legacy(config), None
    operation: Operation
    try:
        operation, cache = cached_copy(config.arguments, config.class_name, _from_arguments)
    except msgspec.ValidationError as error:
        message = f"operation {config.class_name}: {str(error).lower()}"
        raise LstmcountError(message, path=config.path) from None
    operation.name = config.name
    return operation, cache


def _from_arguments(arguments: dict[str, Any], class_name: str) -> Operation:
    fields = {key: plain(value) for key, value in arguments.items()}
    fields["class_name"] = class_name
    cls = find(class_name) or UnknownOperation
    if has_unknown(list(fields.values())):
        return unknown_arguments.convert(fields, cls)
    return msgspec.convert(fields, cls)


def plain(value: Any) -> Any:
    """Unwrap the tuples and arrays in an argument as Keras serialises it."""
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        if value.get("class_name") == "__tuple__":
            return plain(value.get("items") or [])
        if value.get("class_name") in CONSTANTS:
            return (value.get("config") or {}).get("value")
    return value

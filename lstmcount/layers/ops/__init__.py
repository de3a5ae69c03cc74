"""Operations of `keras.ops` as nodes of a functional model: output shapes and MACs.

An operation has no weights; what it gives depends on its constructor's arguments and on what it
is called with. The registry finds the class here that stands for one of Keras's.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

import msgspec

from lstmcount.config import LayerConfig
from lstmcount.errors import LstmcountError
from lstmcount.layers import unknown_arguments
from lstmcount.layers.from_files import Cache, remembered
from lstmcount.layers.ops.base import Operation, Unknown
from lstmcount.layers.ops.registry import CLASSES, LEGACY
from lstmcount.layers.unknown_arguments import has_unknown
from lstmcount.structures import CONSTANTS

_CLASS_OF = {name: place for place, names in CLASSES.items() for name in names.split()}


@cache
def find(class_name: str) -> type[Operation] | None:
    """The class for Keras's operation of that name; None for an unknown operation."""
    place = _CLASS_OF.get(class_name)
    if place is None:
        return None
    module, _, name = place.partition(".")
    found: type[Operation] = getattr(
        importlib.import_module(f"lstmcount.layers.ops.{module}"), name or class_name
    )
    return found


def class_names() -> list[str]:
    return sorted(_CLASS_OF)


def create(config: LayerConfig) -> Operation:
    """The operation that `config` describes; an unknown operation has an unknown output.

    Raises `LstmcountError` with the path of the invalid argument.
    """
    return create_cached(config)[0]


def create_cached(config: LayerConfig) -> tuple[Operation, Cache | None]:
    """Like `create`, with a cache that all operations with the same arguments share."""
    if config.class_name in LEGACY:
        from lstmcount.layers.ops.legacy import create_legacy

        return create_legacy(config), None
    operation: Operation
    try:
        operation, cache = remembered(config.arguments, config.class_name, _made)
    except msgspec.ValidationError as error:
        message = f"operation {config.class_name}: {str(error).lower()}"
        raise LstmcountError(message, path=config.path) from None
    operation.name = config.name
    return operation, cache


def _made(arguments: dict[str, Any], class_name: str) -> Operation:
    given = {key: plain(value) for key, value in arguments.items()}
    given["class_name"] = class_name
    cls = find(class_name) or Unknown
    if has_unknown(list(given.values())):
        return unknown_arguments.convert(given, cls)
    return msgspec.convert(given, cls)


def plain(value: Any) -> Any:
    """An argument without Keras's wrappers around tuples and arrays."""
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        if value.get("class_name") == "__tuple__":
            return plain(value.get("items") or [])
        if value.get("class_name") in CONSTANTS:
            return (value.get("config") or {}).get("value")
    return value

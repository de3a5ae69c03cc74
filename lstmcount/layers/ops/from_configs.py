"""Create operations from their configs."""

from __future__ import annotations

from typing import Any

import msgspec

from lstmcount.config import LayerConfig
from lstmcount.errors import LstmcountError
from lstmcount.layers.making import unknown_arguments
from lstmcount.layers.making.from_files import Cache, cached_copy
from lstmcount.layers.making.unknown_arguments import has_unknown
from lstmcount.layers.ops.base import Operation, UnknownOperation
from lstmcount.layers.ops.classes import find
from lstmcount.layers.ops.registry import LEGACY
from lstmcount.structures import plain

_FLAGS = {"keepdims", "compute_uv", "full_matrices"}
_WITHOUT_EFFECT = {
    "antialias",
    "center",
    "constant_values",
    "epsilon",
    "method",
    "name",
    "strategy",
}  # on the shape of the output


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
    for key in _FLAGS & fields.keys():  # Keras asks for their truth
        if fields[key] is None or type(fields[key]) is int:
            fields[key] = bool(fields[key])
    unknown = [key for key, value in fields.items() if has_unknown(value)]
    if unknown:
        operation = unknown_arguments.convert(fields, cls)
        kept = msgspec.structs.asdict(operation)
        lost = [key for key in unknown if not has_unknown(kept.get(key))]
        is_unknown = not _WITHOUT_EFFECT.issuperset(lost)
        return UnknownOperation(class_name=class_name) if is_unknown else operation
    return msgspec.convert(fields, cls)

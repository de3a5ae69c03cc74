"""Arguments in files: old arguments are dropped, and numbers in texts are read as numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec

from lstmcount.layers.base import Layer

MAX_REMEMBERED = 1_000
MAX_KEY = 4_096  # bytes; long vocabularies and so on are not cached

Cache = dict[Any, Any]

_encode = msgspec.msgpack.Encoder().encode
_remembered: dict[tuple[Any, bytes], tuple[Any, Cache]] = {}
_FIELD = r"`\$\.([^.\[`]+)"
_NUMBER = r"[-+]?\d+(\.\d+)?"


def remembered(
    arguments: dict[str, Any], kind: Any, make: Callable[[dict[str, Any], Any], Any]
) -> tuple[Any, Cache | None]:
    """`make(arguments, kind)`, or a copy of its earlier result for the same arguments.

    Most layers of a large model equal others, and a copy costs a tenth. Equal layers
    share a cache for their results.
    """
    try:
        key = (kind, _encode(arguments))
    except (TypeError, ValueError, OverflowError, RecursionError):
        return make(arguments, kind), None
    found = _remembered.get(key)
    if found is None:
        if len(key[1]) > MAX_KEY:
            return make(arguments, kind), None
        if len(_remembered) >= MAX_REMEMBERED:
            _remembered.clear()
        found = _remembered[key] = make(arguments, kind), {}
    return found[0].__copy__(), found[1]


def lenient(arguments: dict[str, Any], cls: type[Layer]) -> Layer:
    """A layer from those `arguments` that fit its fields.

    Raises `msgspec.ValidationError` if a required one is missing or invalid.
    """
    fields = _fields(cls)
    given = {key: value for key, value in arguments.items() if key in fields}
    for _ in range(len(given) + 1):
        try:
            return msgspec.convert(given, cls)
        except msgspec.ValidationError as error:
            found = re.search(_FIELD, str(error))
            key = found[1] if found else None
            if key is None or key not in given:
                raise
            repaired = _repaired(given[key])
            if repaired != given[key] or type(repaired) is not type(given[key]):
                given[key] = repaired
            elif fields[key]:
                raise
            else:
                del given[key]
    return msgspec.convert(given, cls)


@cache
def _fields(cls: type[Layer]) -> dict[str, bool]:
    """The arguments, and whether each is required."""
    required = len(cls.__struct_fields__) - len(cls.__struct_defaults__)
    if required <= 0:
        return dict.fromkeys(cls.__struct_encode_fields__, False)
    return {f.encode_name: f.required for f in msgspec.structs.fields(cls)}


def _repaired(value: Any) -> Any:
    """Decode numbers written as text or with a point, and serialised tuples."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and re.fullmatch(_NUMBER, value):
        number = float(value)
        return int(number) if number.is_integer() else number
    if isinstance(value, list):
        return [_repaired(item) for item in value]
    if isinstance(value, dict) and isinstance(value.get("items"), list):
        return _repaired(value["items"])
    return value

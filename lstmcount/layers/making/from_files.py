"""Create layers from files: drop arguments that Keras no longer has, and convert numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import msgspec

from lstmcount.layers.base import Layer
from lstmcount.layers.making.numeric_arguments import fractional_arguments, numeric_arguments

MAX_CACHED = 1_000
MAX_KEY = 4_096  # bytes; longer arguments, e.g. vocabularies, are not cached

Cache = dict[Any, Any]

_encode = msgspec.msgpack.Encoder().encode
_cache: dict[tuple[Any, bytes], tuple[Any, Cache]] = {}
_FIELD = r"`\$\.([^.\[`]+)"
_MODES = {"padding", "data_format", "output_mode", "score_mode", "merge_mode"}
_NUMBER = r"[-+]?\d+(\.\d+)?"


def cached_copy(
    arguments: dict[str, Any], kind: Any, make: Callable[[dict[str, Any], Any], Any]
) -> tuple[Any, Cache | None]:
    """Return `make(arguments, kind)` or a copy of an earlier result, and a cache for its shapes.

    Most layers of a large model are equal to others, and copying one takes a tenth of the time of
    making it. Equal layers share their cache; it is None if the arguments cannot be cached.
    """
    try:
        key = (kind, _encode(arguments))
    except (TypeError, ValueError, OverflowError, RecursionError):
        return make(arguments, kind), None
    cached = _cache.get(key)
    if cached is None:
        if len(key[1]) > MAX_KEY:
            return make(arguments, kind), None
        if len(_cache) >= MAX_CACHED:
            _cache.clear()
        cached = _cache[key] = make(arguments, kind), {}
    return cached[0].__copy__(), cached[1]


def lenient(arguments: dict[str, Any], cls: type[Layer]) -> Layer:
    """Create a layer from those `arguments` that fit its fields.

    Raises `msgspec.ValidationError` if an argument that is required, or that decides on sizes, is
    missing or invalid.
    """
    fields = _fields(cls)
    fitting = {key: value for key, value in arguments.items() if key in fields}
    repaired: set[str] = set()
    for _ in range(2 * len(fitting)):
        try:
            return msgspec.convert(fitting, cls)
        except msgspec.ValidationError as error:
            match = re.search(_FIELD, str(error))
            key = match[1] if match else None
            if key is None or key not in fitting:
                raise
            if key not in repaired:
                is_flag = str(error).startswith("Expected `bool`,")  # Keras takes any value
                fitting[key] = bool(fitting[key]) if is_flag else _repaired(fitting[key])
                repaired.add(key)
            elif fields[key] or (fitting[key] is not None and key in _sizes(cls)):
                raise
            else:
                del fitting[key]
    return msgspec.convert(fitting, cls)


@cache
def _sizes(cls: type[Layer]) -> frozenset[str]:
    """The arguments that decide on sizes: with their defaults, the layer would be another one."""
    return (numeric_arguments(cls) - fractional_arguments(cls) - {"seed"}) | _MODES


@cache
def _fields(cls: type[Layer]) -> dict[str, bool]:
    """The names of a layer's arguments, and whether each is required."""
    required = len(cls.__struct_fields__) - len(cls.__struct_defaults__)
    if required <= 0:
        return dict.fromkeys(cls.__struct_encode_fields__, False)
    return {f.encode_name: f.required for f in msgspec.structs.fields(cls)}


def _repaired(value: Any) -> Any:
    """Convert numbers in strings, whole floats and serialised tuples, also inside lists.

    Keras takes true for 1, and reads `Channels_First` and `SAME` in any case.
    """
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str) and re.fullmatch(_NUMBER, value):
        number = float(value)
        return int(number) if number.is_integer() else number
    if isinstance(value, str):
        return value.lower()
    if isinstance(value, list):
        return [_repaired(item) for item in value]
    if isinstance(value, dict) and isinstance(value.get("items"), list):
        return _repaired(value["items"])
    return value

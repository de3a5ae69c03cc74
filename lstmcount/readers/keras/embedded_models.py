"""A model inside other JSON, such as a training configuration or an experiment's record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from lstmcount.errors import LstmcountError, Path, json_path
from lstmcount.readers.text.text import looks_like_json, parse_json

MAX_SEARCHED = 200_000  # limit for the values searched
_SHOWN = 4

PlacedModel = tuple[dict[str, Any], Path]
_Place = tuple[Any, Any] | None  # the path of a value's container, and the key in it


def only_model(data: Any) -> PlacedModel | None:
    """The only model at the least depth in `data`; None if there is none.

    Raises `LstmcountError` if there are several.

    >>> only_model({"run": {"net": '{"class_name": "Sequential", "config": []}'}})
    ({'class_name': 'Sequential', 'config': []}, ('run', 'net'))
    """
    level: list[tuple[Any, _Place]] = [(data, None)]
    searched = 0
    while level and searched < MAX_SEARCHED:
        level = [(opened(value), place) for value, place in level]
        models = [(value, place) for value, place in level if is_model(value)]
        if len(models) > 1:
            places = ", ".join(json_path(_path(place)) for _, place in models[:_SHOWN])
            more = ", …" if len(models) > _SHOWN else ""
            raise LstmcountError(
                f"there are {len(models)} models in it ({places}{more}): give a file of one"
            )
        if models:
            return models[0][0], _path(models[0][1])
        searched += len(level)
        level = [(value, (place, key)) for holder, place in level for key, value in _inside(holder)]
    return None


def _path(place: _Place) -> Path:
    keys = []
    while place is not None:
        place, key = place
        keys.append(key)
    return tuple(reversed(keys))


def is_model(value: Any) -> bool:
    """Whether a value is a model with its layers, as Keras serialises it."""
    if not isinstance(value, dict) or not isinstance(value.get("class_name"), str):
        return False
    config = value.get("config")
    return isinstance(config, list) or (
        isinstance(config, dict) and isinstance(config.get("layers"), list)
    )


def opened(value: Any) -> Any:
    """Decode a string that holds a model's JSON; any other value is unchanged."""
    if isinstance(value, str) and "class_name" in value and looks_like_json(value):
        try:
            return parse_json(value)
        except LstmcountError:
            return value
    return value


def _inside(value: Any) -> Iterator[tuple[Any, Any]]:
    """The keys and values in a container that may be models or contain models."""
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, dict):
        items = ((key, item) for key, item in value.items() if isinstance(key, str))
    elif isinstance(value, list):
        items = enumerate(value)
    return ((key, item) for key, item in items if isinstance(item, dict | list | str))

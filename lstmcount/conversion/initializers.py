"""Initializers that older versions of Keras serialised, with the arguments they have today."""

from __future__ import annotations

from typing import Any

from lstmcount.layers.objects import INITIALIZERS


def todays(value: Any) -> Any:
    """An initializer without its dtype and its unset arguments; any other value unchanged.

    >>> todays({"class_name": "GlorotUniform", "config": {"seed": None, "dtype": "float32"}})
    {'class_name': 'GlorotUniform', 'config': {}}
    """
    if not isinstance(value, dict) or not isinstance(value.get("config"), dict):
        return value
    name = str(value.get("class_name")).removesuffix("Initializer")
    known = INITIALIZERS.get(name)
    if known is None:
        return value
    config = {k: value["config"][k] for k in known if value["config"].get(k) is not None}
    if name == "Constant":
        config.setdefault("value", 0.0)  # which Keras asks for in a config
    return {**value, "config": config}

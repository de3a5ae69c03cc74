"""Code that creates the serialised objects among arguments."""

from __future__ import annotations

import re
from typing import Any

from lstmcount.conversion.arguments import plain
from lstmcount.conversion.keras_classes import own_class, require_names
from lstmcount.conversion.literals import literal, require_shallow, shortened
from lstmcount.errors import LstmcountError

_REGISTERED = re.compile(r"\w+>\w+")
_POLICIES = ("DTypePolicy", "Policy")  # of Keras 3 and of Keras 2


def expression(value: Any) -> str:
    """The code of an argument.

    >>> expression({"module": "keras.regularizers", "class_name": "L2", "config": {"l2": 0.1}})
    'keras.regularizers.L2(l2=0.1)'
    >>> expression({"class_name": "Zeros", "config": {}}), expression([1, None])
    ("'zeros'", '[1, None]')

    Raises `LstmcountError` for functions and classes that are not Keras's own.
    """
    short = plain(value)
    if not isinstance(short, str):
        return _whole(value, 0)
    if _REGISTERED.search(short) or not _is_own(value):
        raise LstmcountError(f"{shortened(short)} is not Keras's own: its code is not known here")
    return literal(short)


def _is_own(value: Any) -> bool:
    """Whether a value with a short name is Keras's own; `own_class` raises for other classes."""
    if not isinstance(value, dict):
        return True
    if value.get("class_name") == "function":
        return value.get("module") != "builtins"  # Keras's entry for an author's function
    return value.get("class_name") in _POLICIES or bool(own_class(value))


def _whole(value: Any, depth: int) -> str:
    """The code of a value inside an object, where Keras needs objects instead of names."""
    require_shallow(depth)
    if isinstance(value, list | tuple):
        return f"[{', '.join(_whole(item, depth + 1) for item in value)}]"
    if not isinstance(value, dict):
        return literal(value, depth)
    if value.get("class_name") == "__tuple__":
        return f"({''.join(f'{_whole(item, depth + 1)}, ' for item in value.get('items') or [])})"
    if "class_name" in value:
        path, names = own_class(value)
        config = value.get("config") or {}
        if not isinstance(config, dict):
            raise LstmcountError(f"{path} cannot be made of {shortened(config)}")
        require_names(config, names, path)
        passed = (f"{key}={_whole(item, depth + 1)}" for key, item in config.items())
        return f"{path}({', '.join(passed)})"
    items = (f"{literal(key)}: {_whole(item, depth + 1)}" for key, item in value.items())
    return f"{{{', '.join(items)}}}"

"""Objects that Keras has serialised among the arguments, as code that makes them."""

from __future__ import annotations

import re
from typing import Any

from lstmcount.convert.arguments import plain
from lstmcount.errors import LstmcountError
from lstmcount.layers import is_keras_layer

_REGISTERED = re.compile(r"\w+>\w+")
_MODULES = (
    "keras",
    "keras.constraints",
    "keras.dtype_policies",
    "keras.initializers",
    "keras.layers",
    "keras.quantizers",
    "keras.regularizers",
)


def expression(value: Any) -> str:
    """The code of an argument.

    >>> expression({"module": "keras.regularizers", "class_name": "L2", "config": {"l2": 0.1}})
    'keras.regularizers.L2(l2=0.1)'
    >>> expression({"class_name": "Zeros", "config": {}}), expression([1, None])
    ("'zeros'", '[1, None]')

    Raises `LstmcountError` for functions and classes that are not Keras's own.
    """
    short = plain(value)
    if isinstance(short, str):
        if _REGISTERED.fullmatch(short) or _is_code(value):
            raise LstmcountError(f"{short!r} is not Keras's own: its code is not known here")
        return repr(short)
    return _whole(value)


def _whole(value: Any) -> str:
    """The same of what stands inside an object, which takes objects and not their names."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_whole, value))}]"
    if not isinstance(value, dict):
        return repr(value)
    class_name, config = value.get("class_name"), value.get("config")
    if class_name == "__tuple__":
        return f"({''.join(f'{_whole(item)}, ' for item in value.get('items') or [])})"
    if isinstance(class_name, str) and isinstance(config, dict):
        module = value.get("module")
        if "module" not in value:
            if not is_keras_layer(class_name):
                return repr(plain(value))  # an initializer and the like, which Keras looks up
            module = "keras.layers"
        if module not in _MODULES or not class_name.isidentifier():
            raise LstmcountError(f"{class_name!r} is not Keras's own: its code is not known here")
        given = ", ".join(f"{key}={_whole(item)}" for key, item in config.items())
        return f"{module}.{class_name}({given})"
    return f"{{{', '.join(f'{key!r}: {_whole(item)}' for key, item in value.items())}}}"


def _is_code(value: Any) -> bool:
    """Whether it is a function that the file's author wrote, or its code."""
    return isinstance(value, dict) and (
        value.get("class_name") == "__lambda__" or value.get("module") == "builtins"
    )

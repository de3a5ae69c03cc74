"""What a program imports: Keras and the parts of other modules that the reader knows."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from lstmcount.programs.language.run import MISSING
from lstmcount.programs.language.values import Module, words
from lstmcount.programs.libraries.keras import namespace

# What `from keras import *` binds; a program's own `data` or `text` is none of Keras.
_PARTS_OF_KERAS = words("layers models backend ops applications regularizers initializers losses")


def module(path: str) -> Any:
    """The module of that name, under its canonical name; MISSING where nothing is known of it."""
    canonical = namespace.canonical(path)
    if canonical is not None:
        return Module(canonical)
    if path.split(".")[0] in _standard().MODULES or path.split(".")[0] == "numpy":
        return Module(path)
    return MISSING


def imported(path: str, name: str) -> Any:
    """`from path import name`, or `path.name` of a module; MISSING where it is not known."""
    canonical = namespace.canonical(path)
    if canonical is not None:
        return namespace.member(canonical, name)
    top = path.split(".")[0]
    if top == "numpy":
        from lstmcount.programs.libraries.numpy import functions as numpy_functions

        return numpy_functions.member(path, name)
    return _standard().member(path, name)


def starred(path: str, name: str) -> Any:
    """A name from `from path import *`."""
    if namespace.canonical(path) is None and path.split(".")[0] not in ("numpy", "math"):
        return MISSING
    value = imported(path, name)
    is_open = namespace.canonical(path) == "keras" and name in _PARTS_OF_KERAS
    return MISSING if isinstance(value, Module) and not is_open else value


def _standard() -> ModuleType:
    from lstmcount.programs.libraries import standard

    return standard

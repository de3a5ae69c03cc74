"""Attributes that every class has: its name, its bases and the classes that derive from it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lstmcount.programs.language.builtin_types import TABLE
from lstmcount.programs.language.provided import Native
from lstmcount.programs.language.run import MISSING

_OBJECT = TABLE["object"]


def _order(cls: Any) -> Any:
    """The classes in Python's method resolution order; MISSING if a library's class is one."""
    classes = [each for each in cls.ancestry() if each is not _OBJECT]
    if not all(type(each) is type(cls) for each in classes):
        return MISSING
    return (*classes, _OBJECT)


def _mro(cls: Any) -> Any:
    order = _order(cls)
    return MISSING if order is MISSING else Native("mro", lambda: list(order))


OF_CLASSES: dict[str, Callable[[Any], Any]] = {
    "__name__": lambda cls: cls.name,
    "__qualname__": lambda cls: cls.name,
    "__subclasses__": lambda cls: Native("__subclasses__", cls.subclasses.copy),
    "__mro__": _order,
    "mro": _mro,
    "__bases__": lambda cls: tuple(cls.bases) or (_OBJECT,),
    "__base__": lambda cls: cls.bases[0] if cls.bases else _OBJECT,
}

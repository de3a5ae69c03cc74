"""The registry, which maps the names of layer classes to the modules that define them.

A family's module is imported only when a model uses one of its layers.
"""

from __future__ import annotations

import importlib
from collections.abc import Container, Iterable
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.layers.base import Layer
from lstmcount.layers.families import ALIASES, FAMILIES

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

_FAMILY_OF = {name: family for family, names in FAMILIES.items() for name in names.split()}


@cache
def find(class_name: str) -> type[Layer] | None:
    """The layer class of that name or alias; None if it is unknown."""
    name = ALIASES.get(class_name, class_name)
    family = _FAMILY_OF.get(name)
    if family is None:
        return registered(name)
    module = importlib.import_module(f"lstmcount.layers.{family}")
    cls: type[Layer] = getattr(module, name)
    return cls


def preload(words: Iterable[str], called: Container[str]) -> None:
    """Import the families of the layer classes that `words` name, before the classes are needed.

    The fields of those that are `called` are read, too: a child process need not do it again.
    """
    for word in words:
        if family_of(word) is not None:
            cls = find(word)
            if cls is not None and word in called:
                msgspec.json.Decoder(cls)


@cache
def registered(name: str) -> type[Layer] | None:
    """The layer class of that name that an installed package offers, or None.

    Raises `LstmcountError` if it cannot be imported or is no layer class.
    """
    entry = offered().get(name)
    if entry is None:
        return None
    try:
        cls = entry.load()
    except (Exception, SystemExit) as error:  # third-party code may raise anything
        raise LstmcountError(
            f"{name} is registered as {entry.value}, which cannot be imported: "
            f"{type(error).__name__}: {error}"
        ) from error
    if not (isinstance(cls, type) and issubclass(cls, Layer)):
        raise LstmcountError(f"{entry.value} is registered as a layer, but is not one")
    return cls


@cache
def offered() -> dict[str, EntryPoint]:
    """The entry points `lstmcount.layers` of installed packages, by class name."""
    from importlib.metadata import entry_points

    return {entry.name: entry for entry in entry_points(group="lstmcount.layers")}


def class_names() -> list[str]:
    return sorted([*_FAMILY_OF, *ALIASES])


def family_of(class_name: str) -> str | None:
    """The family of a Keras class or alias; None for any other name."""
    return _FAMILY_OF.get(ALIASES.get(class_name, class_name))


def is_keras_layer(class_name: str) -> bool:
    """Whether Keras defines the class."""
    return family_of(class_name) is not None


def layer_arguments(class_name: str) -> tuple[str, ...]:
    """The names of the constructor arguments that are layers."""
    cls = find(class_name)
    return cls.layer_arguments if cls else ()

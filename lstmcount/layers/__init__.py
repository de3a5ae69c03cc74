"""The registry: which family file defines a layer class.

A family file is imported only when a model uses one of its layers.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from lstmcount.config import LayerConfig
from lstmcount.errors import LstmcountError
from lstmcount.layers.base import Layer
from lstmcount.layers.families import ALIASES, FAMILIES

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

_FAMILY_OF = {name: family for family, names in FAMILIES.items() for name in names.split()}


@cache
def find(class_name: str) -> type[Layer] | None:
    """The class of that name (or alias); None if there is none."""
    name = ALIASES.get(class_name, class_name)
    family = _FAMILY_OF.get(name)
    if family is None:
        return _registered(name)
    module = importlib.import_module(f"lstmcount.layers.{family}")
    found: type[Layer] = getattr(module, name)
    return found


def preload(words: Iterable[str]) -> None:
    """Import the families of all layer classes among these words, before the classes are needed."""
    for word in words:
        if family_of(word) is not None:
            find(word)


def class_of(config: LayerConfig) -> type[Layer] | None:
    """The class of a layer: a declared one, one that a package offers, or Keras's own."""
    if config.declared is not None:
        from lstmcount.layers.custom.declared import layer_class

        return layer_class(config.declared)
    try:
        return _registered(config.class_name) if config.is_foreign else find(config.class_name)
    except LstmcountError as error:
        raise error.at(*config.path) from None


@cache
def _registered(name: str) -> type[Layer] | None:
    """A layer class that an installed package offers."""
    entry = offered().get(name)
    if entry is None:
        return None
    try:
        found = entry.load()
    except (Exception, SystemExit) as error:  # third-party code
        raise LstmcountError(
            f"{name} is registered as {entry.value}, which cannot be imported: "
            f"{type(error).__name__}: {error}"
        ) from error
    if not (isinstance(found, type) and issubclass(found, Layer)):
        raise LstmcountError(f"{entry.value} is registered as a layer and is none")
    return found


@cache
def offered() -> dict[str, EntryPoint]:
    """Classes that installed packages offer (entry points `lstmcount.layers`), not imported yet."""
    from importlib.metadata import entry_points

    return {entry.name: entry for entry in entry_points(group="lstmcount.layers")}


def class_names() -> list[str]:
    return sorted([*_FAMILY_OF, *ALIASES])


def family_of(class_name: str) -> str | None:
    """The family of a class (or alias) of Keras's own."""
    return _FAMILY_OF.get(ALIASES.get(class_name, class_name))


def is_keras_layer(class_name: str) -> bool:
    """Whether the class is Keras's own and not one that a package offers."""
    return family_of(class_name) is not None


def layer_arguments(class_name: str) -> tuple[str, ...]:
    """Names of the constructor arguments that are layers themselves."""
    found = find(class_name)
    return found.layer_arguments if found else ()

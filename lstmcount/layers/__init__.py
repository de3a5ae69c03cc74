"""The registry: which family file defines a layer class, and how a config becomes a layer.

A family file is imported only when a model uses one of its layers.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec

from lstmcount.config import LayerConfig
from lstmcount.errors import LstmcountError, Path, did_you_mean
from lstmcount.layers.base import Layer
from lstmcount.layers.families import ALIASES, FAMILIES
from lstmcount.layers.from_files import Cache, lenient, remembered
from lstmcount.layers.numeric_arguments import fractional_arguments
from lstmcount.layers.unknown_arguments import convert, has_unknown
from lstmcount.layers.validation import check_names, explained

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

Make = Callable[[LayerConfig], Any]

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


def create(
    config: LayerConfig, values: Mapping[str, Any] | None = None, make: Make | None = None
) -> Layer | None:
    """The layer that `config` describes; None for an unknown class.

    With `values`, arguments that are expressions are evaluated on them: numbers or symbols.
    `make` creates the layers among its arguments, which may also be models.

    Raises `LstmcountError` with the path of the invalid argument.
    """
    return create_cached(config, values, make)[0]


def create_cached(
    config: LayerConfig, values: Mapping[str, Any] | None = None, make: Make | None = None
) -> tuple[Layer | None, Cache | None]:
    """Like `create`, with a cache that all layers with the same arguments share."""
    cls = class_of(config)
    if cls is None and config.strict:
        hint = did_you_mean(config.class_name, class_names())
        raise LstmcountError(f"unknown layer class {config.class_name!r}.{hint}", path=config.path)
    if cls is None:
        return None, None
    arguments: dict[str, Any] | None = config.arguments
    if cls.layer_arguments:
        arguments = _with_layers(config, cls, make or create)
    if arguments is None:
        return None, None
    try:
        if config.strict or cls.layer_arguments or config.declared is not None:
            return _made(config, cls, arguments, values), None
        layer, cache = remembered(arguments, cls, _from_file)
    except LstmcountError as error:
        raise error.at(*config.path) from None
    layer.name = config.name
    return layer, cache


def _with_layers(config: LayerConfig, cls: type[Layer], make: Make) -> dict[str, Any] | None:
    """The arguments with the layers among them created; None for an unknown class in a file."""
    arguments = dict(config.arguments)
    for key in cls.layer_arguments:
        if key in arguments:
            arguments[key] = _nested(arguments[key], make)
            if _has_unknown(config.arguments[key], arguments[key]) and not config.strict:
                return None
            _require_layers(arguments[key], (*config.path, key))
    return arguments


def _made(
    config: LayerConfig,
    cls: type[Layer],
    arguments: dict[str, Any],
    values: Mapping[str, Any] | None,
) -> Layer:
    """A layer that is unlike others: one that someone wrote or declared, or that holds layers."""
    if config.declared is not None:
        from lstmcount.layers.custom.declared import refuse_untold

        refuse_untold(config.arguments, config.declared)
    evaluated: dict[str, Any] = {}
    if values is not None and config.expressions:
        from lstmcount.expressions.arguments import checked_arguments, evaluated_arguments

        evaluated = evaluated_arguments(config.expressions, values, fractional_arguments(cls))
        arguments = {**arguments, **checked_arguments(evaluated)}
    layer = (_as_written if config.strict else _from_file)(arguments, cls)
    layer.name = config.name
    for name, value in evaluated.items():
        setattr(layer, cls.__struct_fields__[cls.__struct_encode_fields__.index(name)], value)
    if config.strict:
        check_names(cls, arguments)
        layer.check_arguments()
    return layer


def _as_written(arguments: dict[str, Any], cls: type[Layer]) -> Layer:
    try:
        return msgspec.convert(arguments, cls)
    except msgspec.ValidationError as error:
        if not any(map(has_unknown, arguments.values())):
            raise explained(error, cls, arguments) from None
    try:
        return convert(arguments, cls)
    except msgspec.ValidationError as error:
        raise explained(error, cls, arguments) from None


def _from_file(arguments: dict[str, Any], cls: type[Layer]) -> Layer:
    try:
        return lenient(arguments, cls)
    except msgspec.ValidationError as error:
        raise explained(error, cls, arguments) from None


def _require_layers(value: Any, path: Path) -> None:
    """Refuse values other than layers where a layer belongs; None is a layer of unknown class."""
    for item in value if isinstance(value, list) else [value]:
        if item is not None and not hasattr(item, "output_shape"):
            raise LstmcountError(f"expected a layer, got {item!r}", path=path)


def _has_unknown(given: Any, made: Any) -> bool:
    """Whether one of the given layers is of an unknown class."""
    if isinstance(given, list) and isinstance(made, list):
        return any(map(_has_unknown, given, made))
    return isinstance(given, LayerConfig) and made is None


def _nested(value: Any, make: Make) -> Any:
    if isinstance(value, LayerConfig):
        return make(value)
    if isinstance(value, list):
        return [_nested(item, make) for item in value]
    return value

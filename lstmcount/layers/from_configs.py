"""`LayerConfig` → a layer of the registry's class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from lstmcount.config import LayerConfig
from lstmcount.errors import LstmcountError, Path, did_you_mean
from lstmcount.layers import class_names, class_of
from lstmcount.layers.base import Layer
from lstmcount.layers.from_files import Cache, lenient, remembered
from lstmcount.layers.numeric_arguments import fractional_arguments
from lstmcount.layers.unknown_arguments import convert, has_unknown
from lstmcount.layers.validation import check_names, explained

Make = Callable[[LayerConfig], Any]


def create(config: LayerConfig, make: Make | None = None) -> Layer | None:
    """The layer that `config` describes; None for an unknown class in a file.

    `make` creates the layers among its arguments, which may also be models.

    Raises `LstmcountError` with the path of the invalid argument.
    """
    return create_cached(config, make)[0]


def create_cached(
    config: LayerConfig, make: Make | None = None
) -> tuple[Layer | None, Cache | None]:
    """Like `create`, with a cache that all layers with the same arguments share."""
    found = _class_and_arguments(config, make or create)
    if found is None:
        return None, None
    cls, arguments = found
    try:
        if config.strict or cls.layer_arguments or config.declared is not None:
            return _checked(config, _made(config, cls, arguments), arguments), None
        layer, cache = remembered(arguments, cls, _from_file)
    except LstmcountError as error:
        raise error.at(*config.path) from None
    layer.name = config.name
    return layer, cache


def create_evaluated(config: LayerConfig, values: Mapping[str, Any], make: Make) -> Layer | None:
    """Like `create`, with the expressions among the arguments evaluated: numbers or symbols."""
    from lstmcount.expressions.arguments import checked_arguments, evaluated_arguments

    found = _class_and_arguments(config, make)
    if found is None:
        return None
    cls, arguments = found
    try:
        evaluated = evaluated_arguments(config.expressions, values, fractional_arguments(cls))
        arguments = {**arguments, **checked_arguments(evaluated)}
        layer = _made(config, cls, arguments)
        for name, value in evaluated.items():
            setattr(layer, cls.__struct_fields__[cls.__struct_encode_fields__.index(name)], value)
        return _checked(config, layer, arguments)
    except LstmcountError as error:
        raise error.at(*config.path) from None


def _class_and_arguments(
    config: LayerConfig, make: Make
) -> tuple[type[Layer], dict[str, Any]] | None:
    """The class, and the arguments with the layers among them created; None for an unknown class
    in a file.
    """
    cls = class_of(config)
    if cls is None:
        if config.strict:
            hint = did_you_mean(config.class_name, class_names())
            text = f"unknown layer class {config.class_name!r}.{hint}"
            raise LstmcountError(text, path=config.path)
        return None
    if not cls.layer_arguments:
        return cls, config.arguments
    arguments = _with_layers(config, cls, make)
    return None if arguments is None else (cls, arguments)


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


def _made(config: LayerConfig, cls: type[Layer], arguments: dict[str, Any]) -> Layer:
    """A layer that is unlike others: one that someone wrote or declared, or that holds layers."""
    if config.declared is not None:
        from lstmcount.layers.custom.declared import refuse_untold

        refuse_untold(config.arguments, config.declared)
    layer = (_as_written if config.strict else _from_file)(arguments, cls)
    layer.name = config.name
    return layer


def _checked(config: LayerConfig, layer: Layer, arguments: dict[str, Any]) -> Layer:
    """The layer, once its constructor in Keras accepts what someone wrote."""
    if config.strict:
        check_names(type(layer), arguments)
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

"""Create layers from their configs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from lstmcount.config import LayerConfig
from lstmcount.errors import LstmcountError, Path, did_you_mean
from lstmcount.layers import registry
from lstmcount.layers.base import Layer
from lstmcount.layers.making.from_files import Cache, cached_copy, lenient
from lstmcount.layers.making.numeric_arguments import fractional_arguments
from lstmcount.layers.making.unknown_arguments import convert, has_unknown
from lstmcount.layers.making.validation import check_names, readable_error, unknown_argument

Make = Callable[[LayerConfig], Any]


def class_of(config: LayerConfig) -> type[Layer] | None:
    """The class for a config: a declared class, one of an installed package, or one of Keras."""
    if config.declared is not None:
        from lstmcount.layers.custom.declared import layer_class

        return layer_class(config.declared)
    try:
        find = registry.registered if config.is_foreign else registry.find
        return find(config.class_name)
    except LstmcountError as error:
        raise error.at(*config.path) from None


def create(config: LayerConfig, make: Make | None = None) -> Layer | None:
    """Create the layer that `config` describes; None if a file's class is unknown.

    `make` creates the layers among the arguments, which may also be models.

    Raises `LstmcountError` with the path of an invalid argument.
    """
    return create_cached(config, make)[0]


def create_cached(
    config: LayerConfig, make: Make | None = None
) -> tuple[Layer | None, Cache | None]:
    """Create a layer as `create` does; return it with the cache of all layers equal to it."""
    resolved = _class_and_arguments(config, make or create)
    if resolved is None:
        return None, None
    cls, arguments = resolved
    try:
        if config.strict or cls.layer_arguments or config.declared is not None:
            return _checked(config, _create_uncached(config, cls, arguments), arguments), None
        layer, cache = cached_copy(arguments, cls, _from_file)
    except LstmcountError as error:
        raise error.at(*config.path) from None
    layer.name = config.name
    return layer, cache


def create_evaluated(config: LayerConfig, values: Mapping[str, Any], make: Make) -> Layer | None:
    """Create a layer with its expressions evaluated on `values`, which are numbers or symbols."""
    from lstmcount.expressions.arguments import checked_arguments, evaluated_arguments

    resolved = _class_and_arguments(config, make)
    if resolved is None:
        return None
    cls, arguments = resolved
    try:
        evaluated = evaluated_arguments(config.expressions, values, fractional_arguments(cls))
        arguments = {**arguments, **checked_arguments(evaluated)}
        layer = _create_uncached(config, cls, arguments)
        for name, value in evaluated.items():
            setattr(layer, cls.__struct_fields__[cls.__struct_encode_fields__.index(name)], value)
        return _checked(config, layer, arguments)
    except LstmcountError as error:
        raise error.at(*config.path) from None


def _class_and_arguments(
    config: LayerConfig, make: Make
) -> tuple[type[Layer], dict[str, Any]] | None:
    """A layer's class, and its arguments with the layers among them created.

    None if a class in a file is unknown.
    """
    cls = class_of(config)
    if cls is None:
        if config.strict:
            hint = did_you_mean(config.class_name, registry.class_names())
            text = f"unknown layer class {config.class_name!r}.{hint}"
            raise LstmcountError(text, path=config.path)
        return None
    if not cls.layer_arguments:
        return cls, config.arguments
    arguments = _with_layers(config, cls, make)
    return None if arguments is None else (cls, arguments)


def _with_layers(config: LayerConfig, cls: type[Layer], make: Make) -> dict[str, Any] | None:
    """The arguments with the layers among them created; None if a file's class is unknown."""
    arguments = dict(config.arguments)
    for key in cls.layer_arguments:
        if key in arguments:
            arguments[key] = _nested(arguments[key], make)
            if _has_unknown_layer(config.arguments[key], arguments[key]) and not config.strict:
                return None
            _require_layers(arguments[key], (*config.path, key))
    return arguments


def _create_uncached(config: LayerConfig, cls: type[Layer], arguments: dict[str, Any]) -> Layer:
    """Create a layer without the cache: a hand-written or declared one, or one with layers."""
    if config.declared is not None:
        from lstmcount.layers.custom.declared import refuse_undeclared_layers

        refuse_undeclared_layers(config.arguments, config.declared)
    layer = (_as_written if config.strict else _from_file)(arguments, cls)
    layer.name = config.name
    return layer


def _checked(config: LayerConfig, layer: Layer, arguments: dict[str, Any]) -> Layer:
    """Return the layer. Raises `LstmcountError` if it is hand-written and Keras refuses it."""
    if config.strict:
        check_names(type(layer), arguments)
        layer.check_arguments()
    return layer


def _as_written(arguments: dict[str, Any], cls: type[Layer]) -> Layer:
    for name in cls.absent_arguments:
        if name in arguments and name != "trainable":  # the tool sets it itself to freeze layers
            raise unknown_argument(cls, name)
    try:
        return msgspec.convert(arguments, cls)
    except msgspec.ValidationError as error:
        if not any(map(has_unknown, arguments.values())):
            raise readable_error(error, cls, arguments) from None
    try:
        return convert(arguments, cls)
    except msgspec.ValidationError as error:
        raise readable_error(error, cls, arguments) from None


def _from_file(arguments: dict[str, Any], cls: type[Layer]) -> Layer:
    try:
        return lenient(arguments, cls)
    except msgspec.ValidationError as error:
        raise readable_error(error, cls, arguments) from None


def _require_layers(value: Any, path: Path) -> None:
    """Raise `LstmcountError` unless `value` is a layer, None for an unknown one, or a list."""
    for item in value if isinstance(value, list) else [value]:
        if item is not None and not hasattr(item, "output_shape"):
            raise LstmcountError(f"expected a layer, got {item!r}", path=path)


def _has_unknown_layer(value: Any, created: Any) -> bool:
    """Whether a layer in an argument is of an unknown class."""
    if isinstance(value, list) and isinstance(created, list):
        return any(map(_has_unknown_layer, value, created))
    return isinstance(value, LayerConfig) and created is None


def _nested(value: Any, make: Make) -> Any:
    if isinstance(value, LayerConfig):
        return make(value)
    if isinstance(value, list):
        return [_nested(item, make) for item in value]
    return value

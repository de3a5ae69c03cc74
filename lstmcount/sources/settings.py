"""`--set NAME=VALUE`: set variables, and layer arguments by path."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from lstmcount.config import LayerConfig, ModelConfig
from lstmcount.errors import LstmcountError, did_you_mean
from lstmcount.layers.making.from_configs import class_of
from lstmcount.shapes import Shape, shape_of


class ModelEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A project's settings for reading one of its sources."""

    model: str | None = None  # the name of the program's model to read
    set: dict[str, Any] = {}  # like `--set`, but names that the source lacks are ignored
    code: tuple[str, ...] = ()  # files and folders to import modules from


INPUT_SHAPE = "input_shape"


def apply_settings(config: ModelConfig, settings: dict[str, Any]) -> None:
    """Set layer arguments: `lstm.units`, or `encoder.lstm.units` inside a nested model.

    For an unbuilt Sequential, `input_shape` sets the shape to build it with.

    Raises `LstmcountError` for a name that is neither a variable nor a layer argument.
    """
    for name, value in settings.items():
        if name == INPUT_SHAPE and _is_unbuilt(config):
            config.build_input_shape = _batch_shape(value)
            continue
        layer, argument = find_argument(config, name)
        layer.arguments = {**layer.arguments, argument: value}
        layer.expressions = {k: v for k, v in layer.expressions.items() if k != argument}


def settings_of_model(config: ModelConfig, settings: dict[str, Any]) -> dict[str, Any]:
    """The settings that apply to this model; others are ignored."""
    names = named_arguments(config, settings)
    return {
        name: value
        for name, value in settings.items()
        if name in names or (name == INPUT_SHAPE and _is_unbuilt(config))
    }


def named_arguments(config: ModelConfig, settings: Iterable[str]) -> list[str]:
    """The names of settings that are arguments of the model's layers."""
    return [name for name in settings if _find(config, name) is not None]


def _is_unbuilt(config: ModelConfig) -> bool:
    """Whether the model is a Sequential without an input shape."""
    first = config.layers[0] if config.layers else None
    if not config.is_sequential or config.build_input_shape is not None or first is None:
        return False
    return first.class_name not in ("InputLayer", "Weights")


def _batch_shape(value: Any) -> Shape:
    """Check and convert a shape that starts with the batch dimension, as for Keras's `build`."""
    dims = value if isinstance(value, list) else []
    if len(dims) < 2 or any(type(dim) is not int and dim is not None for dim in dims):
        raise LstmcountError(
            f"{INPUT_SHAPE}: expected a shape with the batch first, such as [null, 5], got {value}"
        )
    if any(dim is not None and dim < 1 for dim in dims):
        raise LstmcountError(f"{INPUT_SHAPE}: expected positive dimensions, got {value}")
    return shape_of(dims)


def find_argument(config: ModelConfig, name: str) -> tuple[LayerConfig, str]:
    """The layer and the argument that a path such as `lstm.units` names.

    Raises `LstmcountError` if the model has no such layer or the layer no such argument.
    """
    layer_and_argument = _find(config, name)
    if layer_and_argument is None:
        if name == INPUT_SHAPE:
            raise LstmcountError(f"the model says its {INPUT_SHAPE} itself; change it there")
        argument = name.rpartition(".")[2]
        layers = [layer for layer in config.layers if _may_have(layer, argument)]
        known = [*config.variables, *(f"{layer.name}.{argument}" for layer in layers)]
        hint = did_you_mean(name, known)
        raise LstmcountError(
            f"there is no variable and no layer's argument {name!r}.{hint}"
            + ("" if hint else " Write variable=VALUE or layer.argument=VALUE.")
        )
    layer, argument = layer_and_argument
    cls = class_of(layer)
    if cls is not None and not _may_have(layer, argument):
        hint = did_you_mean(argument, cls.__struct_encode_fields__)
        raise LstmcountError(f"{name!r}: {layer.class_name} has no argument {argument!r}.{hint}")
    return layer, argument


def _may_have(layer: LayerConfig, argument: str) -> bool:
    cls = class_of(layer)
    return cls is None or argument in cls.__struct_encode_fields__


def _find(config: ModelConfig, name: str) -> tuple[LayerConfig, str] | None:
    for layer in config.layers:
        if not layer.name or not name.startswith(f"{layer.name}."):
            continue
        rest = name[len(layer.name) + 1 :]
        inner = _find(layer.model, rest) if layer.model is not None else _inner(layer, rest)
        if inner is not None:
            return inner
    return None


def _inner(layer: LayerConfig, name: str) -> tuple[LayerConfig, str]:
    """The layer and the argument; in a wrapper, `layer.units` is an argument of the inner layer."""
    argument, _, rest = name.partition(".")
    inner = layer.arguments.get(argument)
    if rest and isinstance(inner, LayerConfig):
        return _inner(inner, rest)
    return layer, name

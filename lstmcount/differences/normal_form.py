"""A layer's arguments in one form, independent of the file's spelling.

A hand-written spec says `LSTM: 64`; Keras writes every argument of the same layer, with
initializers as objects. Two models are compared in the shortest form.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from msgspec import structs

from lstmcount.config import LayerConfig
from lstmcount.layers.base import Layer
from lstmcount.layers.making.from_configs import class_of
from lstmcount.naming import snake_case

Arguments = dict[str, Any]

_SYNONYMS = {
    "uniform": "random_uniform",
    "normal": "random_normal",
    "zero": "zeros",
    "one": "ones",
    "linear": None,
    "float32": None,
    "orthogonal_initializer": "orthogonal",
    "identity_initializer": "identity",
}
# Settings that Keras always writes.
_OWN_SETTINGS: dict[str, Arguments] = {
    "orthogonal": {"gain": 1.0},
    "identity": {"gain": 1.0},
    "random_uniform": {"minval": -0.05, "maxval": 0.05},
    "random_normal": {"mean": 0.0, "stddev": 0.05},
    "truncated_normal": {"mean": 0.0, "stddev": 0.05},
    "constant": {"value": 0.0},
    "variance_scaling": {"scale": 1.0, "mode": "fan_in", "distribution": "truncated_normal"},
}
_ONE_FOR_ALL = ("kernel_size", "strides", "pool_size", "dilation_rate", "size", "padding",
                "cropping", "axis")  # fmt: skip


def arguments_of(config: LayerConfig) -> Arguments:
    """The arguments that differ from the class's defaults, as plain data.

    >>> arguments_of(LayerConfig(class_name="LSTM", arguments={"units": 4, "use_bias": True}))
    {'units': 4}
    """
    arguments = {key: plain(value, key) for key, value in config.arguments.items() if key != "name"}
    if config.class_name == "InputLayer":
        return _input(arguments)
    defaults = _defaults(class_of(config)) if config.kind == "layer" else {}
    changed = {k: v for k, v in arguments.items() if k not in defaults or v != defaults[k]}
    return _of_both_sides(changed) if config.class_name == "Bidirectional" else changed


def _input(arguments: Arguments) -> Arguments:
    shape = arguments.pop("shape", None)
    if isinstance(shape, list):
        arguments["batch_shape"] = [arguments.pop("batch_size", None), *shape]
    return {key: value for key, value in arguments.items() if value not in (None, False)}


def _of_both_sides(arguments: Arguments) -> Arguments:
    """Drop what Bidirectional sets: a flag of its layers, and a mirrored backward layer."""
    sides = [_own(arguments.get(key)) for key in ("layer", "backward_layer")]
    arguments = {**arguments, "layer": sides[0], "backward_layer": sides[1]}
    if sides[1] is None or _forward(sides[0]) == _forward(sides[1]):
        del arguments["backward_layer"]
    return arguments


def _own(layer: Any) -> Any:
    if not isinstance(layer, dict):
        return layer
    return {
        name: {key: value for key, value in arguments.items() if key != "zero_output_for_mask"}
        for name, arguments in layer.items()
    }


def _forward(layer: Any) -> Any:
    return {
        name: {key: value for key, value in arguments.items() if key != "go_backwards"}
        for name, arguments in layer.items()
    }


@cache
def _defaults(cls: type[Layer] | None) -> Arguments:
    if cls is None:
        return {}
    return {
        field.encode_name: plain(field.default, field.encode_name) for field in structs.fields(cls)
    }


def plain(value: Any, key: str = "") -> Any:
    """A value as plain data: a layer as class and arguments, an object of Keras as its name."""
    if isinstance(value, str):
        return _SYNONYMS.get(value, value)
    if isinstance(value, LayerConfig):
        return {value.class_name: arguments_of(value)}
    if isinstance(value, dict):
        if "class_name" in value and isinstance(value.get("config"), dict):
            return _object(value["class_name"], value["config"])
        return {str(k): plain(item) for k, item in value.items()}
    if isinstance(value, list | tuple):
        items = [plain(item, key) for item in value]
        if key in _ONE_FOR_ALL and items and all(item == items[0] for item in items):
            return items[0]
        return items
    return value if value is None or isinstance(value, int | float) else str(value)


def _object(class_name: Any, config: Arguments) -> Any:
    if class_name == "DTypePolicy":
        return plain(config.get("name"))
    name = plain(snake_case(str(class_name)))
    own = _OWN_SETTINGS.get(str(name), {})
    settings = {
        key: plain(item)
        for key, item in config.items()
        if item is not None and own.get(key) != item
    }
    return {str(name): settings} if settings else name

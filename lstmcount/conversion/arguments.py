"""A layer's arguments as people write them: no defaults, names instead of serialised objects."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from functools import cache
from typing import Any

import msgspec

from lstmcount.config import LayerConfig, ModelConfig, all_layers
from lstmcount.conversion.initializers import todays
from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import create
from lstmcount.layers.base import Layer
from lstmcount.layers.making.unknown_arguments import has_unknown, not_known
from lstmcount.naming import snake_case
from lstmcount.shapes import Unknown
from lstmcount.structures import leaves

_LEFT_OUT = ("name", "autocast")
_OF_TRAINING = ("initializer", "regularizer", "constraint", "seed")


def written_arguments(
    layer: Layer, form: Callable[[Any], Any] | None = None, always: Collection[str] = ()
) -> dict[str, Any]:
    """The arguments that differ from their defaults, and those that are written `always`.

    `form` writes a value; by default in its short form.

    >>> from lstmcount.layers.rnn import LSTM
    >>> written_arguments(LSTM(units=64, activation="tanh", return_sequences=True))
    {'units': 64, 'return_sequences': True}
    """
    written = {}
    base = Layer.__struct_encode_fields__
    fields = _fields(type(layer))
    for field in sorted(fields, key=lambda field: field.encode_name in base):
        name, value = field.encode_name, todays(getattr(layer, field.name))
        if name in _LEFT_OUT or name in layer.layer_arguments or value is msgspec.UNSET:
            continue
        if name in layer.absent_arguments:
            continue
        if has_unknown(value):
            raise not_known(f"{layer.name}.{name}", value)
        if name.endswith("_initializer") and _holds_unknown(value):
            continue  # as of an anonymous function
        if not field.required and same(value, field.default) and name not in always:
            continue
        if _is_nameless(value):
            if name.endswith("_initializer"):
                continue  # an initial value changes neither shapes nor counts
            raise LstmcountError(f"{layer.name}.{name} is a function without a name")
        _require_names(f"{layer.name}.{name}", value)
        written[name] = (form or plain)(value)
    if "bin_boundaries" in written:
        written.pop("num_bins", None)  # files contain both, code accepts only one
    return written


@cache
def _fields(cls: type[Layer]) -> tuple[Any, ...]:
    return msgspec.structs.fields(cls)


def same(value: Any, default: Any) -> bool:
    """Whether a value, serialised or not, means the same as the default."""
    if value == default:
        return True
    short = plain(value)
    if isinstance(short, str) and isinstance(default, str):
        return _bare(short) == _bare(default)
    if default is None:
        return short in ("linear", "float32", "channels_last")
    return bool(short == default)


def _holds_unknown(value: Any) -> bool:
    """Whether an object has an argument that is not known, such as an array of a program."""
    config = value.get("config") if isinstance(value, dict) else None
    return isinstance(config, dict) and any(
        isinstance(leaf, Unknown) for leaf in leaves(list(config.values()))
    )


def _require_names(where: str, value: Any) -> None:
    """Refuse an object of a program with an argument whose name is not known."""
    config = value.get("config") if isinstance(value, dict) else None
    if isinstance(config, dict) and any(key.isdigit() for key in config):
        name = value.get("class_name")
        raise LstmcountError(f"{where}: what the arguments of {name} are called is not known")


def _is_nameless(value: Any) -> bool:
    """Whether a value is an anonymous function, which files can only call `<lambda>`."""
    short = plain(value)
    return isinstance(short, str) and short.endswith("<lambda>")


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower()).removesuffix("initializer")


def plain(value: Any) -> Any:
    """The name of a serialised initializer, policy and so on, if it has no other settings."""
    if not isinstance(value, dict) or "class_name" not in value:
        return value
    config = value.get("config") or {}
    class_name = str(value["class_name"])
    if class_name == "function" or not isinstance(config, dict):
        return config
    if class_name in ("DTypePolicy", "Policy"):
        return config.get("name", "float32")
    if value.get("module") == "keras.quantizers":
        return value
    if all(setting is None for setting in config.values()):
        return snake_case(class_name)
    return {"class_name": class_name, "config": config}


def layer_of(config: LayerConfig) -> Layer:
    """The layer that a config describes.

    Raises `LstmcountError` for an unknown class, and for an unknown argument.
    """
    for name, value in config.arguments.items():
        if has_unknown(value) and not name.endswith(_OF_TRAINING):
            raise not_known(f"{config.name}.{name}", value, config.path)
    layer = create(config)
    if not isinstance(layer, Layer):
        raise LstmcountError(
            f"{config.name!r} is a {config.class_name}, which is not Keras's own and nowhere "
            "declared: see docs/custom_layers.md, or take --to keras-json",
            path=config.path,
        )
    return layer


def declared_in(config: ModelConfig) -> dict[str, Any]:
    """The declarations of the custom layers in a model, by their names."""
    declared = [layer.declared for layer in all_layers(config)]
    return {declaration.name: declaration for declaration in declared if declaration is not None}


def layer_arguments(config: LayerConfig) -> dict[str, Any]:
    """The arguments that are layers themselves."""
    return {
        key: value
        for key, value in config.arguments.items()
        if isinstance(value, LayerConfig)
        or (isinstance(value, list) and value and isinstance(value[0], LayerConfig))
    }

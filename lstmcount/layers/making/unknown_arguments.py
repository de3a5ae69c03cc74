"""Create layers and operations that have unknown arguments, by way of placeholders."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec

from lstmcount.errors import LstmcountError, Path
from lstmcount.layers.making.numeric_arguments import optional_sizes
from lstmcount.layers.making.size_arguments import EXAMPLES
from lstmcount.setting_text import set_option
from lstmcount.shapes import Unknown
from lstmcount.structures import leaves

AnyStruct = TypeVar("AnyStruct", bound=msgspec.Struct)


def has_unknown(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(has_unknown(item) for item in value)
    return isinstance(value, Unknown)


def not_known(where: str, value: Any, path: Path = ()) -> LstmcountError:
    """The error for an argument such as `lstm.activation` that must be known.

    >>> not_known("lstm.units", Unknown("config.n")).message
    'lstm.units is not known: `config.n`: --set config.n=3'
    """
    name = where.rpartition(".")[2]
    example = "relu" if name.endswith("activation") else EXAMPLES.get(name, 3)
    plain = list(value) if isinstance(value, tuple) else value
    words = [each.text for each in leaves(plain) if isinstance(each, Unknown) and each.text]
    options = [set_option(text, example) for text in dict.fromkeys(words)]
    reason = f"{where} is not known: `{value}`: {' '.join(options or [f'--set {where}=VALUE'])}"
    return LstmcountError(reason, path=path)


def convert(arguments: dict[str, Any], cls: type[AnyStruct]) -> AnyStruct:
    """Create a layer or operation. Unknown numbers, e.g. of units, are unknown in its fields.

    So are unknown activations. Another unknown argument keeps its default. Raises
    `msgspec.ValidationError` for an invalid known argument.

    >>> from lstmcount.layers.core import Dense
    >>> dense = convert({"units": Unknown("n"), "activation": Unknown("a")}, Dense)
    >>> dense.output_shape((1, 4)), dense.activation
    ((1, n), a)
    """
    plain: dict[str, Any] = {}
    names, defaults = cls.__struct_encode_fields__, cls.__struct_defaults__
    default_of = dict(zip(reversed(names), reversed(defaults), strict=False))
    for key, value in arguments.items():
        if not has_unknown(value):
            plain[key] = value
        elif _is_required(key, names, default_of) or not isinstance(value, Unknown):
            plain[key] = _placeholder(value)
    try:
        layer = msgspec.convert(plain, cls)
    except msgspec.ValidationError:
        texts = {key: "linear" for key in plain if isinstance(arguments[key], Unknown)}
        if not texts:
            raise
        layer = msgspec.convert({**plain, **texts}, cls)
    for key, value in arguments.items():
        if key in names and has_unknown(value):
            _set_unknown(layer, key, value)
    return layer


def _is_required(key: str, names: tuple[str, ...], default_of: dict[str, Any]) -> bool:
    return key in names and default_of.get(key, msgspec.NODEFAULT) is msgspec.NODEFAULT


def _set_unknown(layer: msgspec.Struct, key: str, value: Any) -> None:
    """Replace the placeholder of an argument by the unknown value."""
    current = getattr(layer, key)
    if isinstance(current, list | tuple) and current:
        setattr(layer, key, _as_sequence(current, value))
    elif type(current) is int or key in _KEPT or key in optional_sizes(type(layer)):
        setattr(layer, key, value)


# Shapes of an InputLayer, whose rank may be unknown, functions, and dtypes of weights.
_KEPT = ("shape", "batch_shape", "activation", "recurrent_activation", "dtype")


def _placeholder(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_placeholder(item) for item in value]
    return 1 if isinstance(value, Unknown) else value


def _as_sequence(current: list[Any] | tuple[Any, ...], value: Any) -> Any:
    items = [value] * len(current) if isinstance(value, Unknown) else list(value)
    return type(current)(items)

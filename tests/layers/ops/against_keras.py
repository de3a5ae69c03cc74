"""One operation, made from the same arguments here and in real Keras."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

from lstmcount.config import LayerConfig
from lstmcount.errors import LstmcountError
from lstmcount.layers.ops.from_configs import create
from lstmcount.shapes import UNKNOWN, public

MODULES = ["numpy", "nn", "core", "math", "linalg", "image", "einops"]
REFUSED = "refused"


def ours(class_name: str, arguments: dict[str, Any], args: list[Any], named: Any = None) -> Any:
    """The output's shape, or REFUSED; tuples among `args` are tensors' shapes."""
    try:
        operation = create(LayerConfig(class_name=class_name, arguments=arguments, kind="op"))
        return public(
            operation.output_shape(
                *map(_inside, args), **{key: _inside(v) for key, v in (named or {}).items()}
            )
        )
    except LstmcountError:
        return REFUSED


def theirs(class_name: str, arguments: dict[str, Any], args: list[Any], named: Any = None) -> Any:
    """The shape that Keras infers, for an operation rebuilt from its saved config."""
    import keras

    output = _called(class_name, arguments, args, named)
    if output is REFUSED:
        return REFUSED
    shapes = keras.tree.map_structure(lambda tensor: _Shape(tensor.shape), output)
    return _plain(shapes)


def dtypes_in_keras(
    class_name: str, arguments: dict[str, Any], args: list[Any], dtype: str
) -> list[str] | None:
    """The dtypes of the outputs for tensors of `dtype`; None if Keras refuses the call."""
    import keras

    output = _called(class_name, arguments, args, None, dtype)
    if output is REFUSED:
        return None
    return [tensor.dtype for tensor in keras.tree.flatten(output)]


def _called(
    class_name: str, arguments: dict[str, Any], args: list[Any], named: Any, dtype: str = "float32"
) -> Any:
    given = {key: _tuples(value) for key, value in arguments.items()}
    try:
        return operation_class(class_name)(**given).symbolic_call(
            *[_symbolic(arg, dtype) for arg in args],
            **{key: _symbolic(value, dtype) for key, value in (named or {}).items()},
        )
    except (ValueError, TypeError, LookupError, ArithmeticError, AttributeError, KeyError):
        return REFUSED


@cache
def operation_class(class_name: str) -> Any:
    """Keras's class of that name."""
    from keras.src.activations import activations
    from keras.src.quantizers import quantizers

    modules = [importlib.import_module(f"keras.src.ops.{name}") for name in MODULES]
    for module in (*modules, activations, quantizers):
        found = getattr(module, class_name, None)
        if found is not None:
            return found
    raise LookupError(class_name)


class _Shape:
    def __init__(self, dims: Any) -> None:
        self.dims = tuple(dims)


def _plain(value: Any) -> Any:
    if isinstance(value, _Shape):
        return value.dims
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value]


def _inside(value: Any) -> Any:
    if isinstance(value, tuple):
        return tuple([UNKNOWN if dim is None else dim for dim in value])
    return [_inside(item) for item in value] if isinstance(value, list) else value


def _symbolic(value: Any, dtype: str) -> Any:
    import keras

    if isinstance(value, tuple):
        return keras.KerasTensor(value, dtype=dtype)
    if isinstance(value, list):
        items = [_symbolic(item, dtype) for item in value]
        return (
            tuple(items)
            if any(isinstance(item, slice) or item is None for item in items)
            else items
        )
    return value


def _tuples(value: Any) -> Any:
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value

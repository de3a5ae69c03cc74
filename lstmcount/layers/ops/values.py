"""Follow numbers that a TensorFlow graph computes from shapes and uses as shapes.

In `tf.reshape(x, [-1, tf.shape(x)[1] * 27])` a shape is a tensor, on which the graph computes.
The functions here evaluate slices of such tensors and arithmetic on them.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

from lstmcount.shapes import Shape, Unknown


class Valued(tuple[int, ...]):
    """The shape of a tensor whose `value` is known: a dimension or lists of dimensions.

    >>> valued((2,), [3, 4]), valued((2,), [3, 4]).value
    ((2,), [3, 4])
    """

    value: Any


def valued(shape: Shape, value: Any) -> Valued:
    tensor = Valued(shape)
    tensor.value = value
    return tensor


def concrete(argument: Any) -> Any:
    """Replace the tensors in an argument by their values where these are known.

    >>> concrete([-1, valued((), 8), (3,)])
    [-1, 8, (3,)]
    """
    if isinstance(argument, Valued):
        return argument.value
    if isinstance(argument, list):
        return [concrete(item) for item in argument]
    return argument


_ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "__operators__.add": operator.add,
    "math.add": operator.add,
    "math.subtract": operator.sub,
    "math.multiply": operator.mul,
    "math.floordiv": operator.floordiv,
    "compat.v1.floor_div": operator.floordiv,
    "math.floormod": operator.mod,
    "Add": operator.add,
    "AddV2": operator.add,
    "Sub": operator.sub,
    "Mul": operator.mul,
    "FloorDiv": operator.floordiv,
    "FloorMod": operator.mod,
}
_SHAPES = frozenset({"shape", "compat.v1.shape", "Shape"})
_SAME = frozenset({"cast", "identity", "convert_to_tensor", "Cast", "Identity"})
_JOINS = frozenset({"concat", "ConcatV2"})
_STACKS = frozenset({"stack", "Pack"})
_PRODUCTS = frozenset({"math.reduce_prod", "Prod"})


def value_of(function: str, args: list[Any], kwargs: dict[str, Any]) -> Any:
    """The value of a function's result for the arguments of its call; None if it is unknown.

    >>> value_of("math.multiply", [valued((), 8)], {"y": 27})
    216
    """
    first = args[0] if args else None
    if function in _SHAPES and isinstance(first, tuple):
        return list(first)
    if function in _STACKS or function in _JOINS:
        return _joined(function, first)
    value = _known(first)
    if function in _ARITHMETIC:
        return _calculated(_ARITHMETIC[function], value, _known(kwargs.get("y", *args[1:2])))
    if value is None or function not in _SAME | _PRODUCTS | {"__operators__.getitem"}:
        return None
    if function in _PRODUCTS:
        return math.prod(value) if isinstance(value, list) else None
    return value if function in _SAME else _item(value, kwargs.get("slice_spec"))


def _joined(function: str, tensors: Any) -> Any:
    parts = [_known(tensor) for tensor in tensors] if isinstance(tensors, list) else [None]
    if any(part is None for part in parts) or not _any_valued(tensors):
        return None
    if function in _STACKS:
        return parts
    lists = [part for part in parts if isinstance(part, list)]
    return [dim for part in lists for dim in part] if len(lists) == len(parts) else None


def _calculated(function: Callable[[Any, Any], Any], x: Any, y: Any) -> Any:
    if x is None or y is None:
        return None
    if isinstance(x, list) and isinstance(y, list):
        return [function(a, b) for a, b in zip(x, y, strict=False)]
    if isinstance(x, list):
        return [function(a, y) for a in x]
    return [function(x, b) for b in y] if isinstance(y, list) else function(x, y)


def _item(value: Any, key: Any) -> Any:
    if isinstance(key, list) and len(key) == 1:
        key = key[0]
    if isinstance(value, list) and isinstance(key, int) and -len(value) <= key < len(value):
        return value[key]
    if isinstance(value, list) and isinstance(key, dict) and "class_name" not in key:
        bounds = [concrete(key.get(name)) for name in ("start", "stop", "step")]
        if all(bound is None or isinstance(bound, int) for bound in bounds):
            return value[slice(*bounds)]
    return None


def _known(argument: Any) -> Any:
    """The dimensions in an argument; None for a tensor whose values are unknown."""
    value = concrete(argument)
    numbers = value if isinstance(value, list) else [value]
    is_known = all(isinstance(n, int | Unknown) and not isinstance(n, bool) for n in numbers)
    return value if is_known else None


def _any_valued(argument: Any) -> bool:
    if isinstance(argument, list):
        return any(_any_valued(item) for item in argument)
    return isinstance(argument, Valued)

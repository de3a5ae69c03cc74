"""The methods of NumPy's arrays, where shapes are followed."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.libraries.numpy.arrays import (
    Array,
    keeps_numbers,
    numbers_of,
    of_dtype,
    of_shape,
)
from lstmcount.programs.libraries.numpy.changes import copied, forget, set_element
from lstmcount.programs.libraries.numpy.labels import label, number_of_classes
from lstmcount.programs.libraries.numpy.sizes import product
from lstmcount.shapes import Unknown


def _same(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> Any:
    if array.shape == () and array.data is not None:
        return array.data
    copy = Array(array.shape, copied(array.data))
    label(copy, number_of_classes(array))
    return copy


def _converted(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> Array:
    """`astype`: integers stay the same as numbers of another kind."""
    dtype = [*args, kwargs.get("dtype")][0]
    converted = Array(array.shape, of_dtype(array.data, dtype))
    label(converted, number_of_classes(array) if keeps_numbers(dtype) else None)
    return converted


def _changed(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> Array:
    return Array(array.shape)


def _reshape(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> Any:
    args = args or [kwargs.get("shape", kwargs.get("newshape"))]
    shape = args[0] if len(args) == 1 and isinstance(args[0], list | tuple) else tuple(args)
    if None in shape or "order" in kwargs:
        return run.unknown(run.source_of(node))
    return of_shape(run, array, tuple(shape), node)


def _flatten(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> Array:
    copy = Array((product(array.shape),))
    label(copy, number_of_classes(array))
    return copy


def _ravel(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> Array:
    return Array((product(array.shape),), base=array)


def _tolist(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return copied(array.data) if isinstance(array.data, list | tuple) else Unknown(array.text)


def _sort(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> None:
    numbers = numbers_of(array) if len(array.shape) == 1 else None
    if numbers and isinstance(array.data, list):
        array.data.sort()
    else:
        forget(run, array, node)


def _fill(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> None:
    rows = array.data if isinstance(array.data, list) else []
    if array.classes is not None:
        forget(run, array, node)
    for at in range(len(rows)):
        set_element(run, array, at, [*args, kwargs.get("value")][0], node)


def _resize(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> None:
    shape = args[0] if len(args) == 1 and isinstance(args[0], list | tuple) else args
    array.take_shape(run, tuple(shape), node)


def _set_shape(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> None:
    """`tensor.set_shape(shape)`: says what is not known of the shape."""
    shape = args[0] if args else kwargs.get("shape")
    if isinstance(shape, list | tuple) and len(shape) == len(array.shape):
        sizes = zip(array.shape, shape, strict=True)
        array.shape = tuple([new if type(new) is int else old for old, new in sizes])


def _forget(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> None:
    forget(run, array, node)


def _transpose(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> Array:
    args = args or [kwargs[name] for name in ("axes", "perm") if name in kwargs]
    axes = args[0] if len(args) == 1 and isinstance(args[0], list | tuple) else args
    shape = tuple([array.shape[i] for i in axes]) if axes else array.shape[::-1]
    return Array(shape, base=array)


def _reduction(compute: Callable[[list[Any]], Any]) -> Any:
    """A method that computes one number from all numbers of an array."""

    def method(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> Any:
        is_of_all = not args and not kwargs
        numbers = numbers_of(array) if is_of_all else None
        if is_of_all and compute in (max, min) and (classes := number_of_classes(array)):
            numbers = [*range(classes)]
        if not numbers:
            return _reduced(run, array, args, kwargs, node)
        run.spend(8 * len(numbers), node)
        result = compute(numbers)
        return run.unknown(run.source_of(node)) if result is None else result

    return method


def _reduced(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> Any:
    axis, keepdims = kwargs.get("axis", args[0] if args else None), kwargs.get("keepdims", False)
    axes = list(axis) if isinstance(axis, list | tuple) else [axis]
    rank = len(array.shape)
    if axis is None and keepdims is True:
        axes = list(range(rank))
    if not all(isinstance(each, int) and -rank <= each < rank for each in axes):
        return run.unknown(run.source_of(node))
    removed = {each % rank for each in axes}
    if keepdims is True:
        return Array(tuple([1 if at in removed else dim for at, dim in enumerate(array.shape)]))
    shape = tuple([dim for at, dim in enumerate(array.shape) if at not in removed])
    is_known = keepdims is False and shape
    return Array(shape) if is_known else run.unknown(run.source_of(node))


def _sum(numbers: list[Any]) -> Any:
    """The sum of whole numbers; the sum of others depends on how NumPy adds them."""
    return sum(numbers) if all(isinstance(number, int) for number in numbers) else None


def _mean(numbers: list[Any]) -> Any:
    total = _sum(numbers)
    return None if total is None else total / len(numbers)


def _as_list(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> list[Any]:
    return list(array.shape)


# Those that do what the functions of these names do: `x.squeeze()`, `np.squeeze(x)`.
_AS_FUNCTIONS = ("argsort", "cumsum", "dot", "repeat", "squeeze", "swapaxes", "take")
_METHODS: dict[str, Any] = {
    **dict.fromkeys(("copy", "numpy", "to_numpy", "cuda", "toarray", "todense"), _same),
    **dict.fromkeys(("clip", "round", "conj"), _changed),
    "view": lambda run, array, args, kwargs, node: Array(array.shape, base=array),
    "astype": _converted,
    **dict.fromkeys(("reshape",), _reshape),
    "flatten": _flatten,
    "ravel": _ravel,
    "sort": _sort,
    "fill": _fill,
    "resize": _resize,
    "set_shape": _set_shape,
    **dict.fromkeys(("put", "partition", "itemset", "byteswap"), _forget),
    **dict.fromkeys(("std", "var", "prod", "any", "all", "ptp"), _reduced),
    "mean": _reduction(_mean),
    "sum": _reduction(_sum),
    "max": _reduction(max),
    "min": _reduction(min),
    "argmax": _reduction(lambda numbers: numbers.index(max(numbers))),
    "argmin": _reduction(lambda numbers: numbers.index(min(numbers))),
    "tolist": _tolist,
    "transpose": _transpose,
    "get_shape": _as_list,
}


def member(name: str) -> Any:
    """The method of that name as a function of an array and its arguments; MISSING if unknown."""
    if name not in _AS_FUNCTIONS and name not in _METHODS:
        return MISSING

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        if name in _METHODS:
            return _METHODS[name](run, args[0], args[1:], kwargs, node)
        return run.call(run.libraries.imported("numpy", name), args, kwargs, node)

    return Native(name, function, raw=True)

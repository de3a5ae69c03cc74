"""NumPy functions that make arrays."""

from __future__ import annotations

import ast
import math
import re
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.programs.language.structures import first_unknown
from lstmcount.programs.language.values.elements import items
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.libraries.numpy.arrays import (
    MAX_ELEMENTS,
    Array,
    from_data,
    keeps_numbers,
    of_dtype,
)
from lstmcount.programs.libraries.numpy.labels import label, number_of_classes
from lstmcount.programs.libraries.numpy.spacing import MAX_SPACED, spaced
from lstmcount.shapes import Unknown


def _array(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.array(values, dtype=None, ndmin=0)`: a copy of the values."""
    passed = arguments_by_name(("object", "dtype"), args, kwargs)
    if passed.get("ndmin", 0) != 0:
        return unknown_array(run, node)
    value, dtype = passed.get("object", passed.get("a")), passed.get("dtype")
    if isinstance(value, Array):
        data = of_dtype(value.data, dtype) if value.data is not None else None
        copy = Array(value.shape, data, value.text)
        copy.holds_indices = value.holds_indices and dtype is None
        label(copy, number_of_classes(value) if keeps_numbers(dtype) else None)
        return copy
    if isinstance(value, range):
        value = items(run, value, node)
    if isinstance(value, list | tuple):
        run.spend(len(value), node)
        return _array_of(run, list(value), dtype, node)
    if isinstance(value, int | float):
        return value
    return run.unknown(run.source_of(node))


def _copy(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.copy(values, order="K")`."""
    return _array(run, args[:1] or [kwargs.get("a")], {}, node)


def _array_of(run: Run, values: list[Any], dtype: Any, node: ast.AST) -> Any:
    """The array of a list of numbers, lists or arrays."""
    array = from_data(values)
    if array is not None:
        array.data = of_dtype(array.data, dtype)
        return array
    if values and all(isinstance(item, Array) for item in values):
        shape = values[0].shape
        is_regular = all(item.shape == shape for item in values)
        return Array((len(values), *shape)) if is_regular else unknown_array(run, node)
    return unknown_array(run, node)


def _same_array(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.asarray`, which copies no array."""
    args = [value.plain() if isinstance(value, Array) else value for value in args]
    is_same = len(args) == 1 and isinstance(args[0], Array) and kwargs.get("dtype") is None
    if not is_same and len(args) > 1 and isinstance(args[0], Array):
        return Array(args[0].shape, base=args[0])
    return args[0] if is_same else _array(run, args, kwargs, node)


def _may_be_size(words: str | None) -> bool:
    """Whether what is passed as a shape may be one size, as `n` is, and no tuple, as `x.shape`."""
    return bool(words) and re.search(r"(?i)shape(?:\(\))?$", words or "") is None


def shaped(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """zeros, ones, empty and full: the shape is the first argument."""
    shape = kwargs.get("shape", kwargs.get("size", args[0] if args else None))
    if isinstance(shape, int) or (isinstance(shape, Unknown) and _may_be_size(shape.text)):
        shape = (shape,)
    if not isinstance(shape, list | tuple):
        return unknown_array(run, node)
    if any(isinstance(size, int) and size < 0 for size in shape):
        run.fail(ValueError())
        return unknown_array(run, node)
    return Array(tuple(shape))


def _like(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return Array(args[0].shape) if isinstance(args[0], Array) else unknown_array(run, node)


def unknown_array(run: Run, node: ast.AST) -> Any:
    return run.unknown(run.source_of(node))


def _arange(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.arange(stop)` and `np.arange(start, stop, step)`."""
    passed = arguments_by_name(("start", "stop", "step", "dtype"), args, kwargs)
    start, step = passed.get("start", 0), passed.get("step", 1)
    stop = passed.get("stop")
    if stop is None:
        start, stop = 0, start
    unknown = first_unknown([start, stop, step])
    if unknown is not None:
        return Array((unknown,))
    if not all(isinstance(part, int | float) for part in (start, stop, step)) or not step:
        return unknown_array(run, node)
    if not all(type(part) is int for part in (start, stop, step)):
        length = (stop - start) / step
        return (
            Array((max(math.ceil(length), 0),))
            if math.isfinite(length)
            else unknown_array(run, node)
        )
    numbers = range(start, stop, step)
    run.spend(min(len(numbers), MAX_ELEMENTS), node)
    array = Array((len(numbers),), list(numbers) if len(numbers) <= MAX_ELEMENTS else None)
    array.holds_indices = passed.get("dtype") is None
    return array


def _eye(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    rows = args[0] if args else kwargs.get("N", kwargs.get("n"))
    columns = args[1] if len(args) > 1 else kwargs.get("M")
    return Array((rows, rows if columns is None else columns))


def _linspace(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    passed = arguments_by_name(("start", "stop", "num", "endpoint"), args, kwargs)
    start, stop, number = passed.get("start"), passed.get("stop"), passed.get("num", 50)
    endpoint = passed.get("endpoint", True)
    is_small = type(number) is int and 0 < number <= MAX_SPACED
    if not is_small or type(endpoint) is not bool or len(passed) > 4:
        return Array((number,))
    if not isinstance(start, int | float) or not isinstance(stop, int | float):
        return Array((number,))
    run.spend(number, node)
    return Array((number,), spaced(float(start), float(stop), number, endpoint))


FUNCTIONS: dict[str, Any] = {
    "array": _array, "copy": _copy, "arange": _arange, "linspace": _linspace,
    **dict.fromkeys(("asarray", "ascontiguousarray", "asanyarray"), _same_array),
    **dict.fromkeys(("zeros", "ones", "empty", "full"), shaped),
    **dict.fromkeys(("zeros_like", "ones_like", "empty_like", "full_like"), _like),
    **dict.fromkeys(("eye", "identity"), _eye),
}  # fmt: skip

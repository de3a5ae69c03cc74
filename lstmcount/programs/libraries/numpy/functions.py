"""NumPy functions, for shapes and small numbers."""

from __future__ import annotations

import ast
import math
from typing import Any

from lstmcount.programs.language.builtins.builtin_functions import round_number
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.source.places import argument_in
from lstmcount.programs.language.structures import first_unknown
from lstmcount.programs.language.types.builtin_types import to_float, to_int
from lstmcount.programs.language.values.elements import items
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.operators import binary, folded
from lstmcount.programs.language.values.provided import Module, Native, Raw, words
from lstmcount.programs.language.values.value import Value
from lstmcount.programs.libraries.numpy import creation, random_arrays
from lstmcount.programs.libraries.numpy.arrays import (
    Array,
    as_array,
    from_data,
    numbers_of,
    of_operator,
    of_shape,
)
from lstmcount.programs.libraries.numpy.changes import forget, forget_elements
from lstmcount.programs.libraries.numpy.creation import unknown_array
from lstmcount.programs.libraries.numpy.labels import number_of_classes
from lstmcount.programs.libraries.numpy.sizes import product
from lstmcount.shapes import Unknown

_CONSTANTS = {"pi": math.pi, "e": math.e, "inf": math.inf, "nan": math.nan, "newaxis": None}


def _converting(convert: Raw) -> Raw:
    """A dtype as a function: of a number, or of an array elementwise."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        array = as_array(args[0]) if args else None
        return Array(array.shape) if isinstance(array, Array) else convert(run, args, kwargs, node)

    return function


_TYPES: dict[str, Native] = {
    **{
        name: Native(name, _converting(to_float), raw=True)
        for name in ("float16", "float32", "float64", "float_", "double")
    },
    **{
        name: Native(name, _converting(to_int), raw=True)
        for name in ("int8", "int16", "int32", "int64", "uint8", "uint16", "int_", "bool_")
    },
}
_INDEXED = ("r_", "c_", "s_")  # objects whose elements are new arrays
_ELEMENTWISE = words("""
    abs absolute exp exp2 expm1 log log1p sqrt cbrt square sign clip round around rint trunc fix
    sin cos tan arcsin arccos arctan sinh cosh tanh degrees radians deg2rad rad2deg
    negative reciprocal isnan isinf isfinite logical_not nan_to_num real imag angle
    digitize interp sinc unwrap
""")
_REDUCING = words("""
    mean sum max min std var argmax argmin amax amin any all median prod ptp
""")
_OF_TWO = words("maximum minimum add subtract multiply divide power mod arctan2 hypot fmod")
_PLAIN: dict[str, Any] = {
    "log2": math.log2, "log10": math.log10, "log": math.log, "sqrt": math.sqrt,
    "ceil": lambda x: float(math.ceil(x)), "floor": lambda x: float(math.floor(x)),
    "exp": math.exp, "abs": abs, "maximum": max, "minimum": min,
}  # fmt: skip
_AMAX = ("amax", "amin")
_SUBMODULES = (
    ("numpy", "random"), ("numpy", "linalg"), ("numpy", "lib"), ("numpy.lib", "stride_tricks"),
)  # fmt: skip


def member(path: str, name: str) -> Any:
    if name in _CONSTANTS:
        return _CONSTANTS[name]
    if (path, name) in _SUBMODULES:
        return Module(f"{path}.{name}")
    if path == "numpy.lib.stride_tricks":
        from lstmcount.programs.libraries.numpy import windows

        return windows.member(name)
    if name in _TYPES:
        return _TYPES[name]
    if name in _INDEXED:
        return Value()
    if path == "numpy.random":
        name = f"random.{name}"
    function = _FUNCTIONS.get(name)
    if function is not None:
        return Native(f"np.{name}", function, raw=True)
    if any(name in names for names in (_PLAIN, _ELEMENTWISE, _REDUCING, _OF_TWO)):
        return Native(f"np.{name}", _numbers(name), raw=True)
    return MISSING


def _numbers(name: str) -> Any:
    """A function of numbers, of arrays elementwise, or of arrays along an axis."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        value = args[0] if args else kwargs.get("a", kwargs.get("x"))
        if isinstance(kwargs.get("out"), Array):
            forget(run, kwargs["out"], argument_in(node, "out"))
        if name in _OF_TWO:
            operands = [as_array(operand) for operand in args[:2]]
            if any(isinstance(operand, Array) for operand in operands):
                return of_operator(run, operands, node)
        value = as_array(value)
        if isinstance(value, Array):
            return _of_array(run, name, value, args, kwargs, node)
        unknown = first_unknown(args)
        if unknown is not None:
            return unknown if name in _PLAIN else run.unknown(run.source_of(node))
        if name == "round":
            return round_number(run, args, kwargs, node)
        if name in _PLAIN and all(isinstance(arg, int | float) for arg in args):
            return _PLAIN[name](*args)
        return run.unknown(run.source_of(node))

    return function


def _of_array(
    run: Run, name: str, value: Array, args: list[Any], kwargs: Any, node: ast.AST
) -> Any:
    """The result of a function whose first argument is an array."""
    if name not in _REDUCING:
        return Array(value.shape)
    reduced = value.attribute(run, name.removeprefix("a") if name in _AMAX else name, node)
    if isinstance(reduced, Native):
        return reduced.function(run, args[1:], kwargs, node)
    return run.unknown(run.source_of(node))


def _rotated(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.rot90(array, k=1, axes=(0, 1))`; Keras's own swaps the axes whatever `k` is."""
    passed = {"k": 1, "axes": (0, 1), **arguments_by_name(("m", "k", "axes"), args, kwargs)}
    array, k, axes = as_array(passed.get("m")), passed["k"], passed["axes"]
    is_known = isinstance(array, Array) and isinstance(k, int) and isinstance(axes, list | tuple)
    if not is_known or len(axes) != 2 or not all(type(axis) is int for axis in axes):
        return unknown_array(run, node)
    shape = list(array.shape)
    if k % 2:
        shape[axes[0]], shape[axes[1]] = shape[axes[1]], shape[axes[0]]
    return Array(tuple(shape))


def _prod(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    value = args[0].data if isinstance(args[0], Array) else args[0]
    dims = items(run, value, node)
    if dims is None:
        return first_unknown(args) or unknown_array(run, node)
    if any(dim is None for dim in dims):
        return unknown_array(run, node)
    return folded(run, ast.Mult, [1, *dims], node)


def _forget(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> None:
    """A function that changes its first argument, as `np.random.shuffle` does."""
    changed = argument_in(node, 0)
    if args and isinstance(args[0], Array):
        forget(run, args[0], changed)
    elif args and isinstance(args[0], list):
        forget_elements(run, args[0], changed)


def _counted(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.count_nonzero` of known numbers."""
    numbers = numbers_of(args[0]) if len(args) == 1 and not kwargs else None
    return unknown_array(run, node) if numbers is None else sum(map(bool, numbers))


def _bin_counts(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.bincount` of known numbers."""
    classes = number_of_classes(args[0]) if len(args) == 1 else None
    numbers = numbers_of(args[0]) if len(args) == 1 else None
    numbers = numbers if classes is None else [*range(classes)]
    if not numbers or not all(type(number) is int and number >= 0 for number in numbers):
        return unknown_array(run, node)
    return Array((max(max(numbers) + 1, kwargs.get("minlength", 0)),))


def _histogram(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.histogram(values, bins)`: the counts, and the edges of the bins."""
    bins = [*args, kwargs.get("bins", 10)][1]
    is_number = type(bins) is int
    return [Array((bins,)), Array((bins + 1,))] if is_number else unknown_array(run, node)


def _raveled(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    value = as_array(args[0])
    is_array = isinstance(value, Array)
    return Array((product(value.shape),), base=value) if is_array else unknown_array(run, node)


def _at_least(rank: int) -> Any:
    """`np.atleast_1d` and `np.atleast_2d` of one array."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        value = as_array(args[0])
        if len(args) != 1 or not isinstance(value, Array):
            return unknown_array(run, node)
        return Array((1,) * (rank - len(value.shape)) + value.shape, base=value)

    return function


def _columns(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.column_stack` of vectors and matrices."""
    arrays = items(run, args[0], node)
    if not arrays or not all(
        isinstance(array, Array) and len(array.shape) in (1, 2) for array in arrays
    ):
        return unknown_array(run, node)
    widths = [array.shape[1] if len(array.shape) == 2 else 1 for array in arrays]
    return Array((arrays[0].shape[0], folded(run, ast.Add, widths, node)))


def _stacked(rank: int) -> Any:
    """`np.vstack` for the rank 2, `np.hstack` for 1: arrays of at least that rank are joined."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        arrays = [as_array(value) for value in items(run, args[0], node) or ()]
        if not arrays or not all(isinstance(array, Array) for array in arrays):
            return unknown_array(run, node)
        shapes = [(1,) * (rank - len(array.shape)) + array.shape for array in arrays]
        axis = 0 if rank == 2 or len(shapes[0]) == 1 else 1
        others = {(*shape[:axis], *shape[axis + 1 :]) for shape in shapes}
        if len(others) > 1:
            if first_unknown([*others]) is None:
                run.fail(ValueError())
            return unknown_array(run, node)
        joined = folded(run, ast.Add, [shape[axis] for shape in shapes], node)
        return Array((*shapes[0][:axis], joined, *shapes[0][axis + 1 :]))

    return function


def _reshape(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    shape = kwargs.get("newshape", args[1] if len(args) > 1 else None)
    if isinstance(shape, int):
        shape = (shape,)
    if not isinstance(shape, list | tuple):
        return unknown_array(run, node)
    array = as_array(args[0])
    if not isinstance(array, Array):
        array = Array((Unknown(str(args[0])),))
    return of_shape(run, array, tuple(shape), node)


def _diagonal(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.diag(v, k=0)`: a matrix with a vector on its diagonal, or the diagonal of a matrix."""
    value = from_data(args[0]) if isinstance(args[0], list) else args[0]
    offset = [*args, kwargs.get("k", 0)][1]
    if not isinstance(value, Array) or type(offset) is not int:
        return unknown_array(run, node)
    if len(value.shape) == 1:
        return Array((value.shape[0] + abs(offset),) * 2)
    if len(value.shape) != 2 or not all(type(size) is int for size in value.shape):
        return unknown_array(run, node)
    rows, columns = value.shape
    return Array((max(min(rows + min(offset, 0), columns - max(offset, 0)), 0),))


def _power(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    base, exponent = args
    return binary(run, ast.Pow, base, exponent, node)


def _unique(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """The different elements; with `return_counts` and the like, a tuple of arrays."""
    value = args[0].data if isinstance(args[0], Array) else args[0]
    value = numbers_of(value) or value
    classes, size = number_of_classes(args[0]), len(value) if isinstance(value, list) else None
    if classes is not None:
        value, size = list(range(classes)), product(args[0].shape)
    if not isinstance(value, list | tuple) or first_unknown(value) is not None or len(args) > 1:
        return unknown_array(run, node)
    run.weigh(node, value)
    try:
        unique = from_data(sorted(set(value)))
    except TypeError:
        unique = None
    if unique is None or kwargs.get("axis") is not None:
        return unknown_array(run, node)
    asked = [name for name in ("index", "inverse", "counts") if kwargs.get(f"return_{name}")]
    lengths = {"index": unique.shape, "inverse": (size,), "counts": unique.shape}
    return (unique, *[Array(lengths[name]) for name in asked]) if asked else unique


_FUNCTIONS: dict[str, Any] = {
    **creation.FUNCTIONS, **random_arrays.FUNCTIONS,
    "rot90": _rotated, "prod": _prod, "product": _prod, "reshape": _reshape, "unique": _unique,
    "power": _power, "diag": _diagonal, "column_stack": _columns, "count_nonzero": _counted,
    "bincount": _bin_counts, "histogram": _histogram, "ravel": _raveled,
    "atleast_1d": _at_least(1), "atleast_2d": _at_least(2), "hstack": _stacked(1),
    **dict.fromkeys(("vstack", "row_stack"), _stacked(2)),
    **dict.fromkeys(("random.shuffle", "put", "copyto", "fill_diagonal", "place", "putmask"),
                    _forget),
}  # fmt: skip

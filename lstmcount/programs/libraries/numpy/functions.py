"""NumPy functions, for shapes and small numbers."""

from __future__ import annotations

import ast
import math
from typing import Any

from lstmcount.programs.language.builtin_functions import round_number
from lstmcount.programs.language.builtin_types import to_float, to_int
from lstmcount.programs.language.elements import items
from lstmcount.programs.language.natives import arguments_by_name
from lstmcount.programs.language.operators import binary, folded
from lstmcount.programs.language.places import argument_in
from lstmcount.programs.language.provided import Module, Native, Raw, words
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.structures import first_unknown
from lstmcount.programs.language.value import Value
from lstmcount.programs.libraries.numpy.arrays import (
    MAX_ELEMENTS,
    Array,
    as_array,
    from_data,
    numbers_of,
    of_dtype,
    of_operator,
    of_shape,
)
from lstmcount.programs.libraries.numpy.changes import forget, forget_elements
from lstmcount.programs.libraries.numpy.sizes import product
from lstmcount.programs.libraries.numpy.spacing import MAX_SPACED, spaced
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
# Random functions with two parameters, or one, before `size`.
_WITH_TWO = words("normal uniform binomial beta gamma laplace lognormal")
_WITH_ONE = words("exponential poisson geometric chisquare rayleigh")
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


def _array(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.array(values, dtype=None, ndmin=0)`: a copy of the values."""
    passed = arguments_by_name(("object", "dtype"), args, kwargs)
    if passed.get("ndmin", 0) != 0:
        return _words(run, node)
    value, dtype = passed.get("object", passed.get("a")), passed.get("dtype")
    if isinstance(value, Array):
        data = of_dtype(value.data, dtype) if value.data is not None else None
        copy = Array(value.shape, data, value.text)
        copy.holds_indices = value.holds_indices and dtype is None
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


def _rotated(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.rot90(array, k=1, axes=(0, 1))`; Keras's own swaps the axes whatever `k` is."""
    passed = {"k": 1, "axes": (0, 1), **arguments_by_name(("m", "k", "axes"), args, kwargs)}
    array, k, axes = as_array(passed.get("m")), passed["k"], passed["axes"]
    is_known = isinstance(array, Array) and isinstance(k, int) and isinstance(axes, list | tuple)
    if not is_known or len(axes) != 2 or not all(type(axis) is int for axis in axes):
        return _words(run, node)
    shape = list(array.shape)
    if k % 2:
        shape[axes[0]], shape[axes[1]] = shape[axes[1]], shape[axes[0]]
    return Array(tuple(shape))


def _array_of(run: Run, values: list[Any], dtype: Any, node: ast.AST) -> Any:
    """The array of a list of numbers, lists or arrays."""
    array = from_data(values)
    if array is not None:
        array.data = of_dtype(array.data, dtype)
        return array
    if values and all(isinstance(item, Array) for item in values):
        shape = values[0].shape
        is_regular = all(item.shape == shape for item in values)
        return Array((len(values), *shape)) if is_regular else _words(run, node)
    return _words(run, node)


def _same_array(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.asarray`, which copies no array."""
    args = [value.plain() if isinstance(value, Array) else value for value in args]
    is_same = len(args) == 1 and isinstance(args[0], Array) and kwargs.get("dtype") is None
    if not is_same and len(args) > 1 and isinstance(args[0], Array):
        return Array(args[0].shape, base=args[0])
    return args[0] if is_same else _array(run, args, kwargs, node)


def _shaped(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """zeros, ones, empty and full: the shape is the first argument."""
    shape = kwargs.get("shape", kwargs.get("size", args[0] if args else None))
    if isinstance(shape, int) or (isinstance(shape, Unknown) and shape.text):
        shape = (shape,)
    if not isinstance(shape, list | tuple):
        return _words(run, node)
    if any(isinstance(size, int) and size < 0 for size in shape):
        run.fail(ValueError())
        return _words(run, node)
    return Array(tuple(shape))


def _random(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.random.default_rng(seed)` and `RandomState(seed)` have the functions of the module."""
    return Module("numpy.random")


def _sized(position: int) -> Any:
    """A random function such as `np.random.normal`, with the shape `size` at this position."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        size = kwargs.get("size", args[position] if len(args) > position else None)
        if isinstance(size, int):
            size = (size,)
        return Array(tuple(size)) if isinstance(size, list | tuple) else _words(run, node)

    return function


def _dims(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.random.rand(3, 4)`: the arguments are the dimensions."""
    return Array(tuple(args)) if args else _words(run, node)


def _like(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return Array(args[0].shape) if isinstance(args[0], Array) else _words(run, node)


def _words(run: Run, node: ast.AST) -> Any:
    return run.unknown(run.source_of(node))


def _prod(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    value = args[0].data if isinstance(args[0], Array) else args[0]
    dims = items(run, value, node)
    if dims is None:
        return first_unknown(args) or _words(run, node)
    if any(dim is None for dim in dims):
        return _words(run, node)
    return folded(run, ast.Mult, [1, *dims], node)


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
        return _words(run, node)
    if not all(type(part) is int for part in (start, stop, step)):
        length = (stop - start) / step
        return Array((max(math.ceil(length), 0),)) if math.isfinite(length) else _words(run, node)
    numbers = range(start, stop, step)
    run.spend(min(len(numbers), MAX_ELEMENTS), node)
    array = Array((len(numbers),), list(numbers) if len(numbers) <= MAX_ELEMENTS else None)
    array.holds_indices = passed.get("dtype") is None
    return array


def _eye(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    rows = args[0] if args else kwargs.get("N", kwargs.get("n"))
    columns = args[1] if len(args) > 1 else kwargs.get("M")
    return Array((rows, rows if columns is None else columns))


def _permutation(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.random.permutation` of an array, or of the integers below a number."""
    argument = args[0] if args else kwargs.get("x")
    if isinstance(argument, Array):
        return Array(argument.shape)
    if not isinstance(argument, int | Unknown):
        return _words(run, node)
    array = Array((argument,))
    array.holds_indices = True
    return array


def _choice(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`choice(a, size)`: numbers below `a`, or rows of an array."""
    passed = arguments_by_name(("a", "size", "replace", "p", "axis"), args, kwargs)
    rows, size = as_array(passed.get("a")), passed.get("size")
    size = (size,) if isinstance(size, int) else size
    if not isinstance(size, list | tuple) or passed.get("axis", 0) != 0:
        return _words(run, node)
    array = Array((*size, *(rows.shape[1:] if isinstance(rows, Array) else ())))
    array.holds_indices = isinstance(rows, int)
    return array


def _forget(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> None:
    """A function that changes its first argument, as `np.random.shuffle` does."""
    changed = argument_in(node, 0)
    if args and isinstance(args[0], Array):
        forget(run, args[0], changed)
    elif args and isinstance(args[0], list):
        forget_elements(run, args[0], changed)


def _integers(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """Random whole numbers."""
    array = _sized(2)(run, args, kwargs, node)
    if isinstance(array, Array):
        array.holds_indices = True
    return array


def _counted(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.count_nonzero` of known numbers."""
    numbers = numbers_of(args[0]) if len(args) == 1 and not kwargs else None
    return _words(run, node) if numbers is None else sum(map(bool, numbers))


def _bin_counts(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.bincount` of known numbers."""
    numbers = numbers_of(args[0]) if len(args) == 1 else None
    if not numbers or not all(type(number) is int and number >= 0 for number in numbers):
        return _words(run, node)
    return Array((max(max(numbers) + 1, kwargs.get("minlength", 0)),))


def _histogram(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.histogram(values, bins)`: the counts, and the edges of the bins."""
    bins = [*args, kwargs.get("bins", 10)][1]
    is_number = type(bins) is int
    return [Array((bins,)), Array((bins + 1,))] if is_number else _words(run, node)


def _raveled(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    value = as_array(args[0])
    is_array = isinstance(value, Array)
    return Array((product(value.shape),), base=value) if is_array else _words(run, node)


def _at_least(rank: int) -> Any:
    """`np.atleast_1d` and `np.atleast_2d` of one array."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        value = as_array(args[0])
        if len(args) != 1 or not isinstance(value, Array):
            return _words(run, node)
        return Array((1,) * (rank - len(value.shape)) + value.shape, base=value)

    return function


def _columns(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.column_stack` of vectors and matrices."""
    arrays = items(run, args[0], node)
    if not arrays or not all(
        isinstance(array, Array) and len(array.shape) in (1, 2) for array in arrays
    ):
        return _words(run, node)
    widths = [array.shape[1] if len(array.shape) == 2 else 1 for array in arrays]
    return Array((arrays[0].shape[0], folded(run, ast.Add, widths, node)))


def _stacked(rank: int) -> Any:
    """`np.vstack` for the rank 2, `np.hstack` for 1: arrays of at least that rank are joined."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        arrays = [as_array(value) for value in items(run, args[0], node) or ()]
        if not arrays or not all(isinstance(array, Array) for array in arrays):
            return _words(run, node)
        shapes = [(1,) * (rank - len(array.shape)) + array.shape for array in arrays]
        axis = 0 if rank == 2 or len(shapes[0]) == 1 else 1
        others = {(*shape[:axis], *shape[axis + 1 :]) for shape in shapes}
        if len(others) > 1:
            if first_unknown([*others]) is None:
                run.fail(ValueError())
            return _words(run, node)
        joined = folded(run, ast.Add, [shape[axis] for shape in shapes], node)
        return Array((*shapes[0][:axis], joined, *shapes[0][axis + 1 :]))

    return function


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


def _reshape(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    shape = kwargs.get("newshape", args[1] if len(args) > 1 else None)
    if isinstance(shape, int):
        shape = (shape,)
    if not isinstance(shape, list | tuple):
        return _words(run, node)
    array = as_array(args[0])
    if not isinstance(array, Array):
        array = Array((Unknown(str(args[0])),))
    return of_shape(run, array, tuple(shape), node)


def _diagonal(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.diag(v, k=0)`: a matrix with a vector on its diagonal, or the diagonal of a matrix."""
    value = from_data(args[0]) if isinstance(args[0], list) else args[0]
    offset = [*args, kwargs.get("k", 0)][1]
    if not isinstance(value, Array) or type(offset) is not int:
        return _words(run, node)
    if len(value.shape) == 1:
        return Array((value.shape[0] + abs(offset),) * 2)
    if len(value.shape) != 2 or not all(type(size) is int for size in value.shape):
        return _words(run, node)
    rows, columns = value.shape
    return Array((max(min(rows + min(offset, 0), columns - max(offset, 0)), 0),))


def _power(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    base, exponent = args
    return binary(run, ast.Pow, base, exponent, node)


def _unique(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """The different elements; with `return_counts` and the like, a tuple of arrays."""
    value = args[0].data if isinstance(args[0], Array) else args[0]
    value = numbers_of(value) or value
    if not isinstance(value, list | tuple) or first_unknown(value) is not None or len(args) > 1:
        return _words(run, node)
    run.weigh(node, value)
    try:
        unique = from_data(sorted(set(value)))
    except TypeError:
        unique = None
    if unique is None or kwargs.get("axis") is not None:
        return _words(run, node)
    asked = [name for name in ("index", "inverse", "counts") if kwargs.get(f"return_{name}")]
    lengths = {"index": unique.shape, "inverse": (len(value),), "counts": unique.shape}
    return (unique, *[Array(lengths[name]) for name in asked]) if asked else unique


_FUNCTIONS: dict[str, Any] = {
    "array": _array, "copy": _copy, "rot90": _rotated,
    **dict.fromkeys(("asarray", "ascontiguousarray", "asanyarray"), _same_array),
    **dict.fromkeys(("zeros", "ones", "empty", "full", "random.random", "random.random_sample",
                     "random.sample", "random.standard_normal"), _shaped),
    **dict.fromkeys((f"random.{name}" for name in _WITH_TWO), _sized(2)),
    **dict.fromkeys((f"random.{name}" for name in _WITH_ONE), _sized(1)),
    **dict.fromkeys(("random.default_rng", "random.RandomState"), _random),
    **dict.fromkeys(("random.rand", "random.randn"), _dims),
    **dict.fromkeys(("zeros_like", "ones_like", "empty_like", "full_like"), _like),
    "prod": _prod, "product": _prod, "arange": _arange, "linspace": _linspace,
    "reshape": _reshape, "unique": _unique, "power": _power,
    "random.permutation": _permutation, "eye": _eye, "identity": _eye, "diag": _diagonal,
    "column_stack": _columns, "random.choice": _choice, "random.randint": _integers,
    "random.integers": _integers, "count_nonzero": _counted, "bincount": _bin_counts,
    "histogram": _histogram, "ravel": _raveled, "atleast_1d": _at_least(1),
    "atleast_2d": _at_least(2), "hstack": _stacked(1),
    **dict.fromkeys(("vstack", "row_stack"), _stacked(2)),
    **dict.fromkeys(("random.shuffle", "put", "copyto", "fill_diagonal", "place", "putmask"),
                    _forget),
}  # fmt: skip

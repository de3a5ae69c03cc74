"""Arrays of numbers: their shapes, and their elements if the program lists them."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterable
from typing import Any

from lstmcount.programs.language.operators import MAX_BITS, binary
from lstmcount.programs.language.provided import Native
from lstmcount.programs.language.run import MISSING, Run, Value
from lstmcount.programs.language.structures import first_unknown, shown
from lstmcount.shapes import Unknown

MAX_ELEMENTS = 100_000
MAX_COMPUTED = 1_000  # numbers of a row on which an operator is computed


class Array(Value):
    """A NumPy array or an eager tensor. Dimensions may be unknown; small arrays may have data."""

    strength = 1
    __slots__ = ("data", "shape", "text")

    def __init__(self, shape: tuple[Any, ...], data: Any = None, text: str = "array") -> None:
        self.shape = shape
        self.data = data  # nested lists
        self.text = text

    def __reduce__(self) -> Any:
        return Array, (self.shape, self.data, self.text)

    def __repr__(self) -> str:
        return self.text

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name == "shape":
            return self.shape
        if name in ("ndim", "rank"):
            return len(self.shape)
        if name == "size":
            return product(self.shape)
        if name == "T":
            return Array(self.shape[::-1])
        if name in ("dtype", "values", "_value"):
            return self if name == "values" else "float32"
        method = _METHODS.get(name)
        if method is None:
            return MISSING

        def call(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
            return method(run, self, args, kwargs, node)

        return Native(name, call, raw=True)

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        if self.data is not None and isinstance(self.data, list | tuple):
            return [
                Array(self.shape[1:], item) if isinstance(item, list | tuple) else item
                for item in self.data
            ]
        if self.shape and isinstance(self.shape[0], int) and self.shape[0] <= 64:
            return [Array(self.shape[1:])] * self.shape[0]
        return None

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        """`self[key]`: basic slicing of the shape; an integer also selects from the data."""
        if isinstance(key, int) and isinstance(self.data, list | tuple):
            try:
                element = self.data[key]
            except IndexError:
                return run.unknown(run.source_of(node))
            return Array(self.shape[1:], element) if isinstance(element, list | tuple) else element
        shape: list[Any] = []
        rest = list(self.shape)
        for part in self._keys(key):
            if part is None:
                shape.append(1)
                continue
            # an unknown part may be one number, which removes an axis, or several, which keep it
            if not rest or isinstance(part, Unknown):
                return run.unknown(run.source_of(node))
            dim = rest.pop(0)
            if isinstance(part, slice):
                shape.append(sliced(dim, part, run, node))
            elif not isinstance(part, int):
                shape.append(run.unknown(run.source_of(node)))  # a mask or a list of indices
        shape += rest
        return Array(tuple(shape)) if shape else run.unknown(run.source_of(node))

    def _keys(self, key: Any) -> list[Any]:
        """The parts of a key, with a slice for each axis that `...` stands for."""
        keys = list(key) if isinstance(key, tuple) else [key]
        at = next((at for at, part in enumerate(keys) if part is Ellipsis), None)
        if at is not None:
            taken = len([part for part in keys if part is not None and part is not Ellipsis])
            keys[at : at + 1] = [slice(None)] * max(len(self.shape) - taken, 0)
        return keys

    def binary(self, run: Run, op: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
        """The elementwise result, with the broadcast shape."""
        shapes = [operand.shape for operand in (left, right) if isinstance(operand, Array)]
        if op is ast.MatMult and len(shapes) == 2 and all(len(shape) in (1, 2) for shape in shapes):
            product = (*shapes[0][:-1], *shapes[1][1:])
            return Array(product) if product else run.unknown(run.source_of(node))
        longest = max(shapes, key=len)
        other = shapes[0] if longest is shapes[-1] else shapes[-1]
        if op is ast.MatMult:
            return run.unknown(run.source_of(node))
        if (data := _computed(run, op, left, right, node)) is not None:
            return Array((len(data),), data)
        merged = list(longest)
        for i in range(1, len(other) + 1):
            if isinstance(merged[-i], int) and merged[-i] == 1:
                merged[-i] = other[-i]
        return Array(tuple(merged))

    def compare(self, run: Run, op: type[ast.cmpop], left: Any, right: Any, node: ast.AST) -> Any:
        """A mask of unknown elements."""
        broadcast = self.binary(run, ast.Add, left, right, node)
        return Array(broadcast.shape, text=run.source_of(node))

    def unary(self, run: Run, op: type[ast.unaryop], node: ast.AST) -> Any:
        return self if op is ast.UAdd else Array(self.shape)

    def truth(self, run: Run) -> Unknown:
        return Unknown(shown(self))

    def length(self, run: Run, node: ast.AST) -> Any:
        if not isinstance(self.shape, tuple) or not self.shape:
            return MISSING
        size = self.shape[0]
        return size if isinstance(size, int) else run.unknown(str(size))


def _computed(run: Run, op: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
    """The results of an operator on a short row of numbers and one number; None if not computed."""
    row, other = (left, right) if isinstance(left, Array) else (right, left)
    if not isinstance(other, int | float) or not isinstance(row.data, list):
        return None
    if len(row.data) > MAX_COMPUTED or not all(
        isinstance(number, int | float) for number in row.data
    ):
        return None
    run.spend(8 * len(row.data), node)
    if row is left:
        return [binary(run, op, number, other, node) for number in row.data]
    return [binary(run, op, other, number, node) for number in row.data]


def from_data(data: Any) -> Array | None:
    """An array from nested lists; None if they are ragged or contain unknowns."""
    shape: list[int] = []
    level = data
    while isinstance(level, list | tuple):
        shape.append(len(level))
        if not level:
            break
        level = level[0]
    if math.prod(shape) > MAX_ELEMENTS or not _is_regular(data, shape):
        return None
    return Array(tuple(shape), data)


def _is_regular(data: Any, shape: list[int]) -> bool:
    if not shape:
        return not isinstance(data, list | tuple | Unknown | Array)
    if not isinstance(data, list | tuple) or len(data) != shape[0]:
        return False
    return all(_is_regular(item, shape[1:]) for item in data)


def _same(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> Array:
    return Array(array.shape, array.data)


def _converted(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> Array:
    """`astype`: integers stay the same as numbers of another kind."""
    kind = str([*args, kwargs.get("dtype")][0]).rpartition(".")[2]
    is_number = kind.startswith(("int", "uint", "float"))
    are_integers = all(type(number) is int for number in numbers_of(array) or [None])
    return Array(array.shape, array.data if is_number and are_integers else None)


def _changed(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> Array:
    return Array(array.shape)


def _reshape(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> Any:
    shape = args[0] if len(args) == 1 and isinstance(args[0], list | tuple) else tuple(args)
    return Array(reshaped(array.shape, tuple(shape)))


def reshaped(shape: tuple[Any, ...], wanted: tuple[Any, ...]) -> tuple[Any, ...]:
    """The shape after a reshape, with a -1 replaced by the remaining size."""
    if -1 not in [dim for dim in wanted if isinstance(dim, int)]:
        return wanted
    rest = product([dim for dim in wanted if not (isinstance(dim, int) and dim == -1)])
    missing: Any = product(shape)
    missing = missing // rest if not isinstance(rest, int) or rest else Unknown("?")
    return tuple([missing if isinstance(dim, int) and dim == -1 else dim for dim in wanted])


def product(dims: Iterable[Any]) -> Any:
    """The number of elements; an unknown if it is too large for any array."""
    count: Any = 1
    for dim in dims:
        count = count * dim if isinstance(dim, int | Unknown) else Unknown("?")
        if isinstance(count, int) and count.bit_length() > MAX_BITS:
            return Unknown("?")
    return count


def _flatten(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> Array:
    return Array((product(array.shape),))


def _tolist(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return list(array.data) if isinstance(array.data, list | tuple) else Unknown(array.text)


def _transpose(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> Array:
    axes = args[0] if len(args) == 1 and isinstance(args[0], list | tuple) else args
    return Array(tuple(array.shape[i] for i in axes) if axes else array.shape[::-1])


def numbers_of(value: Any) -> list[Any] | None:
    """The known numbers in an array or in nested lists, in order; None if some are not known.

    >>> numbers_of([[1, 2], (3,)]), numbers_of([1, "a"])
    ([1, 2, 3], None)
    """
    level = [value.data if isinstance(value, Array) else value]
    while any(isinstance(part, list | tuple) for part in level):
        if sum(len(part) for part in level if isinstance(part, list | tuple)) > MAX_COMPUTED:
            return None
        level = [p for part in level for p in (part if isinstance(part, list | tuple) else [part])]
    return level if all(isinstance(part, int | float) for part in level) else None


def _reduction(compute: Callable[[list[Any]], Any]) -> Any:
    """A method that computes one number from all numbers of an array."""

    def method(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> Any:
        numbers = numbers_of(array) if not args and not kwargs else None
        if not numbers:
            return _reduced(run, array, args, kwargs, node)
        run.spend(8 * len(numbers), node)
        return compute(numbers)

    return method


def _reduced(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> Any:
    axis = kwargs.get("axis", args[0] if args else None)
    if isinstance(axis, int) and -len(array.shape) <= axis < len(array.shape):
        axis %= len(array.shape)
        return Array(array.shape[:axis] + array.shape[axis + 1 :])
    return run.unknown(run.source_of(node))


def _as_list(run: Run, array: Array, args: Any, kwargs: Any, node: ast.AST) -> list[Any]:
    return list(array.shape)


_METHODS: dict[str, Any] = {
    **dict.fromkeys(("copy", "numpy", "to_numpy", "cuda"), _same),
    **dict.fromkeys(("view", "clip", "round"), _changed),
    "astype": _converted,
    **dict.fromkeys(("reshape",), _reshape),
    **dict.fromkeys(("flatten", "ravel"), _flatten),
    **dict.fromkeys(("mean", "std", "var"), _reduced),
    "sum": _reduction(sum),
    "max": _reduction(max),
    "min": _reduction(min),
    "argmax": _reduction(lambda numbers: numbers.index(max(numbers))),
    "argmin": _reduction(lambda numbers: numbers.index(min(numbers))),
    "tolist": _tolist,
    "transpose": _transpose,
    "get_shape": _as_list,
}


def sliced(dim: Any, key: slice, run: Run, node: ast.AST) -> Any:
    """The number of elements that a slice takes of an axis of size `dim`."""
    if key == slice(None):
        return dim
    parts = (key.start, key.stop, key.step)
    unknown = first_unknown(parts)
    if unknown is not None:
        return unknown
    is_sliced = key.step != 0 and all(isinstance(part, int | None) for part in parts)
    if is_sliced and isinstance(dim, int) and dim >= 0:
        start, stop, step = key.indices(dim)
        return max(-((start - stop) // step), 0)
    if (
        is_sliced
        and isinstance(dim, Unknown)
        and parts == (key.start, None, None)
        and key.start > 0
    ):
        return dim - key.start
    return run.unknown(run.source_of(node))

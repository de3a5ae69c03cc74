"""Arrays of numbers: their shapes, and their elements if the program lists them."""

from __future__ import annotations

import ast
import math
from itertools import chain, repeat
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.structures import shown
from lstmcount.programs.language.values.operators import binary
from lstmcount.programs.language.values.provided import ForeignType, Native
from lstmcount.programs.language.values.value import Value
from lstmcount.programs.libraries.numpy import attribute_names
from lstmcount.programs.libraries.numpy.changes import copied, forget, replace, set_element
from lstmcount.programs.libraries.numpy.labels import number_of_classes, shared
from lstmcount.programs.libraries.numpy.sizes import broadcast, product, reshaped, sliced
from lstmcount.programs.libraries.numpy.stretching import stretched, unknown_array
from lstmcount.shapes import Unknown

MAX_ELEMENTS = 100_000
MAX_COMPUTED = 1_000  # numbers of a row on which an operator is computed


class Array(Value):
    """A NumPy array or an eager tensor. Dimensions may be unknown; small arrays may have data."""

    strength = 1
    has_unknown_value = True  # known elements are plain numbers
    __slots__ = ("base", "classes", "data", "holds_indices", "shape", "text")

    def __init__(
        self,
        shape: tuple[Any, ...],
        data: Any = None,
        text: str = "array",
        base: Array | None = None,
    ) -> None:
        self.shape = shape
        self.data = data  # nested lists
        self.text = text
        self.base = base  # the array that it shows a part of, whose elements it changes
        self.holds_indices = False  # whether its elements are whole numbers, not truth values
        self.classes = None if base is None else shared(shape, base)

    def __reduce__(self) -> Any:
        return Array, (self.shape, self.data, self.text)

    def __repr__(self) -> str:
        return self.text

    def plain(self) -> Array:
        """The array of a table; the array itself otherwise."""
        return self

    def with_rows(self, rows: Any) -> Array:
        """An array with another number of rows, of the same kind."""
        return Array((rows, *self.shape[1:]))

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name == "shape":
            return self.shape
        if name in ("ndim", "rank"):
            return len(self.shape)
        if name == "size":
            return product(self.shape)
        if name == "T":
            return Array(self.shape[::-1], base=self)
        if name in ("dtype", "values", "_value"):
            return self if name == "values" else "float32"
        method = run.libraries.imported("numpy.ndarray", name)
        if method is MISSING:
            return MISSING

        def call(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
            return run.call(method, [self, *args], kwargs, node)

        return Native(name, call, raw=True)

    def has_unfollowed(self, run: Run, name: str) -> bool:
        return attribute_names.has(name)

    def lacks_followed(self, run: Run, name: str) -> bool:
        return type(self) is Array and attribute_names.lacks(name)

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        if name == "shape" and isinstance(new, int | list | tuple):
            self.take_shape(run, (new,) if isinstance(new, int) else tuple(new), node)

    def take_shape(self, run: Run, shape: tuple[Any, ...], node: ast.AST) -> None:
        """Change the shape in place."""
        forget(run, self, node)
        self.data = None
        self.shape = reshaped(self.shape, shape) or shape

    def set_item(self, run: Run, key: Any, new: Any, node: ast.AST) -> Any:
        set_element(run, self, key, new, node)
        return MISSING

    def in_place(self, run: Run, op: type[ast.operator], value: Any, node: ast.AST) -> Any:
        """`self op= value` changes the array, unless the result has another shape."""
        if isinstance(value, Value) and value.strength > self.strength:
            return MISSING  # a tensor of a model is no part of an array
        result = self.binary(run, op, self, value, node)
        if type(self) is not Array or not isinstance(result, Array) or result.shape != self.shape:
            return MISSING
        replace(run, self, result, node)
        return self

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        if self.data is not None and isinstance(self.data, list | tuple):
            return [
                Array(self.shape[1:], item, base=self) if isinstance(item, list | tuple) else item
                for item in self.data
            ]
        if self.shape and isinstance(self.shape[0], int) and self.shape[0] <= 64:
            return [Array(self.shape[1:], base=self) for _ in range(self.shape[0])]
        return None

    def distinct(self) -> list[Any] | None:
        """The different elements of a row of labels."""
        classes = number_of_classes(self) if len(self.shape) == 1 else None
        return None if classes is None else list(range(classes))

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        """`self[key]`: basic slicing of the shape; an integer also selects from the data."""
        if isinstance(key, int) and isinstance(self.data, list | tuple):
            try:
                element = self.data[key]
            except IndexError as error:
                run.fail(error)
                return run.unknown(run.source_of(node))
            is_row = isinstance(element, list | tuple)
            return Array(self.shape[1:], element, base=self) if is_row else element
        keys = self._keys(key)
        shape = self._shape_of_part(run, keys, node)
        if not shape:
            element = self._element(keys) if shape is not None else None
            return run.unknown(run.source_of(node)) if element is None else element
        is_copy = any(isinstance(each, list | Array) for each in keys)
        part = Array(tuple(shape), base=None if is_copy else self)
        part.holds_indices = self.holds_indices
        return part

    def _shape_of_part(self, run: Run, keys: list[Any], node: ast.AST) -> list[Any] | None:
        """The shape that an index selects; None if its rank is not known."""
        shape: list[Any] = []
        rest = list(self.shape)
        chosen = [part for part in keys if part is not None and not isinstance(part, int | slice)]
        if len(chosen) > 1 or any(isinstance(x, Array) and len(x.shape) != 1 for x in chosen):
            return None
        if chosen and _are_apart(keys):  # what a list selects is then the first axis
            return None
        for part in keys:
            if part is None:
                shape.append(1)
                continue
            if not rest:
                run.fail(IndexError())
            if not rest or isinstance(part, Unknown):  # one number would remove an axis
                return None
            dim = rest.pop(0)
            if isinstance(part, int) and isinstance(dim, int) and not -dim <= part < dim:
                run.fail(IndexError())
            if isinstance(part, slice):
                shape.append(sliced(dim, part, run, node))
            elif not isinstance(part, int):
                count = _indices_in(part)
                shape.append(run.unknown(run.source_of(node)) if count is None else count)
        return shape + rest

    def _keys(self, key: Any) -> list[Any]:
        """The parts of a key, with a slice for each axis that `...` stands for."""
        keys = list(key) if isinstance(key, tuple) else [key]
        at = next((at for at, part in enumerate(keys) if part is Ellipsis), None)
        if at is not None:
            taken = len([part for part in keys if part is not None and part is not Ellipsis])
            keys[at : at + 1] = [slice(None)] * max(len(self.shape) - taken, 0)
        return keys

    def _element(self, keys: list[Any]) -> Any:
        """The element at whole numbers; None if it is not known."""
        element = self.data
        for key in keys:
            if type(key) is not int or not isinstance(element, list | tuple):
                return None
            if not -len(element) <= key < len(element):
                return None
            element = element[key]
        return None if isinstance(element, list | tuple) else element

    def binary(self, run: Run, op: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
        """The elementwise result, with the broadcast shape."""
        left, right = map(as_array, (left, right))
        shapes = [operand.shape for operand in (left, right) if isinstance(operand, Array)]
        if op is ast.MatMult:
            is_plain = len(shapes) == 2 and all(len(shape) in (1, 2) for shape in shapes)
            inner = [shapes[0][-1], shapes[1][0]] if is_plain else []
            if all(isinstance(size, int) for size in inner) and len({*inner}) > 1:
                return refused(run, node)
            product = (*shapes[0][:-1], *shapes[1][1:]) if is_plain else ()
            return Array(product) if product else run.unknown(run.source_of(node))
        if (data := _computed(run, op, left, right, node)) is not None:
            return Array((len(data),), data)
        return of_operator(run, [left, right], node)

    def compare(self, run: Run, op: type[ast.cmpop], left: Any, right: Any, node: ast.AST) -> Any:
        """A mask of unknown elements."""
        both = self.binary(run, ast.Add, left, right, node)
        return Array(both.shape, text=run.source_of(node)) if isinstance(both, Array) else both

    def unary(self, run: Run, op: type[ast.unaryop], node: ast.AST) -> Any:
        return self if op is ast.UAdd else Array(self.shape)

    def type_of(self) -> Any:
        return ForeignType(f"type({shown(self)})")

    def truth(self, run: Run) -> Unknown:
        return Unknown(shown(self))

    def length(self, run: Run, node: ast.AST) -> Any:
        if not isinstance(self.shape, tuple) or not self.shape:
            return MISSING
        size = self.shape[0]
        return size if isinstance(size, int) else run.unknown(str(size))


def refused(run: Run, node: ast.AST) -> Any:
    """What an operation gives for arrays whose shapes NumPy refuses."""
    run.fail(ValueError())
    return run.unknown(run.source_of(node))


def of_operator(run: Run, operands: list[Any], node: ast.AST) -> Any:
    """The result of an operator on arrays, or on an array and a number or unknown."""
    other = unknown_array(run, operands, node)
    shapes = [value.shape for value in operands if isinstance(value, Array)]
    shape = broadcast([stretched(shape, other) for shape in shapes])
    return refused(run, node) if shape is None else Array(shape)


def of_shape(run: Run, array: Array, shape: tuple[Any, ...], node: ast.AST) -> Any:
    """The array in another shape."""
    shape_of_result = reshaped(array.shape, shape)
    return refused(run, node) if shape_of_result is None else Array(shape_of_result, base=array)


def _are_apart(keys: list[Any]) -> bool:
    """Whether a slice or a new axis stands between indices."""
    places = [at for at, key in enumerate(keys) if key is not None and not isinstance(key, slice)]
    return places != list(range(places[0], places[-1] + 1))


def _indices_in(index: Any) -> int | Unknown | None:
    """The number of indices in a list or array that selects by position; None for others."""
    listed = index.data if isinstance(index, Array) else index
    if isinstance(listed, list) and all(type(number) is int for number in listed):
        return len(listed)
    if isinstance(index, Array) and index.holds_indices and len(index.shape) == 1:
        size: int | Unknown = index.shape[0]
        return size
    return None


def _computed(run: Run, op: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
    """The results of an operator on short rows of numbers, or on one and a number; else None."""
    rows = [x.data for x in (left, right) if isinstance(x, Array)]
    numbers = [x for x in (left, right) if not isinstance(x, Array)]
    if not all(isinstance(row, list) and len(row) == len(rows[0] or ()) for row in rows):
        return None
    if not all(isinstance(number, int | float) for number in [*numbers, *chain(*rows)]):
        return None
    if len(rows[0]) > MAX_COMPUTED or len(rows) + len(numbers) < 2:
        return None
    run.spend(8 * len(rows[0]), node)
    lefts, rights = (x.data if isinstance(x, Array) else repeat(x) for x in (left, right))
    return [binary(run, op, one, other, node) for one, other in zip(lefts, rights, strict=False)]


def from_data(data: Any) -> Array | None:
    """An array of copies of nested lists; None if they are ragged or contain unknowns."""
    shape: list[int] = []
    level = data
    while isinstance(level, list | tuple):
        shape.append(len(level))
        if not level:
            break
        level = level[0]
    if math.prod(shape) > MAX_ELEMENTS or not _is_regular(data, shape):
        return None
    return Array(tuple(shape), copied(data))


def as_array(value: Any) -> Any:
    """The array of a list of numbers; any other value as it is."""
    return from_data(value) or value if isinstance(value, list | tuple) else value


def _is_regular(data: Any, shape: list[int]) -> bool:
    if not shape:
        return data is None or isinstance(data, int | float | complex | str | bytes)
    if not isinstance(data, list | tuple) or len(data) != shape[0]:
        return False
    return all(_is_regular(item, shape[1:]) for item in data)


def keeps_numbers(dtype: Any) -> bool:
    """Whether an array of this dtype has the same small whole numbers; None changes nothing."""
    return dtype is None or str(dtype).rpartition(".")[2].startswith(("int", "uint", "float"))


def of_dtype(data: Any, dtype: Any) -> Any:
    """A copy of nested lists with the numbers as this dtype has them; None if not known."""
    kind = str(dtype).rpartition(".")[2]
    if dtype is None:
        return copied(data)
    numbers = numbers_of(data)
    if not numbers or not kind.startswith(("int", "uint", "float")):
        return None
    is_narrow = not kind.startswith("float") and kind not in ("int", "int32", "int64", "int_")
    if is_narrow and not all(0 <= number < 128 for number in numbers):
        return None
    if kind.startswith("float") or all(type(number) is int for number in numbers):
        return copied(data) if all(type(number) is not bool for number in numbers) else None
    is_row = len(data) == len(numbers) and all(map(math.isfinite, numbers))
    return [int(number) for number in data] if is_row else None


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

"""Dimensions and shapes: integers, an absorbing unknown, and whatever else knows arithmetic.

A `Shape` is a tuple of dimensions, the batch first. In calls of layers a tuple is always one
tensor's shape; several tensors stand in a list or a dict.
"""

from __future__ import annotations

from itertools import chain
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.structures import leaves

Dim = int
Shape = tuple[Dim, ...]
Shapes = Any  # a Shape, or lists and dicts of them


class Unknown:
    """An unknown dimension; everything computed from it is unknown, too.

    >>> UNKNOWN * 4 + 1
    ?
    >>> (UNKNOWN - 3) // 2
    ?
    """

    __slots__ = ("text",)
    __array_ufunc__ = None  # makes NumPy leave operators to this class

    def __init__(self, text: str | None = None) -> None:
        self.text = text  # the missing value in the words of the source

    def __reduce__(self) -> Any:
        return "UNKNOWN" if self is UNKNOWN else (Unknown, (self.text,))

    def __setstate__(self, state: object) -> None:
        raise TypeError("an unknown has no state, so that no pickle changes the one of all modules")

    def _absorb(self, *_: object) -> Unknown:
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _absorb
    __floordiv__ = __rfloordiv__ = __truediv__ = __rtruediv__ = _absorb
    __mod__ = __rmod__ = __pow__ = __rpow__ = __neg__ = __abs__ = _absorb

    def _undecided(self, _: object) -> bool:
        raise LstmcountError(f"this depends on `{self}`, which is not known")

    __lt__ = __le__ = __gt__ = __ge__ = _undecided

    def __format__(self, spec: str) -> str:
        return "?" if spec else str(self)

    def __repr__(self) -> str:
        return self.text or "?"


UNKNOWN: Any = Unknown()
FREE_SIZE = "what was computed with a free dimension"  # the text of such a size in a program


def known(dim: Dim) -> bool:
    return not isinstance(dim, Unknown)


def not_negative(dim: Dim) -> Dim:
    """0 for a negative number; other numbers, unknowns and symbols are unchanged."""
    return 0 if isinstance(dim, int) and dim < 0 else dim


def shape_of(dims: Any) -> Shape:
    """A list as files write it (`null` for unknown) as a `Shape`.

    >>> shape_of([None, 5, 126])
    (?, 5, 126)
    """
    return tuple(UNKNOWN if dim is None else dim for dim in dims)


def file_shapes(value: Any) -> Any:
    """Decode shapes in files: lists, or tuples and tensor shapes as Keras serialises them.

    >>> file_shapes({"a": [None, 5], "b": {"class_name": "__tuple__", "items": [2, 3]}})
    {'a': (?, 5), 'b': (2, 3)}
    """
    if isinstance(value, dict) and isinstance(value.get("items"), list):
        value = value["items"]
    if isinstance(value, dict):
        return {key: file_shapes(item) for key, item in value.items()}
    if isinstance(value, tuple) or not isinstance(value, list):
        return value if isinstance(value, tuple) else None
    if all(dim is None or isinstance(dim, int) for dim in value):
        return shape_of(value)
    return [file_shapes(item) for item in value]


def public(shapes: Shapes) -> Any:
    """`shapes` as the public API shows them: `None` for unknown.

    >>> public([(UNKNOWN, 5), (UNKNOWN, 3)])
    [(None, 5), (None, 3)]
    """
    if isinstance(shapes, tuple):
        rest = shapes[1:]
        if Unknown in map(type, rest):
            return tuple([None if type(dim) is Unknown else dim for dim in shapes])
        return (None, *rest) if shapes and type(shapes[0]) is Unknown else shapes
    if isinstance(shapes, list):
        return list(map(public, shapes))
    if isinstance(shapes, dict):
        return {key: public(shape) for key, shape in shapes.items()}
    return shapes


def flatten(shapes: Shapes) -> list[Shape]:
    """The shapes of a structure in Keras's order: lists as they stand, dicts by sorted key."""
    if type(shapes) is tuple:
        return [shapes]
    return [shape for shape in leaves(shapes) if shape is not None]


def outputs_in(output: Shapes) -> list[Any]:
    """Every output of a call, in Keras's order; None for an unknown one.

    >>> outputs_in({"b": (UNKNOWN, 5), "a": None}), outputs_in(None)
    ([None, (?, 5)], [])
    """
    if type(output) is tuple:
        return [output]
    return [] if output is None else leaves(output)


def is_known(shapes: Shapes) -> bool:
    return type(shapes) is tuple or all(type(shape) is tuple for shape in leaves(shapes))


def show(shapes: Shapes) -> str:
    """
    >>> show((UNKNOWN, 5, 126))
    '(None, 5, 126)'
    """
    return str(public(shapes))


def are_same(shapes: list[Shape], others: list[Shape]) -> bool:
    """Whether the dimensions are the same; symbols and arrays are compared by identity."""
    if len(shapes) == len(others) and all(a is b for a, b in zip(shapes, others, strict=True)):
        return True  # also for a completely unknown shape
    if not all(isinstance(shape, tuple) for shape in (*shapes, *others)):
        return False
    if list(map(len, shapes)) != list(map(len, others)):
        return False
    pairs = zip(chain(*shapes), chain(*others), strict=True)
    return all(a is b or (isinstance(a, int) and isinstance(b, int) and a == b) for a, b in pairs)


def are_compatible(want: Shape, got: Shape) -> bool:
    """Whether Keras takes shapes as equal: it ignores a last axis of 1, and ranks may differ."""
    want, got = (shape[:-1] if shape[-1:] == (1,) else shape for shape in (want, got))
    return all(
        a == b or isinstance(a, Unknown) or isinstance(b, Unknown)
        for a, b in zip(want[1:], got[1:], strict=False)
    )

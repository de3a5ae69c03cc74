"""Python's types as functions (`int`, `list`, …), and `type`, `isinstance` and `issubclass`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from lstmcount.programs.language.run import MISSING, PYTHON_ERRORS, Run
from lstmcount.programs.language.structures import first_unknown, unknown_in_key
from lstmcount.programs.language.values.elements import items, like
from lstmcount.programs.language.values.natives import provides, unknown, unknown_call
from lstmcount.programs.language.values.operators import hashed, truth_of
from lstmcount.programs.language.values.provided import Namespace, Native
from lstmcount.programs.language.values.unknowns import (
    UnknownChanged,
    UnknownJoined,
    UnknownRepetition,
)
from lstmcount.programs.language.values.value import Value, inner_of
from lstmcount.shapes import Unknown

MAX_DIGITS = 10_000  # longest text that is converted to a number
_PLAIN = (int, float, complex, str, bytes, range, slice, type(None), type(Ellipsis))
TABLE: dict[str, Any] = {}


def is_plain(value: Any) -> bool:
    """Whether a value contains only Python's own types, so that it prints as in Python."""
    todo = [value]
    while todo:
        part = todo.pop()
        if type(part) in (list, tuple, set, frozenset):
            todo += part
        elif type(part) is dict:
            todo += [*part, *part.values()]
        elif not isinstance(part, _PLAIN):
            return False
    return True


def conversion(name: str, convert: Callable[..., Any]) -> Any:
    """A function that converts numbers and short texts to numbers."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        if args and isinstance(args[0], Value):
            result = args[0].operation(run, name, node)
            if result is not MISSING:
                return result
            args = [inner_of(args[0]), *args[1:]]
        result = first_unknown(args)
        if result is not None:
            run.may_fail(node, "ValueError", "TypeError")
            return result
        if not is_plain(args) or (args and isinstance(args[0], str) and len(args[0]) > MAX_DIGITS):
            return unknown_call(run, args, node, name)
        try:
            return convert(*args, **kwargs)
        except PYTHON_ERRORS as error:
            run.fail(error)
            raise

    return function


to_int, to_float = conversion("int", int), conversion("float", float)
provides(TABLE, "int", "long")(to_int)
provides(TABLE, "float")(to_float)


@provides(TABLE, "bool")
def _bool(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return truth_of(run, args[0]) if args else False


@provides(TABLE, "str", "unicode")
def _str(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    if len(args) > 1 or kwargs:
        return run.unknown(run.source_of(node))  # decodes bytes
    return printed(run, args, node, str) if args else ""


def printed(run: Run, args: list[Any], node: ast.AST, convert: Callable[[Any], str]) -> Any:
    """`str(value)` or `repr(value)` of a plain value."""
    (value,) = args
    if isinstance(value, Value):
        result = value.operation(run, convert.__name__, node)
        return run.unknown(run.source_of(node)) if result is MISSING else result
    result = first_unknown(value)
    if result is not None:
        return result
    if not is_plain(value):
        return run.unknown(run.source_of(node))
    text = convert(value)
    run.spend(len(text), node)
    return text


@provides(TABLE, "list")
def _list(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return elements(run, args, node, "list")


def elements(run: Run, args: list[Any], node: ast.AST, name: str, *, in_order: bool = True) -> Any:
    """The argument's elements as a list; the argument itself if it is unknown."""
    if not args:
        return []
    values = items(run, args[0], node, in_order=in_order)
    if values is None:
        return args[0] if isinstance(args[0], Unknown) else unknown_call(run, args, node, name)
    run.spend(len(values), node)
    return values


@provides(TABLE, "tuple")
def _tuple(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    values = elements(run, args, node, "tuple")
    return values if isinstance(values, Unknown) else tuple(values)


@provides(TABLE, "set")
def _set(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    if args and isinstance(args[0], UnknownRepetition | UnknownJoined):
        return args[0]
    if args and isinstance(args[0], UnknownChanged):
        return run.unknown(run.source_of(node))
    if args and isinstance(args[0], Unknown):  # the number of distinct elements is unknown, too
        return run.unknown(f"set({args[0]})")
    if args and isinstance(args[0], Value) and (distinct := args[0].distinct()) is not None:
        return set(distinct)
    values = elements(run, args, node, "set", in_order=False)
    return values if isinstance(values, Unknown) else hashed(run, values, node)


@provides(TABLE, "frozenset")
def _frozenset(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    values = _set(run, args, kwargs, node)
    return values if isinstance(values, Unknown) else frozenset(values)


@provides(TABLE, "dict", "OrderedDict")
def _dict(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    if not args:
        return dict(kwargs)
    value = inner_of(args[0])
    if isinstance(value, Value) and (entries := value.entries()) is not None:
        return entries | kwargs
    if isinstance(value, dict):
        run.spend(len(value), node)
        return like(run, value, {**value, **kwargs})
    from_pairs = pairs(run, args[0], node)
    if from_pairs is None:
        return unknown_call(run, args, node, "dict")
    return like(run, from_pairs, {**from_pairs, **kwargs})


def pairs(run: Run, value: Any, node: ast.AST) -> dict[Any, Any] | None:
    """The dict with these key-value pairs; None if the pairs are unknown."""
    entries = items(run, value, node)
    if entries is None:
        return None
    run.spend(len(entries), node)
    parts: list[Any] = [items(run, pair, node) for pair in entries]
    known = [(key, value) for key, value in parts if unknown_in_key(key) is None]
    made = dict(known)
    if len(known) < len(parts):
        run.spoil(made, node)
    return made


@provides(TABLE, "range", "xrange")
def _range(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    unknown_argument = first_unknown(args)
    if unknown_argument is not None:
        return unknown_argument
    if any(isinstance(arg, float) and not arg.is_integer() for arg in args):
        return run.unknown(run.source_of(node))
    numbers = range(*[int(arg) if isinstance(arg, float) else arg for arg in args])
    len(numbers)  # raises OverflowError if the range is too long: the result is then unknown
    return numbers


@provides(TABLE, "slice")
def _slice(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return slice(*args)


@provides(TABLE, "object")
def _object(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return Namespace({})


provides(TABLE, "bytes", "bytearray", "memoryview", "complex")(unknown)


# -- questions about types ----------------------------------------------------------------------

TYPES: dict[Native, type] = {
    TABLE[kind.__name__]: kind
    for kind in (
        int, float, complex, bool, str, bytes, bytearray, list, tuple, set, frozenset, dict,
        range, slice, object,
    )
}  # fmt: skip
TYPES |= {TABLE["long"]: int, TABLE["unicode"]: str, TABLE["xrange"]: range}
_TYPE_OF: dict[type, Native] = {
    kind: TABLE[kind.__name__] for kind in TYPES.values() if kind is not object
}


NAMES_OF_TYPES = {kind: frozenset(dir(kind)) for kind in (*_TYPE_OF, type(None))}


for _native, _kind in TYPES.items():
    _native.plain = _kind


class _TypeOfTypes(Native):
    def has_instance(self, value: Any) -> Any:
        return isinstance(value, Value) and value.is_class


def _type(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    if len(args) == 3:
        return run.create_class(None, args, kwargs, node)
    (value,) = args
    if id(value) in run.library_types:
        return run.library_types[id(value)][1]
    kind = value.type_of() if isinstance(value, Value) else _TYPE_OF.get(type(value))
    return kind or Unknown(run.source_of(node))


TABLE["type"] = _TypeOfTypes("type", _type, raw=True)
TABLE["type"].plain = type


@provides(TABLE, "isinstance")
def _isinstance(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    value, kinds = args
    result = is_instance(value, kinds)
    is_of_kind = isinstance(result, Unknown) and result is not value
    return run.unknown(run.source_of(node)) if is_of_kind else result


def is_instance(value: Any, kinds: Any) -> Any:
    """Whether a value is of one of the kinds, or the unknown that this depends on."""
    return value if isinstance(value, Unknown) else _any_kind(_is_a, value, kinds)


@provides(TABLE, "issubclass")
def _issubclass(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    value, kinds = args
    return value if isinstance(value, Unknown) else _any_kind(_is_subclass, value, kinds)


def _any_kind(is_one: Callable[[Any, Any], Any], value: Any, kinds: Any) -> Any:
    results = []
    for kind in kinds if isinstance(kinds, tuple) else (kinds,):
        nested = isinstance(kind, tuple)
        results.append(_any_kind(is_one, value, kind) if nested else is_one(value, kind))
    if any(result is True for result in results):
        return True
    return next((result for result in results if isinstance(result, Unknown)), False)


def _is_a(value: Any, kind: Any) -> Any:
    if isinstance(kind, Value):
        return kind.has_instance(value)
    return kind if isinstance(kind, Unknown) else False


def _is_subclass(value: Any, kind: Any) -> Any:
    if isinstance(kind, Unknown):
        return kind
    return value.is_subclass(kind) if isinstance(value, Value) else False

"""Methods of Python's own types that programs use while they build a model.

The tables hold each method under its type and its Python name. A method that is not in a table is
unknown: no attribute is ever looked up on a value by a name from a program.
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from lstmcount.programs.language import deques, text_methods
from lstmcount.programs.language.builtin_types import TYPES, pairs
from lstmcount.programs.language.elements import items, note_choice
from lstmcount.programs.language.operators import MAX_LENGTH
from lstmcount.programs.language.ordering import ordered
from lstmcount.programs.language.provided import Native
from lstmcount.programs.language.run import MISSING, Run, inner_of
from lstmcount.programs.language.structures import first_unknown
from lstmcount.programs.language.text_methods import Handler
from lstmcount.programs.language.views import view
from lstmcount.shapes import Unknown


def method(run: Run, value: Any, name: str, node: ast.AST) -> Any:
    """The method of a plain value, bound to it; MISSING if the reader does not have it."""
    if isinstance(value, tuple) and name in ("as_list", "rank", "ndims", "dims"):
        return Native(name, lambda: list(value)) if name == "as_list" else len(value)
    if isinstance(value, int) and name in ("value", "real", "numerator"):
        return value  # `dimension.value` of TensorFlow 1
    part = _PARTS.get((type(value), name))
    if part is not None:
        return part(value)
    for kind in type(value).__mro__:
        handler = _HANDLERS.get((kind, name))
        if handler is not None:
            return Native(name, _bound(handler, value), raw=True)
        plain = _PLAIN.get(kind, {}).get(name)
        if plain is not None:
            if kind is str or name in _LINEAR_METHODS:
                run.weigh(node, value)
            return Native(name, partial(plain, value))
    return MISSING


def _methods_of_type(native: Native, kind: type) -> Callable[[str], Any]:
    """The methods of a type as functions: `str.lower`, `dict.fromkeys`; MISSING for others."""

    def member(name: str) -> Any:
        class_method = _CLASS_METHODS.get((kind, name))
        if class_method is not None:
            return class_method
        if any((base, name) in _HANDLERS or name in _PLAIN.get(base, {}) for base in kind.__mro__):
            return Native(f"{native.name}.{name}", _unbound(kind, name), raw=True)
        return MISSING

    return member


def _bound(handler: Handler, value: Any) -> Any:
    def function(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        return handler(run, value, args, kwargs, node)

    return function


def _unbound(kind: type, name: str) -> Any:
    """A method as a function of its object: `str.lower(text)`."""

    def function(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        value, *rest = inner_of(args[0]), *args[1:]
        if not isinstance(value, kind):
            return run.unknown(run.source_of(node))
        return run.call(method(run, value, name, node), rest, kwargs, node)

    return function


# -- lists, dicts and sets ------------------------------------------------------------------------


def _accepting_unknowns(plain: Callable[..., Any]) -> Handler:
    """A method that accepts unknown arguments."""

    def function(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
        return plain(value, *args, **kwargs)

    return function


def _at_key(plain: Callable[..., Any]) -> Handler:
    """A method whose first argument is a key, an index or an element."""

    def function(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
        if args and isinstance(args[0], Unknown):
            run.spoil(value, node)
            return run.unknown(run.source_of(node))
        try:
            return plain(value, *args, **kwargs)
        except (LookupError, ValueError) as error:
            run.fail(error, value)
            raise

    return function


def _shifting(plain: Callable[..., Any]) -> Handler:
    """A method that Python computes in time in proportion to the value's length."""

    def function(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
        run.weigh(node, value)
        return _at_key(plain)(run, value, args, kwargs, node)

    return function


def _of_range(plain: Callable[..., int]) -> Handler:
    """A method of ranges; Python would compare other values than integers with every element."""

    def function(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
        if not all(isinstance(arg, int) for arg in args):
            return run.unknown(run.source_of(node))
        return Native(plain.__name__, partial(plain, value)).call(run, args, kwargs, node)

    return function


def _spoiling(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """A method that changes the value in a way that is not followed."""
    run.spoil(value, node)
    return run.unknown(run.source_of(node))


def _extend(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    more = items(run, args[0], node)
    if more is not None:
        run.spend(len(more), node)
        if len(value) + len(more) <= MAX_LENGTH:
            value.extend(more)
    else:
        run.spoil(value, node)


def _insert(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    run.spend(len(value), node)
    value.insert(*args)


def _extend_left(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    added: list[Any] = []
    _extend(run, added, args, kwargs, node)
    if id(added) in run.spoiled:
        run.spoil(value, node)
    value[:0] = added[::-1]


def _sort(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    """Sort a list in place. If the order is unknown, all elements become unknown."""
    try:
        in_order = run.unknown(run.source_of(node)) if args else ordered(run, value, kwargs, node)
    except TypeError:  # elements that Python cannot compare
        in_order = Unknown(run.source_of(node))
    value[:] = [in_order] * len(value) if isinstance(in_order, Unknown) else in_order


def _move_to_end(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
    key, is_last = [*args, kwargs.get("last", True)][:2]
    if first_unknown([key, is_last]) is not None:
        return _spoiling(run, value, args, kwargs, node)
    run.weigh(node, value)
    moved = {key: value.pop(key)}
    entries = {**value, **moved} if is_last else {**moved, **value}
    value.clear()
    value.update(entries)
    return None


def _pop_item(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
    is_last = [*args, kwargs.get("last", True)][0]
    if value and is_last is False:
        key = next(iter(value))
        return key, value.pop(key)
    try:
        return value.popitem()
    except KeyError as error:
        run.fail(error, value)
        raise


def _most_common(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
    number = next(iter((*args, *kwargs.values())), None)
    if isinstance(number, Unknown) or first_unknown(list(value.values())) is not None:
        return run.unknown(run.source_of(node))
    run.weigh(node, value)
    return value.most_common(number)


def _count(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    """`Counter.update`: count the elements of the arguments, or add the counts of dicts."""
    for other in args:
        more = other if isinstance(other, dict) else items(run, other, node)
        if more is None or first_unknown(list(more)) is not None:
            run.spoil(value, node)
        else:
            run.weigh(node, more)
            value.update(more)


def _get(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
    key, default = [*args, None][:2]
    if isinstance(key, Unknown):
        note_choice(run, value, key, node)
        return run.unknown(run.source_of(node))
    return value.get(key, kwargs.get("default", default))


def _update(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    for other in (*args, kwargs):
        if isinstance(other, dict):
            run.spend(len(other), node)
            value.update(other)
        else:
            entries = pairs(run, other, node)
            value.update(entries or {})
            if entries is None:
                run.spoil(value, node)


def _update_set(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    for other in args:
        more = items(run, other, node)
        run.spend(len(more or ()), node)
        value.update([Unknown(run.source_of(node))] if more is None else more)


def _fromkeys(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    keys = items(run, args[0], node)
    if keys is None:
        return run.unknown(run.source_of(node))
    run.spend(len(keys), node)
    return dict.fromkeys(keys, *args[1:])


# -- the tables -----------------------------------------------------------------------------------

_HANDLERS: dict[tuple[type, str], Handler] = {
    (range, "count"): _of_range(range.count),
    (range, "index"): _of_range(range.index),
    (list, "append"): _accepting_unknowns(list.append),
    (list, "appendleft"): lambda run, value, args, *rest: _insert(run, value, [0, *args], *rest),
    (list, "extend"): _extend,
    (list, "extendleft"): _extend_left,
    (list, "insert"): _insert,
    (list, "pop"): _at_key(list.pop),
    (list, "popleft"): _at_key(deques.pop_left),
    (list, "remove"): _shifting(list.remove),
    (list, "rotate"): _shifting(deques.rotate),
    (list, "sort"): _sort,
    (dict, "__delitem__"): _at_key(dict.__delitem__),
    (dict, "__getitem__"): _at_key(dict.__getitem__),
    (dict, "__setitem__"): _at_key(dict.__setitem__),
    (dict, "get"): _get,
    (dict, "items"): view(dict.items),
    (dict, "keys"): view(dict.keys),
    (dict, "pop"): _at_key(dict.pop),
    (dict, "setdefault"): _at_key(dict.setdefault),
    (dict, "update"): _update,
    (dict, "values"): view(dict.values),
    (Counter, "most_common"): _most_common,
    (Counter, "update"): _count,
    (Counter, "subtract"): _spoiling,
    (dict, "move_to_end"): _move_to_end,
    (dict, "popitem"): _pop_item,
    (set, "add"): _accepting_unknowns(set.add),
    (set, "pop"): _accepting_unknowns(set.pop),
    (set, "remove"): _at_key(set.remove),
    (set, "discard"): _at_key(set.discard),
    (set, "update"): _update_set,
    (set, "difference_update"): _spoiling,
    (set, "intersection_update"): _spoiling,
    (set, "symmetric_difference_update"): _spoiling,
    (str, "encode"): text_methods.in_codec(str.encode),
    (str, "format"): text_methods.format,
    (str, "join"): text_methods.join,
    (str, "replace"): text_methods.replace,
    (str, "translate"): text_methods.translate,
    (str, "expandtabs"): text_methods.expand_tabs,
    (int, "to_bytes"): text_methods.to_bytes,
    (bytes, "decode"): text_methods.in_codec(bytes.decode),
    **{
        (str, plain.__name__): text_methods.padded(plain)
        for plain in (str.zfill, str.ljust, str.rjust, str.center)
    },
    **{
        (str, plain.__name__): text_methods.searching_from_right(plain)
        for plain in (str.rfind, str.rindex, str.rsplit, str.rpartition)
    },
}


def _named(*methods: Callable[..., Any]) -> dict[str, Callable[..., Any]]:
    return {plain.__name__: plain for plain in methods}


_PLAIN: dict[type, dict[str, Callable[..., Any]]] = {
    str: _named(
        str.capitalize, str.casefold, str.count, str.endswith, str.find, str.index, str.isalnum,
        str.isalpha, str.isdecimal, str.isdigit, str.isidentifier, str.islower, str.isnumeric,
        str.isspace, str.istitle, str.isupper, str.lower, str.lstrip, str.partition,
        str.removeprefix, str.removesuffix, str.rstrip, str.split, str.splitlines,
        str.startswith, str.strip, str.swapcase, str.title, str.upper,
    ),
    list: _named(list.copy, list.count, list.index, list.reverse, list.clear),
    tuple: _named(tuple.count, tuple.index),
    dict: _named(dict.copy, dict.clear),
    set: _named(
        set.clear, set.copy, set.difference, set.intersection, set.isdisjoint, set.issubset,
        set.issuperset, set.symmetric_difference, set.union,
    ),
    frozenset: _named(
        frozenset.copy, frozenset.difference, frozenset.intersection, frozenset.issubset,
        frozenset.issuperset, frozenset.union,
    ),
    int: _named(int.bit_length, int.conjugate),
    float: _named(float.is_integer, float.conjugate),
}  # fmt: skip
_PARTS: dict[tuple[type, str], Callable[[Any], Any]] = {
    (slice, "start"): lambda value: value.start,
    (slice, "stop"): lambda value: value.stop,
    (slice, "step"): lambda value: value.step,
    (range, "start"): lambda value: value.start,
    (range, "stop"): lambda value: value.stop,
    (range, "step"): lambda value: value.step,
    (float, "real"): lambda value: value,
    (complex, "real"): lambda value: value.real,
    (complex, "imag"): lambda value: value.imag,
}
_LINEAR_METHODS = ("count", "index", "copy", "reverse")


def _new_object(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    cls = args[0]
    return run.call(cls.inherited(run, "__new__"), [cls], {}, node)


def _set_attribute(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`object.__setattr__(value, name, new)`, without the method of the value's class."""
    value, name, new = args
    method = value.inherited(run, "__setattr__")
    if method is MISSING:
        return value.set_attribute(run, name, new, node)
    return run.call(method, [name, new], {}, node)


def _get_attribute(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    value, name = args
    attribute = value.attribute(run, name, node)
    if attribute is MISSING:
        run.fail(AttributeError())
        return run.unknown(run.source_of(node))
    return attribute


_CLASS_METHODS: dict[tuple[type, str], Native] = {
    (object, "__new__"): Native("object.__new__", _new_object, raw=True),
    (object, "__init__"): Native("object.__init__", lambda *args, **kwargs: None),
    (object, "__setattr__"): Native("object.__setattr__", _set_attribute, raw=True),
    (object, "__getattribute__"): Native("object.__getattribute__", _get_attribute, raw=True),
    (str, "maketrans"): Native("str.maketrans", str.maketrans),
    (dict, "fromkeys"): Native("dict.fromkeys", _fromkeys, raw=True),
    (int, "from_bytes"): Native("int.from_bytes", text_methods.from_bytes, raw=True),
}

for _native, _kind in TYPES.items():
    _native.members = _methods_of_type(_native, _kind)

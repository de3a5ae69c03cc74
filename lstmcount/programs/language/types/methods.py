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

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.types import container_methods as containers
from lstmcount.programs.language.types import deques, text_methods
from lstmcount.programs.language.types.builtin_types import TYPES
from lstmcount.programs.language.types.text_methods import Handler
from lstmcount.programs.language.values.callbacks import CHANGING
from lstmcount.programs.language.values.elements import like
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.value import inner_of
from lstmcount.programs.language.values.views import view


def method(run: Run, value: Any, name: str, node: ast.AST) -> Any:
    """The method of a plain value, bound to it; MISSING if the reader does not have it."""
    found = _method(run, value, name, node)
    if name in CHANGING and run.is_open(value):
        run.note_change_of_open(value, node)
    if id(value) in run.library_types and isinstance(found, Native):
        return _OfKept(found, value)
    return found


def _method(run: Run, value: Any, name: str, node: ast.AST) -> Any:
    if isinstance(value, tuple) and name in ("as_list", "rank", "ndims", "dims"):
        return Native(name, lambda: list(value)) if name == "as_list" else len(value)
    if isinstance(value, int) and name in ("value", "real", "numerator"):
        return value  # `dimension.value` of TensorFlow 1
    if value is None and name == "value":
        return None
    part = _PARTS.get((type(value), name))
    if part is not None:
        return part(value)
    for kind in type(value).__mro__:
        handler = _HANDLERS.get((kind, name))
        if handler is not None:
            return _MethodOf(name, handler, value)
        plain = _PLAIN.get(kind, {}).get(name)
        if plain is not None and run.is_open(value):
            return Native(name, partial(_of_open, plain, value), raw=True)
        if plain is not None:
            if kind is str or name in _LINEAR_METHODS:
                run.weigh(node, value)
            return Native(name, partial(plain, value))
    return MISSING


def _of_open(plain: Handler, value: Any, run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """A method of a container with unknown elements."""
    if plain.__name__ == "copy":
        return like(run, value, value.copy())
    if plain.__name__ == "clear":
        del run.spoiled[id(value)]
        return value.clear()
    return run.unknown(run.source_of(node))


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


class _MethodOf(Native):
    """A method of a plain value."""

    __slots__ = ("value",)

    def __init__(self, name: str, handler: Handler, value: Any) -> None:
        def function(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
            return handler(run, value, args, kwargs, node)

        super().__init__(name, function, raw=True)
        self.value = value

    def may_be_called(self, run: Run, node: ast.AST, seen: set[ast.AST]) -> None:
        if self.name in CHANGING:
            run.spoil(self.value, node)

    def call_with_rest(self, run: Run, rest: str, node: ast.AST) -> Any:
        if isinstance(self.value, list | dict | set):
            run.spoil(self.value, node)
        return super().call_with_rest(run, rest, node)


class _OfKept(Native):
    """A method of a container that a library keeps, which is told what the method changes."""

    __slots__ = ("method",)

    def __init__(self, method: Native, value: Any) -> None:
        def function(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
            args = run.note_change(value, method.name, args, kwargs, node)
            return run.call(method, args, kwargs, node)

        super().__init__(method.name, function, raw=True)
        self.method = method

    def may_be_called(self, run: Run, node: ast.AST, seen: set[ast.AST]) -> None:
        self.method.may_be_called(run, node, seen)

    def call_with_rest(self, run: Run, rest: str, node: ast.AST) -> Any:
        return self.method.call_with_rest(run, rest, node)


def _unbound(kind: type, name: str) -> Any:
    """A method as a function of its object: `str.lower(text)`."""

    def function(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        value, *rest = inner_of(args[0]), *args[1:]
        if not isinstance(value, kind):
            return run.unknown(run.source_of(node))
        return run.call(method(run, value, name, node), rest, kwargs, node)

    return function


# -- the tables -----------------------------------------------------------------------------------

_HANDLERS: dict[tuple[type, str], Handler] = {
    (list, "count"): containers.searching(list.count),
    (list, "index"): containers.searching(list.index),
    (tuple, "count"): containers.searching(tuple.count),
    (tuple, "index"): containers.searching(tuple.index),
    (range, "count"): containers.of_range(range.count),
    (range, "index"): containers.of_range(range.index),
    (list, "append"): containers.accepting_unknowns(list.append),
    (list, "appendleft"): containers.append_left,
    (list, "extend"): containers.extend,
    (list, "extendleft"): containers.extend_left,
    (list, "insert"): containers.insert,
    (list, "pop"): containers.at_key(list.pop),
    (list, "popleft"): containers.at_key(deques.pop_left),
    (list, "remove"): containers.searching(list.remove),
    (list, "rotate"): containers.shifting(deques.rotate),
    (list, "sort"): containers.sort,
    **{
        (deques.Deque, name): deques.limited(method, at_left=at_left)
        for name, method, at_left in (
            ("append", containers.accepting_unknowns(list.append), True),
            ("extend", containers.extend, True),
            ("appendleft", containers.append_left, False),
            ("extendleft", containers.extend_left, False),
        )
    },
    (dict, "__delitem__"): containers.at_key(dict.__delitem__),
    (dict, "__getitem__"): containers.at_key(dict.__getitem__),
    (dict, "__setitem__"): containers.at_key(dict.__setitem__),
    (dict, "get"): containers.get,
    (dict, "items"): view(dict.items),
    (dict, "keys"): view(dict.keys),
    (dict, "pop"): containers.at_key(dict.pop),
    (dict, "setdefault"): containers.at_key(dict.setdefault),
    (dict, "update"): containers.update,
    (dict, "values"): view(dict.values),
    (Counter, "most_common"): containers.most_common,
    (Counter, "update"): containers.count,
    (Counter, "subtract"): containers.spoiling,
    (dict, "move_to_end"): containers.move_to_end,
    (dict, "popitem"): containers.pop_item,
    (set, "add"): containers.add,
    (set, "pop"): containers.pop_from_set,
    (set, "remove"): containers.at_key(set.remove),
    (set, "discard"): containers.at_key(set.discard),
    (set, "update"): containers.update_set,
    (set, "difference_update"): containers.spoiling,
    (set, "intersection_update"): containers.spoiling,
    (set, "symmetric_difference_update"): containers.spoiling,
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
    list: _named(list.copy, list.reverse, list.clear),
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
    (deques.Deque, "maxlen"): lambda value: value.maxlen,
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
    cls, *rest = args
    return run.call(cls.inherited(run, "__new__"), [cls, *rest], kwargs, node)


def _set_attribute(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`object.__setattr__(value, name, new)`, without the method of the value's class."""
    value, name, new = args
    return value.set_directly(run, name, new, node)


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
    (dict, "fromkeys"): Native("dict.fromkeys", containers.fromkeys, raw=True),
    (int, "from_bytes"): Native("int.from_bytes", text_methods.from_bytes, raw=True),
}

for _native, _kind in TYPES.items():
    _native.members = _methods_of_type(_native, _kind)

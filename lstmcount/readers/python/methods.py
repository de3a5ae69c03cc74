"""Methods of Python's own values: those that programs use on the way to a model."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from lstmcount.dimensions import Unknown
from lstmcount.readers.python.operators import MAX_LENGTH, formatted
from lstmcount.readers.python.values import MISSING, Native, first_unknown, words

if TYPE_CHECKING:
    from lstmcount.readers.python.interpreter import Interpreter

_SAFE: dict[type, frozenset[str]] = {
    str: words("""
    capitalize casefold count endswith find index isalnum isalpha isdecimal isdigit
    isidentifier islower isnumeric isspace istitle isupper lower lstrip partition
    removeprefix removesuffix rfind rindex rpartition rsplit rstrip split splitlines
    startswith strip swapcase title upper encode
"""),
    list: words("""
    copy count index reverse pop remove clear
"""),
    tuple: frozenset(["count", "index"]),
    dict: words("""
    copy get items keys values pop popitem clear setdefault
"""),
    set: words("""
    add copy difference discard intersection isdisjoint issubset issuperset pop
    remove symmetric_difference union update
"""),
    frozenset: words("""
    copy difference intersection issubset issuperset union
"""),
    int: frozenset(["bit_length", "conjugate"]),
    float: frozenset(["is_integer", "conjugate"]),
    bytes: frozenset(["decode"]),
}
_MUTATING_WITH_ANYTHING = words("""
    append extend insert add setdefault get update pop
""")
_GOING_THROUGH = words("count index remove copy reverse")
_WIDE = re.compile(r"\{[^}]*\d{5,}|\{[^}]*\{")


def method(run: Interpreter, value: Any, name: str, node: ast.AST) -> Any:
    """The method of a plain value, bound to it; MISSING where the reader has none."""
    if isinstance(value, tuple) and name in ("as_list", "rank", "ndims", "dims"):
        return Native(name, lambda: list(value)) if name == "as_list" else len(value)
    if isinstance(value, int) and name in ("value", "real", "numerator"):
        return value  # `dimension.value` of TensorFlow 1
    special = _SPECIAL.get((_base(value), name))
    if special is not None:
        return Native(name, _with_receiver(special, value), raw=True)
    if isinstance(value, dict) and name in ("items", "keys", "values"):
        return Native(name, lambda: list(getattr(value, name)()))
    if isinstance(value, str) or name in _GOING_THROUGH:
        run.weigh(node, value)
    for kind in type(value).__mro__:
        if name in _SAFE.get(kind, ()):
            plain = getattr(value, name)
            if kind is not str and name in _MUTATING_WITH_ANYTHING:
                return Native(name, _anything(plain), raw=True)
            return Native(name, plain)
    return MISSING


def _base(value: Any) -> type:
    for kind in (str, list, dict, set, tuple):
        if isinstance(value, kind):
            return kind
    return type(value)


def _with_receiver(special: Any, value: Any) -> Any:
    def function(run: Interpreter, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        return special(run, value, args, kwargs, node)

    return function


def _anything(plain: Any) -> Any:
    """A method to which unknowns may be given as they are."""

    def function(run: Interpreter, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        try:
            return plain(*args, **kwargs)
        except Exception:
            return Unknown(run.source_of(node))

    return function


# -- methods that need bounds, or that take unknowns in parts -------------------------------------


def _append(run: Interpreter, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    value.append(args[0])


def _extend(run: Interpreter, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    from lstmcount.readers.python.expressions import items

    more = items(run, args[0], node)
    if more is not None:
        run.spend(len(more), node)
        if len(value) + len(more) <= MAX_LENGTH:
            value.extend(more)


def _insert(run: Interpreter, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    run.spend(len(value), node)
    value.insert(*args)


def _sort(run: Interpreter, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    if first_unknown(value) is None and "key" not in kwargs:
        value.sort(reverse=kwargs.get("reverse") is True)


def _get(run: Interpreter, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
    key, default = [*args, None][:2]
    if isinstance(key, Unknown):
        return run.unknown(run.source_of(node))
    return value.get(key, kwargs.get("default", default))


def _update(run: Interpreter, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    for other in (*args, kwargs):
        if isinstance(other, dict | list):
            run.spend(len(other), node)
            value.update(other)


def _join(run: Interpreter, value: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    parts = args[0]
    if isinstance(parts, Unknown) or first_unknown(parts) is not None:
        return run.unknown(run.source_of(node))
    parts = [str(part) for part in parts]
    size = sum(map(len, parts)) + len(value) * len(parts)
    run.spend(size, node)
    return value.join(parts) if size <= MAX_LENGTH else Unknown(run.source_of(node))


def _replace(run: Interpreter, value: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    if first_unknown(args) is not None:
        return run.unknown(run.source_of(node))
    size = len(value) * (len(args[1]) + 1)
    run.spend(len(value), node)
    return value.replace(*args[:3]) if size <= MAX_LENGTH else Unknown(run.source_of(node))


def _format(run: Interpreter, value: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`str.format` on plain values; fields reach no further than items by position or name."""
    unknown = first_unknown([args, kwargs])
    if unknown is not None or _WIDE.search(value):
        return unknown or Unknown(run.source_of(node))

    def field(found: re.Match[str]) -> str:
        name, spec = found[1] or "", found[2] or ""
        if not name:
            return str(formatted(run, next(counter), spec, node))
        chosen = args[int(name)] if name.isdigit() else kwargs[name]
        return str(formatted(run, chosen, spec, node))

    counter = iter(args)
    try:
        text = re.sub(r"\{(\w*)(?:![rsa])?(?::([^{}]*))?\}", field, value.replace("{{", "\0"))
    except (IndexError, KeyError, StopIteration):
        return Unknown(run.source_of(node))
    run.spend(len(text), node)
    return text.replace("\0", "{").replace("}}", "}")


def _pad(kind: str) -> Any:
    def function(run: Interpreter, value: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
        if first_unknown(args) is not None or not isinstance(args[0], int) or args[0] > 10_000:
            return Unknown(run.source_of(node))
        return getattr(value, kind)(*args)

    return function


_SPECIAL: dict[tuple[type, str], Any] = {
    (list, "append"): _append,
    (list, "extend"): _extend,
    (list, "insert"): _insert,
    (list, "sort"): _sort,
    (dict, "get"): _get,
    (dict, "update"): _update,
    (set, "update"): _update,
    (str, "join"): _join,
    (str, "replace"): _replace,
    (str, "format"): _format,
    **{(str, kind): _pad(kind) for kind in ("zfill", "ljust", "rjust", "center")},
}

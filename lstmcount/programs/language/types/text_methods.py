"""Methods of texts and bytes, with bounds on the size of results."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.structures import first_unknown
from lstmcount.programs.language.types.builtin_types import is_plain
from lstmcount.programs.language.values.elements import items
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.operators import MAX_LENGTH, formatted
from lstmcount.shapes import Unknown

# A method's implementation; it takes the interpreter, the value, the arguments and the call.
Handler = Callable[[Any, Any, list[Any], dict[str, Any], ast.AST], Any]
MAX_WIDTH = 10_000
MAX_BYTES = 2_500  # that are converted to a number
_CODECS = {"utf-8": "utf-8", "utf8": "utf-8", "ascii": "ascii", "latin-1": "latin-1",
           "latin1": "latin-1", "iso-8859-1": "latin-1"}  # fmt: skip
_ON_ERRORS = ("strict", "ignore", "replace")


def join(run: Run, value: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    parts = items(run, args[0], node)
    if parts is None or not all(isinstance(part, str) for part in parts):
        return run.unknown(run.source_of(node))
    size = sum(map(len, parts)) + len(value) * len(parts)
    run.spend(size, node)
    return value.join(parts) if size <= MAX_LENGTH else Unknown(run.source_of(node))


def replace(run: Run, value: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    if first_unknown(args) is not None:
        return run.unknown(run.source_of(node))
    size = (len(value) + 1) * (len(args[1]) + 1)
    run.spend(len(value), node)
    return value.replace(*args[:3]) if size <= MAX_LENGTH else Unknown(run.source_of(node))


def translate(run: Run, value: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    (table,) = args
    if not isinstance(table, dict) or not is_plain(table):
        return run.unknown(run.source_of(node))
    longest = max([len(new) for new in table.values() if isinstance(new, str)], default=1)
    run.spend(len(value), node)
    fits = len(value) * max(longest, 1) <= MAX_LENGTH
    return value.translate(table) if fits else Unknown(run.source_of(node))


def expand_tabs(run: Run, value: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    size = [*args, kwargs.get("tabsize", 8)][0]
    if not isinstance(size, int) or value.count("\t") * size + len(value) > MAX_LENGTH:
        return run.unknown(run.source_of(node))
    run.spend(len(value), node)
    return value.expandtabs(size)


def to_bytes(run: Run, value: int, args: Any, kwargs: Any, node: ast.AST) -> Any:
    length = [*args, kwargs.get("length", 1)][0]
    if first_unknown([args, kwargs]) is not None or not 0 <= length <= MAX_BYTES:
        return run.unknown(run.source_of(node))
    return value.to_bytes(*args, **kwargs)


def searching_from_right(plain: Callable[..., Any]) -> Handler:
    """A search from the right end, where Python may compare at every position."""

    def function(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
        if first_unknown([args, kwargs]) is not None:
            return run.unknown(run.source_of(node))
        wanted = args[0] if args and isinstance(args[0], str) else ""
        run.spend(len(value) * (1 + len(wanted)), node)
        return plain(value, *args, **kwargs)

    return function


def padded(plain: Callable[..., str]) -> Handler:
    def function(run: Run, value: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
        if first_unknown(args) is not None or args[0] > MAX_WIDTH:
            return Unknown(run.source_of(node))
        run.spend(len(value) + max(args[0], 0), node)
        return plain(value, *args)

    return function


def format(run: Run, value: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`str.format` for plain values. A field may name an argument, but no attribute or item."""
    unknown_argument = first_unknown([args, kwargs])
    if unknown_argument is not None:
        return unknown_argument
    run.weigh(node, value)
    import string  # few programs format what a model depends on

    parts: list[str] = []
    counter = iter(args)
    for literal, field, spec, conversion in string.Formatter().parse(value):
        parts.append(literal)
        if field is None:
            continue
        if field.isdecimal():
            argument = args[int(field)]
        else:
            argument = kwargs[field] if field else next(counter, MISSING)
        if conversion and is_plain(argument):
            argument = repr(argument) if conversion in "ra" else str(argument)
        text = formatted(run, argument, spec or "", node)
        if isinstance(text, Unknown) or "{" in (spec or ""):
            return Unknown(run.source_of(node))
        parts.append(text)
    run.spend(sum(map(len, parts)), node)
    return "".join(parts)


def in_codec(plain: Callable[..., Any]) -> Handler:
    """Encode or decode, only in encodings for which Python needs no import."""

    def function(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
        options = arguments_by_name(("encoding", "errors"), args, kwargs)
        errors = options.get("errors", "strict")
        codec = _CODECS.get(str(options.get("encoding", "utf-8")).lower().replace("_", "-"))
        if codec is None or errors not in _ON_ERRORS:
            return run.unknown(run.source_of(node))
        run.spend(len(value), node)
        return plain(value, codec, errors)

    return function


def from_bytes(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    if first_unknown([args, kwargs]) is not None or len(args[0]) > MAX_BYTES:
        return run.unknown(run.source_of(node))
    return int.from_bytes(*args, **kwargs)

"""Python's builtin functions for interpreted programs."""

from __future__ import annotations

import ast
from collections.abc import Callable
from collections.abc import Iterator as Rounds
from functools import partial
from typing import Any

from lstmcount.programs.language.builtins import builtin_objects, executing, files
from lstmcount.programs.language.objects import exceptions
from lstmcount.programs.language.run import MISSING, Run, UnknownRest
from lstmcount.programs.language.statements.generators import Generator, ended
from lstmcount.programs.language.structures import first_unknown
from lstmcount.programs.language.types import builtin_types
from lstmcount.programs.language.types.builtin_types import elements, printed
from lstmcount.programs.language.types.ordering import extreme, ordered
from lstmcount.programs.language.values.callbacks import give_to_unknown
from lstmcount.programs.language.values.elements import items, rounds
from lstmcount.programs.language.values.iterators import Iterator
from lstmcount.programs.language.values.natives import provides, unknown, unknown_call
from lstmcount.programs.language.values.operators import (
    binary,
    compare,
    folded,
    formatted,
    truth_of,
)
from lstmcount.programs.language.values.provided import Raw, words
from lstmcount.programs.language.values.special_methods import WithSpecialMethods
from lstmcount.programs.language.values.unknown_elements import some_of
from lstmcount.programs.language.values.unknowns import (
    UnknownJoined,
    UnknownRepetition,
    changed,
    elements_in,
    part_of,
)
from lstmcount.programs.language.values.value import Value
from lstmcount.shapes import Unknown

MAX_NDIGITS = 400  # largest `ndigits` of `round`
MAX_MODULAR_BITS = 4_096  # total size of the arguments of `pow(base, exponent, modulus)`
BUILTINS: dict[str, Any] = {**builtin_types.TABLE, **builtin_objects.TABLE, **executing.TABLE}
_provides = partial(provides, BUILTINS)


# -- collections ----------------------------------------------------------------------------------


@_provides("len")
def _len(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    (value,) = args
    if run.is_open(value):
        if (starred := elements_in(value)) is not None:
            return part_of(run, starred)
        return run.unknown(f"len({run.spoiled[id(value)]})")
    if isinstance(value, str | list | tuple | dict | set | frozenset | range | bytes):
        return len(value)
    if isinstance(value, UnknownRepetition | UnknownJoined):
        return part_of(run, value)
    if isinstance(value, Unknown):
        inner = node.args[0] if isinstance(node, ast.Call) and node.args else node
        if isinstance(inner, ast.BinOp | ast.Starred):
            return run.unknown(run.source_of(node))
        return run.unknown(f"len({value})")
    if isinstance(value, Value) and (length := value.length(run, node)) is not MISSING:
        return length
    values = items(run, value, node, in_order=False)
    return unknown_call(run, args, node, "len") if values is None else len(values)


@_provides("enumerate")
def _enumerate(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    values = rounds(run, args[0], node)
    if values is None:
        return args[0]
    start = args[1] if len(args) > 1 else kwargs.get("start", 0)
    numbered = enumerate(values, start if isinstance(start, int) else 0)
    return Iterator(run, node, numbered, args)


@_provides("zip")
def _zip(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    rows = _zipped(run, args, node, is_strict=kwargs.get("strict", False) is True)
    if rows is None:
        return first_unknown(args) or unknown_call(run, args, node, "zip")
    return _iterator(run, node, rows, args)


def _zipped(
    run: Run, args: list[Any], node: ast.AST, *, is_strict: bool = False
) -> Rounds[tuple[Any, ...]] | None:
    """The elements of several arguments as tuples, like `zip`; None if an argument is unknown."""
    known = [values for arg in args if (values := rounds(run, arg, node)) is not None]
    if len(known) < len(args):
        return None
    return _of_equal_lengths(run, known) if is_strict else zip(*known, strict=False)


def _of_equal_lengths(run: Run, columns: list[Rounds[Any]]) -> Rounds[tuple[Any, ...]]:
    """`zip(..., strict=True)`."""
    try:
        yield from zip(*columns, strict=True)
    except ValueError as error:
        run.fail(error)


def _iterator(run: Run, node: ast.AST, rest: Rounds[Any], sources: list[Any]) -> Any:
    """An iterator, which is a list in Python 2."""
    iterator = Iterator(run, node, rest, sources)
    return iterator.elements(run, node) if run.is_python2 else iterator


@_provides("map")
def _map(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    rows = _zipped(run, args[1:], node)
    if rows is None:
        give_to_unknown(run, args[:1], {}, node)
        return changed(first_unknown(args)) or unknown_call(run, args, node, "map")
    results = (run.call(args[0], list(row), {}, node) for row in rows)
    return _iterator(run, node, results, args)


@_provides("filter")
def _filter(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    function, source = args
    values = rounds(run, source, node)
    if values is None:
        give_to_unknown(run, args[:1], {}, node)
        return run.unknown(run.source_of(node))
    return _iterator(run, node, _filtered(run, function, source, values, node), args)


def _filtered(
    run: Run, function: Any, source: Any, values: Rounds[Any], node: ast.AST
) -> Rounds[Any]:
    for value in values:
        effects = run.effects
        result = value if function is None else run.call(function, [value], {}, node)
        truth = truth_of(run, result)
        if isinstance(truth, Unknown) and run.effects != effects:
            truth = run.decide(truth, node, run.source_of(node), True)
        if isinstance(truth, Unknown):
            raise UnknownRest(some_of(run, source, truth, run.source_of(node)))
        if truth:
            yield value


@_provides("sorted")
def _sorted(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    (source,) = args
    values = elements(run, [source], node, "sorted", in_order="key" in kwargs)
    if isinstance(values, Unknown):
        return changed(values)
    if first_unknown(values) is not None:
        return unknown_call(run, args, node, "sorted")
    return ordered(run, values, kwargs, node)


@_provides("reversed")
def _reversed(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    (source,) = args
    if type(source) is list and not run.is_open(source):
        return Iterator(run, node, reversed(source))  # sees changes of the list
    values = elements(run, args, node, "reversed")
    return changed(values) if isinstance(values, Unknown) else Iterator(run, node, values[::-1])


@_provides("iter")
def _iter(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    if len(args) == 2:
        return Iterator(run, node, _called_until(run, args[0], args[1], node))
    (source,) = args
    if isinstance(source, Iterator | Generator):
        return source
    values = rounds(run, source, node)
    if values is None:
        return source if isinstance(source, Unknown) else unknown_call(run, args, node, "iter")
    return Iterator(run, node, values)


def _called_until(run: Run, function: Any, last: Any, node: ast.AST) -> Rounds[Any]:
    """The results of calls, up to the first that equals `last`."""
    while True:
        value = run.call(function, [], {}, node)
        is_last = truth_of(run, compare(run, ast.Eq, value, last, node))
        if isinstance(is_last, Unknown):
            raise UnknownRest
        if is_last:
            return
        yield value


@_provides("next")
def _next(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    if not isinstance(args[0], Value):
        return unknown_call(run, args, node, "next")
    result = args[0].operation(run, "next", node)
    if result is not MISSING:
        return result
    return args[1] if len(args) > 1 else ended(run, args[0], node)


def _provide_reduction(name: str, decides: bool) -> None:
    @_provides(name)
    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        values = rounds(run, args[0], node)
        if values is None:
            return unknown_call(run, args, node, name)
        result: Any = not decides
        effects = run.effects
        for value in values:
            truth = truth_of(run, value)
            if isinstance(truth, Unknown) and run.effects != effects:
                truth = bool(run.decide(truth, node, run.source_of(node), not decides))
            effects = run.effects
            if truth is decides:
                return decides
            if isinstance(truth, Unknown) and not isinstance(result, Unknown):
                result = truth
        return result


_provide_reduction("any", decides=True)
_provide_reduction("all", decides=False)


def _provide_extreme(name: str, choose: Callable[..., int]) -> None:
    @_provides(name)
    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        if not kwargs and len(args) == 1 and isinstance(args[0], Value):
            args = [args[0].distinct() or args[0]]
        values = args if len(args) > 1 else items(run, args[0], node, in_order="key" in kwargs)
        if values is None:
            return unknown_call(run, args, node, name)
        return extreme(run, choose, values, kwargs, node)


_provide_extreme("min", min)
_provide_extreme("max", max)


@_provides("sum")
def _sum(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    start = args[1] if len(args) > 1 else kwargs.get("start", 0)
    values = items(run, args[0], node, in_order=False)
    if values is None:
        return unknown_call(run, args, node, "sum")
    unknown_part = first_unknown([start, values])
    if unknown_part is not None:
        return unknown_part
    if all(isinstance(value, int | float) for value in (start, *values)):
        return sum(values, start)
    is_own = bool(values) and isinstance(values[0], WithSpecialMethods)  # may add itself to 0
    if values and start == 0 and isinstance(start, int) and not is_own:
        return folded(run, ast.Add, values, node)
    return folded(run, ast.Add, [start, *values], node)


# -- numbers and texts ----------------------------------------------------------------------------


def _provide_number_function(name: str, compute: Callable[..., Any]) -> None:
    """Register a function that Python computes quickly on any number within the reader's bounds."""
    provides(BUILTINS, name)(builtin_types.conversion(name, compute))


_provide_number_function("divmod", divmod)
_provide_number_function("hex", hex)
_provide_number_function("oct", oct)
_provide_number_function("bin", bin)
_provide_number_function("chr", chr)
_provide_number_function("ord", ord)


def _or_operation(name: str, function: Raw) -> Raw:
    """Wrap a function of numbers, so that other kinds of values may define it as an operation."""

    def either(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        if len(args) == 1 and isinstance(args[0], Value):
            result = args[0].operation(run, name, node)
            if result is not MISSING:
                return result
        return function(run, args, kwargs, node)

    return either


def round_number(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    number, digits = [*args, kwargs.get("ndigits")][:2]
    unknown_argument = first_unknown([number, digits])
    if unknown_argument is not None:
        return unknown_argument
    if not isinstance(number, int | float) or (digits and abs(digits) > MAX_NDIGITS):
        return run.unknown(run.source_of(node))
    return round(number, digits)


provides(BUILTINS, "round")(_or_operation("round", round_number))
provides(BUILTINS, "abs")(_or_operation("abs", builtin_types.conversion("abs", abs)))


@_provides("pow")
def _pow(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    base, exponent, modulus = [*args, *kwargs.values(), None][:3]
    unknown_argument = first_unknown([base, exponent, modulus])
    if unknown_argument is not None:
        return unknown_argument
    if modulus is None:
        return binary(run, ast.Pow, base, exponent, node)
    if sum(number.bit_length() for number in (base, exponent, modulus)) > MAX_MODULAR_BITS:
        return run.unknown(run.source_of(node))
    return pow(base, exponent, modulus)


@_provides("repr", "ascii")
def _repr(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    return printed(run, args, node, repr)


@_provides("format")
def _format(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    value, spec = [*args, ""][:2]
    unknown_argument = first_unknown([value, spec])
    return formatted(run, value, spec, node) if unknown_argument is None else unknown_argument


@_provides("dir")
def _dir(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    is_value = bool(args) and isinstance(args[0], Value)
    names = args[0].operation(run, "dir", node) if is_value else MISSING
    return run.unknown(run.source_of(node)) if names is MISSING else names


# Functions that would reach outside the program do nothing and return an unknown.
provides(
    BUILTINS,
    *words("""
        print input help breakpoint id hash raw_input display get_ipython reload
    """),
)(unknown)

BUILTINS |= exceptions.KINDS
BUILTINS |= files.TABLE
BUILTINS |= {"NotImplemented": Unknown("NotImplemented"), "Ellipsis": Ellipsis, "__debug__": True}

"""Methods of lists, dicts and sets, whose arguments or elements may be unknown."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.programs.language.structures import first_unknown, unknown_among, unknown_in_key
from lstmcount.programs.language.types.builtin_types import pairs
from lstmcount.programs.language.types.ordering import ordered
from lstmcount.programs.language.types.text_methods import Handler
from lstmcount.programs.language.values.elements import items, merge, note_choice, unknown_entry
from lstmcount.programs.language.values.operators import MAX_LENGTH
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.language.values.set_order import in_some_order
from lstmcount.programs.language.values.unknown_elements import element_of
from lstmcount.shapes import Unknown

REMOVING = ("pop", "pop_left", "remove", "discard", "__delitem__")


def accepting_unknowns(plain: Callable[..., Any]) -> Handler:
    """A method that accepts unknown arguments."""

    def function(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
        return plain(value, *args, **kwargs)

    return function


def at_key(plain: Callable[..., Any]) -> Handler:
    """A method whose first argument is a key, an index or an element."""

    def function(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
        if args and unknown_in_key(args[0]) is not None:
            run.spoil(value, node)
            if plain.__name__ in REMOVING:
                value.clear()
            return run.unknown(run.source_of(node))
        is_open = run.is_open(value)
        if is_open and not (isinstance(value, dict) and args and args[0] in value):
            element = unknown_entry(run, value, args[0] if args else None, node)
            if plain is dict.setdefault:
                value[args[0]] = element
            return element
        try:
            return plain(value, *args, **kwargs)
        except (LookupError, ValueError) as error:
            run.fail(error, value)
            raise

    return function


def shifting(plain: Callable[..., Any]) -> Handler:
    """A method that Python computes in time in proportion to the value's length."""

    def function(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
        run.weigh(node, value)
        return at_key(plain)(run, value, args, kwargs, node)

    return function


def searching(plain: Callable[..., Any]) -> Handler:
    """A method that compares elements with its first argument, one after the other."""

    def function(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
        run.weigh(node, value)
        is_first_enough = plain.__name__ != "count" and args and args[0] in value
        compared = value[: value.index(args[0])] if is_first_enough else value
        unknown = first_unknown([args, compared])
        return at_key(plain)(run, value, args if unknown is None else [unknown], kwargs, node)

    return function


def of_range(plain: Callable[..., int]) -> Handler:
    """A method of ranges; Python would compare other values than integers with every element."""

    def function(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
        if not all(isinstance(arg, int) for arg in args):
            return run.unknown(run.source_of(node))
        return Native(plain.__name__, partial(plain, value)).call(run, args, kwargs, node)

    return function


def spoiling(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """A method that changes the value in a way that is not followed."""
    run.spoil(value, node)
    return run.unknown(run.source_of(node))


def extend(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    more = items(run, args[0], node)
    if more is not None:
        run.spend(len(more), node)
        if len(value) + len(more) <= MAX_LENGTH:
            value.extend(more)
    else:
        run.spoil(value, node)


def insert(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    run.spend(len(value), node)
    if isinstance(args[0], Unknown):  # each element depends on the index
        named = args[0] if args[0].text else run.unknown(run.source_of(node))
        value[:] = [named] * (len(value) + 1)
    else:
        value.insert(*args)


def append_left(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    insert(run, value, [0, *args], kwargs, node)


def extend_left(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    added: list[Any] = []
    extend(run, added, args, kwargs, node)
    if run.is_open(added):
        run.spoil(value, node)
    value[:0] = added[::-1]


def sort(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    """Sort a list in place. If the order is unknown, all elements become unknown."""
    try:
        in_order = run.unknown(run.source_of(node)) if args else ordered(run, value, kwargs, node)
    except TypeError:  # elements that Python cannot compare
        in_order = Unknown(run.source_of(node))
    if isinstance(in_order, Unknown):
        words = run.words_at(run.owner_of(node), node)
        in_order = [run.unknown(f"{words}[{at}]") for at in range(len(value))]
    value[:] = in_order


def move_to_end(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
    key, is_last = [*args, kwargs.get("last", True)][:2]
    if first_unknown([key, is_last]) is not None:
        return spoiling(run, value, args, kwargs, node)
    run.weigh(node, value)
    moved = {key: value.pop(key)}
    entries = {**value, **moved} if is_last else {**moved, **value}
    value.clear()
    value.update(entries)
    return None


def pop_item(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
    is_last = [*args, kwargs.get("last", True)][0]
    if value and is_last is False:
        key = next(iter(value))
        return key, value.pop(key)
    try:
        return value.popitem()
    except KeyError as error:
        run.fail(error, value)
        raise


def most_common(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
    number = next(iter((*args, *kwargs.values())), None)
    if isinstance(number, Unknown) or first_unknown(list(value.values())) is not None:
        return run.unknown(run.source_of(node))
    run.weigh(node, value)
    return value.most_common(number)


def count(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    """`Counter.update`: count the elements of the arguments, or add the counts of dicts."""
    for other in args:
        more = other if isinstance(other, dict) else items(run, other, node)
        if more is None or unknown_among(more) is not None:
            run.spoil(value, node)
        else:
            run.weigh(node, more)
            value.update(more)


def get(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
    key, default = [*args, None][:2]
    unknown = unknown_in_key(key)
    if unknown is not None:
        note_choice(run, value, key, node)
        return element_of(run, value, unknown, node)
    if run.is_open(value) and key not in value:
        return unknown_entry(run, value, key, node)
    return value.get(key, kwargs.get("default", default))


def update(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    for other in (*args, kwargs):
        if isinstance(other, dict):
            run.spend(len(other), node)
            merge(run, value, other)
        else:
            entries = pairs(run, other, node)
            if entries is None:
                run.spoil(value, node)
            else:
                merge(run, value, entries)


def add(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    value.add(*args)
    if unknown_in_key(args[0]) is not None:  # it may equal another element
        run.spoil(value, node)


def pop_from_set(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> Any:
    if not value or run.is_open(value):
        return at_key(set.pop)(run, value, args, kwargs, node)
    element = in_some_order(run, value, node)[0]
    value.discard(element)
    return element


def update_set(run: Run, value: Any, args: Any, kwargs: Any, node: ast.AST) -> None:
    for other in args:
        more = items(run, other, node, in_order=False)
        run.spend(len(more or ()), node)
        value.update(more or ())
        if more is None or unknown_among(more) is not None:
            run.spoil(value, node)


def fromkeys(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    keys = items(run, args[0], node)
    if keys is None:
        return run.unknown(run.source_of(node))
    run.spend(len(keys), node)
    if unknown_among(keys) is not None:
        return run.unknown(run.source_of(node))
    return dict.fromkeys(keys, *args[1:])

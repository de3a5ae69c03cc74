"""Elements of values: those that a loop iterates over, and the element at a key."""

from __future__ import annotations

import ast
from collections.abc import Iterator as Rounds
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.structures import effort, shown, unknown_in_key
from lstmcount.programs.language.values.attribute_dicts import AttributeDict, entry
from lstmcount.programs.language.values.set_order import in_some_order
from lstmcount.programs.language.values.unknown_elements import (
    UnknownElement,
    can_change,
    element_of,
    item_of,
    slice_of,
)
from lstmcount.programs.language.values.unknowns import (
    UnknownChanged,
    UnknownElements,
    UnknownJoined,
    UnknownRepetition,
    elements_in,
    part_of,
)
from lstmcount.programs.language.values.value import Value
from lstmcount.shapes import Unknown

MAX_ITEMS = 1_000_000


def items(run: Run, value: Any, node: ast.AST, *, in_order: bool = True) -> list[Any] | None:
    """The elements that a loop over the value yields; None if they are unknown.

    With `in_order=False`, their order does not matter.
    """
    kind = type(value)
    if run.is_open(value):
        return None
    if kind is range or kind in (list, tuple, set, frozenset, str, dict, bytes):
        run.spend(len(value), node)
        if in_order and kind in (set, frozenset):
            return in_some_order(run, value, node)
        return list(value)
    return None if isinstance(value, Unknown) else container_elements(run, value, node)


def like(run: Run, source: Any, container: Any) -> Any:
    """The container, which also has the unknown elements of the one that it is made from."""
    if run.is_open(source):
        run.leave_open(container, run.spoiled[id(source)])
    return container


def merge(run: Run, entries: dict[Any, Any], more: dict[Any, Any]) -> None:
    """`entries.update(more)`, where `more` may have unknown entries that replace any others."""
    if run.is_open(more):
        for key in entries.keys() - more.keys():
            entries[key] = run.unknown(f"{run.spoiled[id(more)]}[{key!r}]")
        like(run, more, entries)
    entries.update(more)


def container_elements(run: Run, value: Any, node: ast.AST) -> list[Any] | None:
    """The elements of a container; None if they are unknown."""
    if isinstance(value, Value):
        return value.elements(run, node)
    if isinstance(value, list | tuple | set | frozenset | dict) or hasattr(value, "__next__"):
        run.spend(len(value) if hasattr(value, "__len__") else 0, node)
        return list(value)[:MAX_ITEMS]
    run.fail(TypeError())
    return None


def rounds(run: Run, value: Any, node: ast.AST) -> Rounds[Any] | None:
    """The elements of a value, taken one by one; None if they are unknown.

    As in Python, what is taken from an iterator is gone, and a loop over a list sees its changes.
    """
    if type(value) is range:
        return iter(value)
    if type(value) is list and not run.is_open(value):
        run.spend(len(value), node)
        return iter(value)
    if isinstance(value, Value):
        return value.rounds(run, node)
    if isinstance(value, Unknown):
        run.may_fail(getattr(node, "iter", node), "TypeError")
    elements = items(run, value, node)
    if elements is not None and type(value) in (dict, set):
        return _of_one_size(run, value, elements)
    return None if elements is None else iter(elements)


def _of_one_size(run: Run, container: Any, elements: list[Any]) -> Rounds[Any]:
    """The elements of a dict or set, which Python refuses to go on with once its size changes."""
    size = len(container)
    for element in elements:
        yield element
        if len(container) != size:
            run.fail(RuntimeError())


def item(run: Run, value: Any, key: Any, node: ast.AST) -> Any:
    """`value[key]`, for any kind of value."""
    if isinstance(value, UnknownRepetition | UnknownJoined | UnknownChanged):
        return value if isinstance(key, slice) else part_of(run, value)
    if isinstance(value, Unknown):
        if not isinstance(key, slice):
            run.may_fail(node, "KeyError", "IndexError", "TypeError")
        words = f"{value}[{_key_words(run, key, node)}]"
        if isinstance(value, UnknownElement):
            part = slice_of if isinstance(key, slice) else item_of
            return part(run, value, words)
        return run.unknown(words)
    if isinstance(value, Value):
        return value.item(run, key, node)
    unknown = unknown_in_key(key)
    if unknown is not None:
        if isinstance(key, slice):
            return _unknown_slice(run, value, unknown, node)
        return _item_of_unknown_key(run, value, key, unknown, node)
    return _item_of_known_key(run, value, key, node)


def _unknown_slice(run: Run, value: Any, bound: Unknown, node: ast.AST) -> Any:
    """A slice with an unknown bound. Of layers, it is followed as all of them, and as none."""
    words = run.source_of(node)
    if isinstance(value, list) and any(
        isinstance(part, Value) and part.is_callable for part in value
    ):
        return [*value] if run.decide(bound, node, words, True) else []
    return element_of(run, value, bound, node)


def _item_of_unknown_key(run: Run, value: Any, key: Any, unknown: Unknown, node: ast.AST) -> Any:
    note_choice(run, value, key, node)
    if getattr(value, "default_factory", None) is not None:
        run.spoil(value, node)
    run.may_fail(node, "KeyError" if isinstance(value, dict) else "IndexError")
    equal = _if_all_equal(run, value, node)
    return element_of(run, value, unknown, node) if equal is None else equal


def _item_of_known_key(run: Run, value: Any, key: Any, node: ast.AST) -> Any:
    if isinstance(value, dict):
        run.weigh(node, key)
    try:
        if run.is_open(value):
            known = value.get(key) if isinstance(value, dict) else None
            return unknown_entry(run, value, key, node) if known is None else known
        element = entry(run, value, key, node) if isinstance(value, AttributeDict) else value[key]
        if isinstance(key, slice):
            run.spend(len(element), node)
        return part_of(run, element) if isinstance(element, UnknownElements) else element
    except KeyError:
        scope = _module_of(run, value, node)
        if scope is not None and (starred := run.starred(scope, key)) is not MISSING:
            return starred
        default = getattr(value, "default_factory", None)
        if default is not None:
            value[key] = run.call(default, [], {}, node)
            return value[key]
        run.fail(KeyError(key), value)
        return run.unknown(run.source_of(node))
    except (TypeError, LookupError, ValueError) as error:
        run.fail(error, value)
        return run.unknown(run.source_of(node))


def unknown_entry(run: Run, container: Any, key: Any, node: ast.AST) -> Any:
    """What a container with unknown elements has at a key."""
    if not isinstance(container, dict):
        starred = elements_in(container)
        if starred is None:
            return run.unknown(run.source_of(node))
        return UnknownJoined(starred.text) if isinstance(key, slice) else part_of(run, starred)
    return run.unknown(f"{run.spoiled[id(container)]}[{shown(key)}]")


def note_choice(run: Run, container: Any, key: Any, node: ast.AST) -> None:
    """Note which keys an unknown may be, if they select callables; the program's own first."""
    if not isinstance(key, Unknown):
        return
    named = container if isinstance(container, dict) else {}
    callables = {
        name: value
        for name, value in named.items()
        if isinstance(value, Value) and value.is_callable
    }
    own = [name for name, value in callables.items() if not value.weighs_arguments]
    starred = _stars_of(run, container, node)
    if callables or starred:
        public = [name for name in own if not str(name).startswith("_")]
        known = public or own or starred or callables
        run.choices.note(run.source_of(node), key, known, node)
    else:
        run.choices.note_key(key, named)


def _module_of(run: Run, names: Any, node: ast.AST) -> Scope | None:
    """The module around the code if these are its names, as `globals()` gives them."""
    scope = run.own_modules.scope_around(node)
    return scope if scope.names is names else None


def _stars_of(run: Run, names: Any, node: ast.AST) -> list[str]:
    """Examples of what star imports bring among the names of a module: `globals()[key]`."""
    scope = _module_of(run, names, node)
    stars = scope.stars if scope is not None else ()
    return [name for path in stars for name in run.libraries.examples(path)]


def _if_all_equal(run: Run, value: Any, node: ast.AST) -> Any:
    """The element at an unknown index, if all are equal, or the same if they can be changed."""
    if not isinstance(value, list | tuple) or not value:
        return None
    run.weigh(node, value)
    first = value[0]
    if can_change(first):
        return first if all(item is first for item in value) else None
    return first if all(item == first for item in value) else None


def _key_words(run: Run, key: Any, node: ast.AST) -> str:
    if isinstance(key, slice):
        parts = ["" if part is None else shown(part) for part in (key.start, key.stop)]
        return ":".join(parts) + (f":{shown(key.step)}" if key.step is not None else "")
    is_short = isinstance(key, Unknown | int | float | str) and effort([key], 20) <= 20
    if is_short or not isinstance(node, ast.Subscript):
        return shown(key)
    return run.source_of(node)[len(run.source_of(node.value)) + 1 : -1]

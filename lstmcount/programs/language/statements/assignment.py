"""Assignment to names, attributes, items, and several targets at once."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.objects import attributes
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.structures import unknown_in_key
from lstmcount.programs.language.values.elements import items
from lstmcount.programs.language.values.operators import MAX_LENGTH
from lstmcount.programs.language.values.unknown_elements import (
    UnknownElement,
    item_of,
    may_be_changed,
)
from lstmcount.programs.language.values.unknowns import UnknownPart
from lstmcount.programs.language.values.value import Value
from lstmcount.shapes import Unknown

_WITHOUT_ITEM_ASSIGNMENT = (tuple, str, bytes, range, frozenset, set, int, float, type(None))


def assign(run: Run, target: ast.expr, value: Any, scope: Scope) -> None:
    if isinstance(target, ast.Name):
        run.bind(scope, target.id, value, target)
    elif isinstance(target, ast.Tuple | ast.List):
        _unpack(run, target, value, scope)
    elif isinstance(target, ast.Attribute):
        attributes.set(run, run.evaluate(target.value, scope), target.attr, value, target)
    elif isinstance(target, ast.Subscript):
        _assign_item(run, target, value, scope)
    elif isinstance(target, ast.Starred):
        assign(run, target.value, value, scope)


def assign_unknown(run: Run, target: ast.expr, value: Any, scope: Scope) -> None:
    """Assign to each name, attribute and item in the target an unknown of that name, which is taken
    from `value`."""
    if isinstance(target, ast.Tuple | ast.List | ast.Starred):
        for each in [target.value] if isinstance(target, ast.Starred) else target.elts:
            assign_unknown(run, each, value, scope)
        return
    words = run.words_at(run.source_of(target), target)
    is_element = isinstance(value, UnknownElement)
    unknown = item_of(run, value, words) if is_element else run.unknown(words)
    if isinstance(target, ast.Name):
        run.noted.note_place(target.id, words, unknown, scope)
        scope.bind(target.id, unknown)
    else:
        assign(run, target, unknown, scope)
    if isinstance(value, Unknown):
        run.rename(value.text, words)


def _unpack(run: Run, target: ast.Tuple | ast.List, value: Any, scope: Scope) -> None:
    """`a, *b = value`. What is not known becomes unknowns that are named after `value`."""
    targets = target.elts
    values = items(run, value, target)
    star = next((i for i, t in enumerate(targets) if isinstance(t, ast.Starred)), None)
    if values is None and star is None and isinstance(value, Value):
        values = value.unpacked(run, len(targets), target)
    if values is None:
        words = f"{value} as {run.source_of(target)}"
        run.may_fail(target, "TypeError", "ValueError", words=words)
        lasting = isinstance(value, Unknown) and (value.text or "").endswith(".shape")
        for i, inner in enumerate(targets):
            if lasting and not isinstance(inner, ast.Starred):
                assign(run, inner, run.unknown(f"{value}[{i}]"), scope)
            else:
                assign_unknown(run, inner, value, scope)
        return
    if star is not None and len(values) >= len(targets) - 1:
        after = len(targets) - star - 1
        middle = values[star : len(values) - after]
        values = [*values[:star], middle, *values[len(values) - after :]]
    if len(values) != len(targets):
        run.fail(ValueError())
        for inner in targets:
            assign_unknown(run, inner, value, scope)
        return
    for inner, item in zip(targets, values, strict=True):
        assign(run, inner, item, scope)


def _assign_item(run: Run, target: ast.Subscript, value: Any, scope: Scope) -> None:
    container = run.evaluate(target.value, scope)
    set_item(run, container, run.evaluate(target.slice, scope), value, target)


def set_item(run: Run, container: Any, key: Any, value: Any, node: ast.AST) -> None:
    """`container[key] = value`."""
    if isinstance(container, Value):
        container = container.set_item(run, key, value, node)
    if isinstance(container, UnknownElement):
        may_be_changed(run, container, node)
    if isinstance(container, UnknownPart):
        raise container.changed(run, node)
    if isinstance(container, Unknown) and isinstance(key, (int, str)):
        run.set_part(container, f"[{key!r}]", value)
    elif isinstance(container, Unknown):
        run.forget_parts(str(container))
    if isinstance(container, list) and isinstance(key, Unknown):
        run.spend(len(container), node)
        container[:] = [key if key.text else run.unknown(run.source_of(node))] * len(container)
    elif isinstance(container, dict) and unknown_in_key(key) is not None:
        run.spoil(container, node)
    elif isinstance(container, list | dict):
        if run.is_open(container):
            run.note_change_of_open(container, node)
        run.weigh(node, key)
        if isinstance(key, slice):
            _assign_slice(run, container, key, value, node)
            return
        run.note_change(container, "__setitem__", [key, value], {}, node)
        try:
            container[key] = value
        except TypeError as error:
            run.fail(error, container)
            run.spoil(container, node)
        except (IndexError, ValueError, KeyError) as error:
            run.fail(error, container)
    elif isinstance(container, _WITHOUT_ITEM_ASSIGNMENT):
        run.fail(TypeError())


def _assign_slice(run: Run, container: Any, key: slice, value: Any, target: ast.AST) -> None:
    values = items(run, value, target)
    if not isinstance(container, list):
        return
    if values is None or unknown_in_key(key) is not None:
        run.spoil(container, target)
        return
    if len(container) + len(values) > MAX_LENGTH:
        words = run.source_of(target)
        raise run.limit(target, f"{words} is too large to be followed")
    try:
        container[key] = values
    except (TypeError, ValueError):
        return

"""Evaluate expressions."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from lstmcount.programs.language.modules import installed
from lstmcount.programs.language.objects import attributes
from lstmcount.programs.language.objects.binding import wrong_call
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.statements import calls, generators
from lstmcount.programs.language.statements.comprehensions import COMPREHENSIONS, Handler
from lstmcount.programs.language.statements.drawing import drawing_in, is_drawing
from lstmcount.programs.language.statements.own_words import (
    is_own,
    note_changed,
    note_made,
    set_words,
)
from lstmcount.programs.language.structures import unknown_in_key
from lstmcount.programs.language.types.builtin_types import printed
from lstmcount.programs.language.values import operators
from lstmcount.programs.language.values.attribute_dicts import entries
from lstmcount.programs.language.values.elements import item, items, like, merge
from lstmcount.programs.language.values.operators import truth_of
from lstmcount.programs.language.values.provided import Module
from lstmcount.programs.language.values.unknown_elements import UnknownElement, operand_of
from lstmcount.programs.language.values.unknowns import (
    UnknownChanged,
    UnknownElements,
    UnknownJoined,
    UnknownRepetition,
)
from lstmcount.programs.language.values.value import inner_of
from lstmcount.shapes import Unknown


def _constant(run: Run, node: ast.Constant, scope: Scope) -> Any:
    return node.value


def _name(run: Run, node: ast.Name, scope: Scope) -> Any:
    name = node.id
    searched: Scope | None = scope
    while searched is not None:
        if name in searched.names:
            return searched.names[name]
        if searched.declared and name in searched.declared:
            return searched.declared[name].names.get(name, Unknown(name))
        if name in searched.local:
            return _unbound(run, node)
        searched = searched.parent
    value = run.builtin(name, scope)
    if value is not MISSING:
        return value
    if stars := scope.all_stars():
        run.failed_imports.note_starred(name, stars)
    else:
        run.failed_imports.undefined.setdefault(name, node)
        if run.catching:
            run.fail(NameError())
    return run.unknown(name)


def _unbound(run: Run, node: ast.Name) -> Any:
    """A name of a function that it has not bound yet, or has deleted."""
    run.fail(UnboundLocalError())
    text = f"the function reads {node.id} before it binds it; Python raises UnboundLocalError"
    run.failed_imports.note(node.id, node, text)
    return run.unknown(node.id)


def _attribute(run: Run, node: ast.Attribute, scope: Scope) -> Any:
    if run.parts_set and (part := run.source_of(node, scope)) in run.parts_set:
        return run.parts_set[part]
    is_named = run.settings and node.attr in run.settings.last_parts
    if is_named and (words := set_words(run, node, scope)):
        return run.settings.use(words)
    value = run.evaluate(node.value, scope)
    if run.catching and isinstance(value, Module):
        installed.check_attribute(run, node, value.path)
    return attributes.get(run, value, node.attr, node)


def _subscript(run: Run, node: ast.Subscript, scope: Scope) -> Any:
    if run.parts_set and (part := run.source_of(node, scope)) in run.parts_set:
        return run.parts_set[part]
    words = set_words(run, node, scope) if run.settings.may_name("]") else None
    if words and not (run.settings.inner or run.settings.given):
        return run.settings.use(words)
    value = run.evaluate(node.value, scope)
    if words and not run.settings.has_elements_of(value, node.slice):
        return run.settings.use(words)
    key = run.evaluate(node.slice, scope)
    if isinstance(value, Unknown):
        selected = run.libraries.select(run, value, key, _length(run, node.slice, key, scope))
        if selected is not MISSING and not (run.settings and run.source_of(node) in run.settings):
            return selected
    return item(run, value, key, node)


def _length(run: Run, node: ast.expr, key: Any, scope: Scope) -> int | None:
    """The number of elements that a slice takes from the first axis: `i - 60:i` takes 60."""
    part = node.elts[0] if isinstance(node, ast.Tuple) and node.elts else node
    bounds = key[0] if isinstance(key, tuple) and key else key
    if not isinstance(part, ast.Slice) or not isinstance(bounds, slice) or bounds.step is not None:
        return None
    if isinstance(bounds.start, int) and isinstance(bounds.stop, int):
        return bounds.stop - bounds.start if 0 <= bounds.start < bounds.stop else None
    if part.lower is None or part.upper is None:
        return None
    (start, before), (stop, after) = [_offset(run, b, scope) for b in (part.lower, part.upper)]
    return after - before if start == stop and after > before else None


def _offset(run: Run, node: ast.expr, scope: Scope) -> tuple[str, int]:
    """Split a bound into the source text of its variable part and the number added to it."""
    added = 0
    while isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        number = run.evaluate(node.right, scope)
        if not isinstance(number, int):
            break
        added += number if isinstance(node.op, ast.Add) else -number
        node = node.left
    return run.source_of(node), added


def _slice(run: Run, node: ast.Slice, scope: Scope) -> slice:
    lower = run.evaluate(node.lower, scope) if node.lower else None
    upper = run.evaluate(node.upper, scope) if node.upper else None
    step = run.evaluate(node.step, scope) if node.step else None
    return slice(lower, upper, step)


def _item_words(run: Run, node: ast.Call, scope: Scope) -> str:
    """The words of the item that `config.get('units', 8)` takes: `config['units']`; else ""."""
    match node:
        case ast.Call(func=ast.Attribute(value=whole, attr="get"), args=[key, *_]):
            return f"{run.source_of(whole, scope)}[{run.source_of(key, scope)}]"
    return ""


def _call(run: Run, node: ast.Call, scope: Scope) -> Any:
    """A call, with its arguments evaluated in order; `*` and `**` may pass unknown ones."""
    if is_drawing(node) and not is_own(node, scope):
        run.noted.drawn[drawing_in(node)[0]] += 1
    if run.parts_set and (part := _item_words(run, node, scope)) in run.parts_set:
        return run.parts_set[part]
    if run.settings.may_name(")") and (words := set_words(run, node, scope)):
        note_changed(run, node)
        return run.settings.use(words)
    function = run.evaluate(node.func, scope)
    args: list[Any] = []
    rest = calls.Rest()
    for argument in node.args:
        if isinstance(argument, ast.Starred):
            value = run.evaluate(argument.value, scope)
            more = items(run, value, node)
            if more is None:
                rest.elements = run.source_of(argument.value)
                break
            run.spend(len(args) + len(more), node)
            args += more
        else:
            args.append(run.evaluate(argument, scope))
    kwargs: dict[str, Any] = {}
    for keyword in node.keywords:
        value = run.evaluate(keyword.value, scope)
        if keyword.arg is not None:
            kwargs[keyword.arg] = value
        elif isinstance(value := inner_of(value), dict):
            run.spend(operators.STEPS_PER_HASHED * len(value), node)
            named = entries(run, value, node)
            if twice := next((key for key in named if key in kwargs), None):
                text = f"this passes the argument {twice!r} of {run.source_of(node.func)} twice"
                raise wrong_call(text, node)
            kwargs.update({key: item for key, item in named.items() if isinstance(key, str)})
            rest.entries = run.spoiled.get(id(value), rest.entries)
        else:
            rest.entries = run.source_of(keyword.value)
    run.called = function
    if rest.elements or rest.entries:
        return calls.call_with_rest(run, function, args, kwargs, rest, node)
    return run.call(function, args, kwargs, node)


# -- operators --------------------------------------------------------------------------------


def _binary(run: Run, node: ast.BinOp, scope: Scope) -> Any:
    left = run.evaluate(node.left, scope)
    right = run.evaluate(node.right, scope)
    return operators.binary(run, type(node.op), left, right, node)


def _unary(run: Run, node: ast.UnaryOp, scope: Scope) -> Any:
    return operators.unary(run, type(node.op), run.evaluate(node.operand, scope), node)


def _bool_op(run: Run, node: ast.BoolOp, scope: Scope) -> Any:
    """Like Python, but a known operand that decides the result wins over an earlier unknown."""
    decides = isinstance(node.op, ast.Or)
    unknown: Unknown | None = None
    value: Any = None
    values: list[Any] = []
    for operand in node.values:
        value = run.evaluate(operand, scope)
        values.append(value)
        truth = truth_of(run, value)
        if isinstance(truth, Unknown):
            unknown = unknown or truth
        elif truth is decides:
            break
    if unknown is None or value is decides:
        return value
    return operand_of(run, node, values, unknown)


def _compare(run: Run, node: ast.Compare, scope: Scope) -> Any:
    """Like Python, but a later comparison that is false wins over an earlier unknown."""
    left = run.evaluate(node.left, scope)
    unknown: Unknown | None = None
    result: Any = True
    for op, comparator in zip(node.ops, node.comparators, strict=True):
        right = run.evaluate(comparator, scope)
        result = operators.compare(run, type(op), left, right, node)
        if result is False:
            return False
        if unknown is None and isinstance(result, Unknown):
            unknown = result
        left = right
    return result if unknown is None else unknown


def _if_expression(run: Run, node: ast.IfExp, scope: Scope) -> Any:
    truth = truth_of(run, run.evaluate(node.test, scope))
    if isinstance(truth, Unknown):
        truth = run.decide(truth, node, node.test, not isinstance(node.body, ast.Constant), scope)
    return run.evaluate(node.body if truth else node.orelse, scope)


# -- displays ---------------------------------------------------------------------------------


_UNKNOWN_LISTS = (Unknown, UnknownChanged, UnknownElement, UnknownJoined, UnknownRepetition)


def _elements(run: Run, display: ast.List | ast.Tuple | ast.Set, scope: Scope) -> list[Any]:
    """The elements of a display; an unknown in the place of an unknown number of them."""
    values: list[Any] = []
    is_open = False
    for node in display.elts:
        if isinstance(node, ast.Starred):
            value = run.evaluate(node.value, scope)
            elements = items(run, value, node)
            is_open = is_open or elements is None
            if type(value) in _UNKNOWN_LISTS:
                value = UnknownElements(value.text)
            values += [value] if elements is None else elements
        else:
            values.append(run.evaluate(node, scope))
    if is_open:
        run.leave_open(values, run.source_of(display))
    return values


def _list(run: Run, node: ast.List, scope: Scope) -> Any:
    return _elements(run, node, scope)


def _tuple(run: Run, node: ast.Tuple, scope: Scope) -> Any:
    values = _elements(run, node, scope)
    return like(run, values, tuple(values))


def _set(run: Run, node: ast.Set, scope: Scope) -> Any:
    return operators.hashed(run, _elements(run, node, scope), node)


def _dict(run: Run, node: ast.Dict, scope: Scope) -> Any:
    entries: dict[Any, Any] = {}
    for key_node, value_node in zip(node.keys, node.values, strict=True):
        value = run.evaluate(value_node, scope)
        if key_node is None:
            if isinstance(value, Unknown):
                more: dict[Any, Any] = {}
                run.leave_open(more, run.source_of(value_node))
                value = more
            if not isinstance(value, dict):
                return Unknown(run.source_of(node))
            run.spend(operators.STEPS_PER_HASHED * len(value), node)
            merge(run, entries, value)
            continue
        key = run.evaluate(key_node, scope)
        run.weigh(node, key)
        if unknown_in_key(key) is not None:
            run.spoil(entries, node)
            continue
        try:
            entries[key] = value
        except TypeError:
            return Unknown(run.source_of(node))
    return entries


def _joined(run: Run, node: ast.JoinedStr, scope: Scope) -> Any:
    parts = [run.evaluate(value, scope) for value in node.values]
    for part in parts:
        if isinstance(part, Unknown):
            return part
    texts = [str(part) for part in parts]
    run.spend(sum(map(len, texts)), node)
    return "".join(texts)


def _formatted(run: Run, node: ast.FormattedValue, scope: Scope) -> Any:
    value = run.evaluate(node.value, scope)
    spec = run.evaluate(node.format_spec, scope) if node.format_spec else ""
    if isinstance(value, Unknown) or isinstance(spec, Unknown):
        return Unknown(run.source_of(node.value))
    if node.conversion in _CONVERSIONS:
        value = printed(run, [value], node, _CONVERSIONS[node.conversion])
    return operators.formatted(run, value, spec, node)


_CONVERSIONS: dict[int, Callable[[Any], str]] = {ord("s"): str, ord("r"): repr, ord("a"): ascii}


# -- the rest ---------------------------------------------------------------------------------


def _lambda(run: Run, node: ast.Lambda, scope: Scope) -> Any:
    return calls.make_function(run, node, scope)


def _named(run: Run, node: ast.NamedExpr, scope: Scope) -> Any:
    value = run.evaluate(node.value, scope)
    note_made(run, node.target, node.value, value, scope)
    run.bind(scope.outside(), node.target.id, value, node.target)
    return value


def _starred(run: Run, node: ast.Starred, scope: Scope) -> Any:
    return run.evaluate(node.value, scope)


def _awaited(run: Run, node: ast.Await, scope: Scope) -> Any:
    return run.evaluate(node.value, scope)


EXPRESSIONS: dict[type[ast.AST], Handler] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.Call: _call,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _bool_op,
    ast.Compare: _compare,
    ast.IfExp: _if_expression,
    ast.List: _list,
    ast.Tuple: _tuple,
    ast.Set: _set,
    ast.Dict: _dict,
    ast.JoinedStr: _joined,
    ast.FormattedValue: _formatted,
    **COMPREHENSIONS,
    ast.Lambda: _lambda,
    ast.NamedExpr: _named,
    ast.Starred: _starred,
    ast.Await: _awaited,
    ast.Yield: generators.sent,
    ast.YieldFrom: generators.sent,
}

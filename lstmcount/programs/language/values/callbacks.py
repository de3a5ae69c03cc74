"""What unknown code changes by calling functions and filling containers that it is given."""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Any

import msgspec

from lstmcount.programs.language.run import Run
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.source.places import argument_in
from lstmcount.programs.language.values.signatures import signature_of
from lstmcount.programs.language.values.value import Value
from lstmcount.shapes import Unknown

CHANGING = frozenset({
    "add", "append", "appendleft", "clear", "difference_update", "discard", "extend", "extendleft",
    "insert", "intersection_update", "pop", "popitem", "popleft", "remove", "reverse", "setdefault",
    "sort", "subtract", "symmetric_difference_update", "update",
})  # fmt: skip
# Functions that change their first argument.
CHANGING_ARGUMENTS = frozenset({
    "copyto", "delitem", "fill_diagonal", "heapify", "heappop", "heappush", "heappushpop",
    "heapreplace", "iadd", "iconcat", "insort", "insort_left", "insort_right", "place", "put",
    "putmask", "setitem", "shuffle",
})  # fmt: skip
_CONTAINERS = (list, dict, set)
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def give_to_unknown(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> None:
    """Make unknown what unknown code at `node` may change, given these arguments.

    It may call functions any number of times, and fill containers that are empty.
    """
    passed: list[tuple[int | str, Any]] = [*enumerate(args), *kwargs.items()]
    for at, value in passed:
        if isinstance(value, Value):
            value.may_be_called(run, argument_in(node, at), set())
        elif isinstance(value, _CONTAINERS) and not value:
            run.spoil_as(value, run.source_of(argument_in(node, at)), node)


def forget_changes(
    run: Run,
    function: Function,
    around: Scope,
    passed: dict[str, Any],
    node: ast.AST,
    seen: set[ast.AST],
) -> None:
    """Make unknown what a function of the program changes outside of itself, as `node` calls it.

    `around` is the scope in which it was defined, `passed` has arguments by name, and `seen` holds
    the functions that need not be regarded again.
    """
    if function in seen:
        return
    seen.add(function)
    changes = _changes(function)
    scope = _scope(changes, around, passed)
    for name in changes.shared:
        if (holder := around.find(name)) is not None:
            run.forget_data(holder.names, "", node, only=name)
    for target in changes.containers:
        container = found(run, target, scope)
        if isinstance(container, _CONTAINERS):
            run.spoil_as(container, run.source_of(target), target)
    for target in changes.attributes:
        attributes = getattr(found(run, target.value, scope), "attributes", {})
        if target.attr in attributes:
            owner = f"{run.source_of(target.value)}."
            run.forget_data(attributes, owner, node, only=target.attr)
    for target in changes.called:
        called = found(run, target, scope)
        if isinstance(called, Value):
            called.may_be_called(run, target, seen)


def changes_models(
    run: Run, function: Function, around: Scope, passed: dict[str, Any], seen: set[ast.AST]
) -> bool:
    """Whether a function of the program surely adds to a model or changes its layers."""
    if function in seen:
        return False
    seen.add(function)
    changes = _changes(function)
    scope = _scope(changes, around, passed)
    owners = [*changes.containers, *[target.value for target in changes.attributes]]
    owners += changes.roots
    if any(getattr(found(run, owner, scope), "is_model", False) for owner in owners):
        return True
    for target in changes.called:
        called: Any = getattr(found(run, target, scope), "builder", None)
        inner: Any = getattr(called, "function", called)
        if hasattr(inner, "scope"):
            first = [called.receiver] if hasattr(called, "receiver") else []
            passed = signature_of(inner.node).passed(first, {})
            if changes_models(run, inner.node, inner.scope, passed, seen):
                return True
    return False


def _scope(changes: _Changes, around: Scope, passed: dict[str, Any]) -> Scope:
    """The names of a function, of whose arguments only those that are passed are known."""
    return Scope(around, {name: Unknown(name) for name in changes.own} | passed)


def found(run: Run, target: ast.expr, scope: Scope) -> Any:
    """The value of `name.attribute…`, as far as it is found without running the program's code."""
    if isinstance(target, ast.Name):
        holder = scope.find(target.id)
        return None if holder is None else holder.names[target.id]
    if not isinstance(target, ast.Attribute):
        return None
    owner = found(run, target.value, scope)
    attributes = owner if isinstance(owner, dict) else getattr(owner, "attributes", {})
    if target.attr in attributes:
        return attributes[target.attr]
    in_class = owner.cls.find(target.attr) if hasattr(owner, "cls") else None
    if isinstance(in_class, Value) and not in_class.is_property:
        return in_class.bound(run, owner, target)
    return in_class


class _Changes(msgspec.Struct):
    own: list[str]  # the names that the function binds for itself, parameters first
    shared: list[str]  # those that it binds outside, by `global` and `nonlocal`
    containers: list[ast.expr]  # names and attributes whose elements it changes
    attributes: list[ast.Attribute]  # attributes that it sets
    called: list[ast.expr]  # names and attributes that it calls
    roots: list[ast.expr]  # names through whose parts it sets attributes: `model.layers[0].units`


@lru_cache(1024)
def _changes(function: ast.AST) -> _Changes:
    changes = _Changes([], [], [], [], [], [])
    declared: set[str] = set()
    for node in ast.walk(function):
        match node:
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                declared.update(names)
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                changes.own.append(name)
            case ast.Attribute(ctx=ast.Store() | ast.Del()) if is_path(node):
                changes.attributes.append(node)
            case ast.Attribute(ctx=ast.Store()):
                changes.roots.append(root_of(node))
            case ast.Subscript(value=target, ctx=ast.Store() | ast.Del()) if is_path(target):
                changes.containers.append(target)
            case ast.Call(func=ast.Attribute(value=target, attr=name)) if is_path(target):
                changed = changes.containers if name in CHANGING else changes.called
                changed.append(target if name in CHANGING else node.func)
            case ast.Call(func=ast.Name() as target):
                changes.called.append(target)
    changes.shared.extend(declared.intersection(changes.own))
    changes.own[:] = [name for name in changes.own if name not in declared]
    return changes


def root_of(target: ast.expr) -> ast.expr:
    """The expression at the start: `model` of `model.get_layer(name).units`."""
    while isinstance(target, ast.Attribute | ast.Subscript | ast.Call):
        target = target.func if isinstance(target, ast.Call) else target.value
    return target


def is_path(target: ast.expr) -> bool:
    """Whether an expression is a name, or attributes of one."""
    while isinstance(target, ast.Attribute):
        target = target.value
    return isinstance(target, ast.Name)

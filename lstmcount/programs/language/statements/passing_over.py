"""Pass over code that only processes data: what it may change becomes unknown.

It is passed over where an unknown condition or loop is met in it, so that a part of it may have
run. Its names and containers are found in the names that are bound at that time.
"""

from __future__ import annotations

import ast
from functools import lru_cache
from typing import Any

import msgspec

from lstmcount.programs.language.objects.own_classes import Class
from lstmcount.programs.language.objects.own_functions import Function, Method
from lstmcount.programs.language.run import PassOver, Run
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.statements.bound_names import names_bound_by
from lstmcount.programs.language.values.callbacks import CHANGING, found
from lstmcount.programs.language.values.value import Value, inner_of

_Seen = set[tuple[ast.AST, int]]  # functions and the objects whose methods they are, by identity
_PLAIN = {name for kind in (str, bytes, list, dict, set, int, float) for name in dir(kind)}


class _Touched(msgspec.Struct):
    """What code may change, as names and attributes of names."""

    shared: set[str]  # names that it declares `global` or `nonlocal`
    containers: list[ast.expr]  # whose elements it changes
    attributes: list[ast.Attribute]  # that it sets
    calls: list[tuple[ast.expr, list[ast.expr]]]  # functions, and containers among the arguments


def forget_statement(run: Run, statement: ast.stmt, scope: Scope) -> None:
    """Make unknown what a statement may change, in whose names it runs."""
    _forget(run, statement, scope, set())
    for name in names_bound_by((statement,)):
        scope.bind(name, run.unknown(name))


def forget_call(run: Run, function: ast.AST, scope: Scope) -> None:
    """Make unknown what a function may change outside of its own names `scope`."""
    for name in _touched(function).shared:
        _forget_name(run, name, scope.parent)
    _forget(run, function, scope, set())


def _forget_name(run: Run, name: str, scope: Scope | None) -> None:
    holder = None if scope is None else scope.find(name)
    if holder is not None:
        holder.names[name] = run.unknown(name)


def _forget(run: Run, code: ast.AST, scope: Scope, seen: _Seen) -> None:
    touched = _touched(code)
    for path in touched.containers:
        _forget_elements(run, found(run, path, scope), path, code)
    for target in touched.attributes:
        owner = found(run, target.value, scope)
        if isinstance(owner, Value) and owner.is_of_model:
            raise PassOver(code)
        new = run.unknown(run.source_of(target))
        if isinstance(owner, Value):
            owner.set_attribute(run, target.attr, new, target)
        elif isinstance(owner, dict):
            owner[target.attr] = new
    for path, passed in touched.calls:
        arguments = [found(run, each, scope) for each in passed]
        _forget_called(run, path, arguments, scope, code, seen)


def _forget_called(
    run: Run,
    path: ast.expr,
    arguments: list[Any],
    around: Scope,
    code: ast.AST,
    seen: _Seen,
) -> None:
    """Make unknown what a call of a function of the program may change."""
    called: Any = found(run, path, around)
    receiver: Any = None
    if isinstance(called, Value) and called.is_of_model:
        raise PassOver(code)
    if isinstance(called, Class):
        called = called.find("__init__")
    elif isinstance(called, Method):
        called, receiver = called.function, called.receiver
    elif isinstance(called, Function) and isinstance(path, ast.Attribute):
        receiver = found(run, path.value, around)  # the class of a class method
    if not isinstance(called, Function):
        return
    for value in arguments:
        _forget_elements(run, value, path, code)
    if (call := (called.node, id(receiver))) in seen:
        return
    seen.add(call)
    parameters = [each.arg for each in ast.walk(called.node.args) if isinstance(each, ast.arg)]
    values = {name: called.defaults.get(name, run.unknown(name)) for name in parameters}
    scope = Scope(called.scope, values)
    if receiver is not None and parameters:
        scope.names[parameters[0]] = receiver
    for name in _touched(called.node).shared:
        _forget_name(run, name, called.scope)
    _forget(run, called.node, scope, seen)


def _forget_elements(run: Run, value: Any, path: ast.expr, code: ast.AST) -> None:
    if isinstance(value, Value) and value.is_of_model:
        raise PassOver(code)
    words = run.source_of(path)
    container = inner_of(value)
    if isinstance(container, list | dict | set):
        run.spoil_as(container, words, path)
    if isinstance(container, list):
        container[:] = [run.unknown(f"{words}[{at}]") for at in range(len(container))]
    elif attributes := getattr(container, "attributes", None):
        attributes.update({name: run.unknown(f"{words}.{name}") for name in attributes})
    elif isinstance(container, Value):
        container.set_item(run, run.unknown("key"), run.unknown(words), path)


@lru_cache(1024)
def _touched(code: ast.AST) -> _Touched:
    touched = _Touched(set(), [], [], [])
    origins: dict[str, list[ast.expr]] = {}  # of names: what their values may be, or be parts of
    objects: list[ast.expr] = []  # whose methods are called, or attributes set
    for node in ast.walk(code):
        match node:
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                touched.shared.update(names)
            case ast.Subscript(ctx=ast.Store() | ast.Del()):
                touched.containers += paths_in(node.value)
            case ast.Attribute(value=owner, ctx=ast.Store() | ast.Del()):
                paths = paths_in(owner)
                if paths == [owner]:
                    touched.attributes.append(node)
                else:  # of an element
                    touched.containers += paths
                objects += paths
            case ast.Call(func=ast.Attribute(value=owner, attr=name)) if name in CHANGING:
                touched.containers += paths_in(owner)
            case ast.Call(func=function, args=args, keywords=keywords):
                passed = [path for each in (*args, *keywords) for path in paths_in(each)]
                touched.calls += [(path, passed) for path in paths_in(function)[:1]]
                if isinstance(function, ast.Attribute) and function.attr not in _PLAIN:
                    objects += paths_in(function.value)
            case ast.Assign(targets=targets, value=value):
                _note_origins(origins, targets, value)
            case ast.AugAssign(target=target, value=value):
                _note_origins(origins, [target], value)
                touched.containers += paths_in(target)
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                _note_origins(origins, [target], value)
    for path in (*touched.containers, *objects):
        root = path
        while isinstance(root, ast.Attribute):
            root = root.value
        assert isinstance(root, ast.Name)
        touched.containers += origins.get(root.id, [])
    for path in touched.containers:  # which grows
        if isinstance(path, ast.Name):
            touched.containers += origins.pop(path.id, [])
    return touched


def _note_origins(
    origins: dict[str, list[ast.expr]], targets: list[ast.expr], value: ast.expr
) -> None:
    for target in targets:
        for name in ast.walk(target):
            if isinstance(name, ast.Name):
                origins.setdefault(name.id, []).extend(paths_in(value))


def paths_in(expression: ast.AST) -> list[ast.expr]:
    """The names in an expression with the attributes that are read of them.

    >>> [ast.unparse(path) for path in paths_in(ast.parse("f(a.b[0].c, d)", mode="eval").body)]
    ['f', 'a.b', 'd']
    """
    if isinstance(expression, ast.Attribute | ast.Name):
        inner: ast.expr = expression
        while isinstance(inner, ast.Attribute):
            inner = inner.value
        if isinstance(inner, ast.Name):
            return [expression]
    return [path for part in ast.iter_child_nodes(expression) for path in paths_in(part)]

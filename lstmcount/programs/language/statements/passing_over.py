"""Pass over code that only processes data: what it may change becomes unknown.

It is passed over where an unknown condition or loop is met in it, so that a part of it may have
run. Its names and containers are found in the names that are bound at that time.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from lstmcount.programs.language.objects.own_classes import Class, Instance
from lstmcount.programs.language.objects.own_functions import Function, Method
from lstmcount.programs.language.run import MISSING, PassOver, Run
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.statements.bound_names import names_bound_by
from lstmcount.programs.language.statements.touched import (
    PLAIN,
    bound_in_expressions,
    handed_on,
    touched_by,
)
from lstmcount.programs.language.values.callbacks import (
    CHANGING,
    CHANGING_ARGUMENTS,
    found,
    root_of,
)
from lstmcount.programs.language.values.signatures import signature_of
from lstmcount.programs.language.values.value import Value, inner_of

MAX_FORGOTTEN = 1000  # calls and objects
_READING = {name for name in PLAIN - CHANGING if not name.startswith("__")} | {"most_common"}
_CHANGING_VALUES = {
    "add_section", "fill", "itemset", "partition", "put", "read_dict", "read_file", "read_string",
    "remove_option", "remove_section", "resize", "set", "setflags", "sort",
}  # fmt: skip
_CONTAINERS: Any = list | dict | set


class _Seen(msgspec.Struct):
    """What is made unknown already in code that is passed over."""

    code: ast.AST
    found: dict[tuple[int, ...], Any] = {}  # calls and objects, by identities of what they keep
    later: list[Callable[[], Any]] = []  # what makes names and attributes unknown, at the end
    keeps_models: bool = False  # whether models stay as they are

    def refuse(self) -> None:
        """End the run, which cannot pass over what may change a model."""
        if not self.keeps_models:
            raise PassOver(self.code)

    def is_new(self, *keys: Any) -> bool:
        """Whether such a call or object was not seen before."""
        if len(self.found) > MAX_FORGOTTEN:
            self.refuse()
            return False
        return self.found.setdefault(tuple(map(id, keys)), keys) is keys


def forget_statement(
    run: Run, statement: ast.stmt, scope: Scope, *, keeps_models: bool = False
) -> None:
    """Make unknown what a statement may change, in whose names it runs."""
    names = [*names_bound_by((statement,)), *bound_in_expressions(statement)]
    _forget_all(run, statement, scope, names, keeps_models=keeps_models)
    for name in names:
        scope.bind(name, run.unknown(run.words_at(name, statement)))


def forget_call(run: Run, function: ast.AST, scope: Scope) -> None:
    """Make unknown what a function may change outside of its own names `scope`."""
    shared = touched_by(function).shared
    _forget_all(run, function, scope, list(shared))
    for name in shared:
        _forget_name(run, name, scope.parent)


def _forget_all(
    run: Run, code: ast.AST, scope: Scope, names: list[str], *, keeps_models: bool = False
) -> None:
    """Make unknown what code may change, also what it hands on in `names` or returns: others may
    change that under its new name, which is unknown."""
    seen = _Seen(code, keeps_models=keeps_models)
    for path, is_whole in handed_on(code, tuple(names)):
        value = _value_at(run, path, scope)
        attributes = getattr(value, "attributes", value)
        inner = attributes.values() if isinstance(attributes, dict) else attributes
        parts = list(inner) if isinstance(value, list | tuple | dict | set | Instance) else []
        for each in [value] if is_whole or isinstance(value, Function | Method) else parts:
            _forget_elements(run, each, path, seen)
    _forget(run, code, scope, seen)
    for forget in seen.later:
        forget()


def _forget_name(run: Run, name: str, scope: Scope | None) -> None:
    holder = None if scope is None else scope.find(name)
    if holder is not None:
        holder.names[name] = run.unknown(name)


def _forget(run: Run, code: ast.AST, scope: Scope, seen: _Seen) -> None:
    touched = touched_by(code)
    for path in touched.read:  # before their parts are unknown
        _forget_read(run, path, scope, seen)
    for call, passed in touched.calls:
        _forget_call(run, call, scope, passed, seen)
    for path in touched.containers:
        value = _value_at(run, path, scope)
        if value is None and isinstance(path, ast.Attribute):  # `frame.loc`
            value = _value_at(run, path.value, scope)
            value = value if isinstance(value, Value) else None
        _forget_elements(run, value, path, seen)
    for path in touched.objects:
        if isinstance(value := _value_at(run, path, scope), Method):  # of a property
            _forget_elements(run, value, path, seen)
    for target in touched.attributes:
        owner = _value_at(run, target.value, scope)
        if isinstance(owner, Value) and (owner.is_of_model or _changes_shape(owner, target.attr)):
            seen.refuse()
            if target not in run.set_at:
                run.libraries.note_unknown_set(run, target.attr, target)
            continue
        new = run.unknown(run.source_of(target))
        if isinstance(owner, Value):
            seen.later.append(partial(owner.set_attribute, run, target.attr, new, target))
        elif isinstance(owner, dict):
            seen.later.append(partial(owner.update, {target.attr: new}))


def _changes_shape(owner: Value, attribute: str) -> bool:
    is_own = isinstance(owner, Instance | Class)
    return not is_own and attribute in ("columns", "index", "shape")


def _value_at(run: Run, path: ast.expr, scope: Scope) -> Any:
    """The value of `name.attribute…`; for a property, the method that computes it."""
    value = found(run, path, scope)
    if isinstance(path, ast.Attribute) and isinstance(value, Function) and value.is_property:
        return _of_object(value, found(run, path.value, scope))
    return None if value is MISSING else value


def _forget_read(run: Run, path: ast.expr, scope: Scope, seen: _Seen) -> None:
    """Make unknown what may change where a value is read: the rest of an iterator, and what special
    methods of an object change. Whoever gets a function may call it."""
    value = _value_at(run, path, scope)
    if isinstance(value, Function | Method):
        owner = _value_at(run, path.value, scope) if isinstance(path, ast.Attribute) else None
        _forget_function(run, value, owner, [], {}, seen)
    elif isinstance(value, list | tuple | dict):
        for each in value.values() if isinstance(value, dict) else value:
            if isinstance(each, Value):
                each.lose_rest()
    elif isinstance(value, Instance):
        if any(map(_changes_others, _methods_of(value, special=True))):  # `object << rows`
            seen.refuse()
        _forget_methods(run, value, seen, special=True)
    elif isinstance(value, Value):
        value.lose_rest()
        _forget_kept(run, value, path, seen)
    if hasattr(value, "default_factory"):  # it may add a key
        _forget_elements(run, value, path, seen)


def _forget_kept(run: Run, value: Any, path: ast.expr, seen: _Seen) -> None:
    """Make unknown what calling `rows.append` or `partial(function, rows)` may change."""
    for each in (getattr(value, "value", None), *getattr(value, "parts", ())):
        _forget_function(run, each, None, [], {}, seen)
        if isinstance(each, Value):
            _forget_kept(run, each, path, seen)
        _forget_elements(run, each, path, seen)


def _forget_methods(run: Run, value: Instance, seen: _Seen, *, special: bool) -> None:
    """Make unknown what all special methods of an object change, or all others."""
    for method in _methods_of(value, special=special):
        _forget_function(run, _of_object(method, value), None, [], {}, seen)


def _methods_of(value: Instance, *, special: bool) -> list[Function]:
    """The special methods of an object, or the others; not `__init__`."""
    classes = [cls for cls in value.cls.ancestry() if isinstance(cls, Class)]
    attributes = [each for cls in classes for each in cls.attributes.values()]
    methods = [each for each in attributes if isinstance(each, Function)]
    return [
        each
        for each in methods
        if each.name.startswith("__") == special and each.name != "__init__"
    ]


def _changes_others(method: Function) -> bool:
    """Whether a method may change its arguments besides `self`."""
    touched = touched_by(method.node)
    changed = [*touched.containers, *touched.objects, *[each.value for each in touched.attributes]]
    parameters = {each.arg for each in ast.walk(method.node.args) if isinstance(each, ast.arg)}
    others = parameters - {method.node.args.args[0].arg if method.node.args.args else ""}
    roots = map(root_of, changed)
    return any(isinstance(root, ast.Name) and root.id in others for root in roots)


def _of_object(method: Any, value: Any) -> Any:
    is_plain = not isinstance(method, Function) or "staticmethod" in method.decorators
    return method if is_plain else Method(method, value)


def _forget_call(
    run: Run, call: ast.Call, scope: Scope, passed: dict[ast.expr, list[ast.expr]], seen: _Seen
) -> None:
    """Make unknown what a call may change: of containers, or as a function of the program."""
    path = call.func
    called: Any = _value_at(run, path, scope)
    owner: Any = None
    if isinstance(path, ast.Attribute):
        owner = _value_at(run, path.value, scope)
        is_own = isinstance(owner, Instance | Class)
        if isinstance(inner_of(owner), _CONTAINERS) and path.attr not in _READING:
            _forget_elements(run, owner, path, seen)
        elif isinstance(owner, Value) and not is_own:
            if path.attr in _CHANGING_VALUES or _may_build(run, owner, path):
                seen.refuse()
            owner.lose_rest()
    if isinstance(called, Value) and called.is_of_model:
        seen.refuse()
        return
    if called is None and isinstance(owner, Instance):  # `__getattr__` may find it
        _forget_elements(run, owner, path, seen)
    _forget_kept(run, called, path, seen)
    is_class = isinstance(called, Class)
    if isinstance(called, Class):
        value = Instance(called)
        called = _of_object(called.find("__init__"), value)
    elif isinstance(called, Instance):
        called = _of_object(called.cls.find("__call__"), called)
    args, kwargs = _arguments(run, call, scope, passed)
    is_known = args is not None and not is_class
    values = [_value_at(run, each, scope) for each in passed]
    if isinstance(called, Function | Method):
        is_known = is_known and not _has_rest(called)
    elif ast.unparse(path).rpartition(".")[2] in CHANGING_ARGUMENTS:
        is_known = False
    elif not any(isinstance(value, Function | Method) for value in values):
        return  # no function of the program is called
    for each, paths in passed.items():
        if not is_known or paths != [each]:
            for path in paths:
                _forget_elements(run, _value_at(run, path, scope), path, seen)
    _forget_function(run, called, owner, args or [], kwargs, seen)


def _may_build(run: Run, owner: Value, path: ast.expr) -> bool:
    """Whether a method may build a model, as `predict` does, or its class has such a method."""
    return owner.is_of_model and owner.attribute(run, "built", path) is not True


def _arguments(
    run: Run, call: ast.Call, scope: Scope, passed: dict[ast.expr, list[ast.expr]]
) -> tuple[list[Any] | None, dict[str, Any]]:
    """The values that a call passes on, None for those that are not found; None if it is not known
    for which parameters."""

    def value_of(each: ast.expr) -> Any:
        return _value_at(run, each, scope) if passed[each] == [each] else None

    kwargs = {each.arg: value_of(each.value) for each in call.keywords if each.arg}
    is_known = len(kwargs) == len(call.keywords)
    is_known = is_known and not any(isinstance(each, ast.Starred) for each in call.args)
    return (list(map(value_of, call.args)), kwargs) if is_known else (None, {})


def _has_rest(called: Function | Method) -> bool:
    """Whether it has parameters for any number of arguments."""
    function = called.function if isinstance(called, Method) else called
    return bool(function.node.args.vararg or function.node.args.kwarg)


def _forget_function(
    run: Run, called: Any, owner: Any, args: list[Any], kwargs: dict[str, Any], seen: _Seen
) -> None:
    """Make unknown what a function changes, if it is one of the program."""
    if not isinstance(called, Function | Method):
        return
    scope = _scope_of(run, called, owner, args, kwargs)
    function = called.function if isinstance(called, Method) else called
    passed = [value for value in scope.names.values() if isinstance(value, _CONTAINERS | Value)]
    if seen.is_new(function.node, *passed):
        for name in touched_by(function.node).shared:
            seen.later.append(partial(_forget_name, run, name, function.scope))
        _forget(run, function.node, scope, seen)


def _scope_of(
    run: Run, called: Function | Method, owner: Any, args: list[Any], kwargs: dict[str, Any]
) -> Scope:
    """The names of a function that is called; what is not found is unknown in it."""
    function = called.function if isinstance(called, Method) else called
    if isinstance(called, Method):
        args = [called.receiver, *args]
    elif function.is_property or "classmethod" in function.decorators:
        args = [owner, *args]
    node = function.node
    parameters = [each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)]
    passed = signature_of(node).passed(args, kwargs).items()
    known = function.defaults | {name: value for name, value in passed if value is not None}
    return Scope(function.scope, {name: run.unknown(name) for name in parameters} | known)


def _forget_elements(run: Run, value: Any, path: ast.AST, seen: _Seen) -> None:
    """Make the elements of a container unknown, and what is inside of them: any may be changed."""
    if isinstance(value, Value) and value.is_of_model:
        seen.refuse()
        return
    container = inner_of(value)
    if not isinstance(container, _CONTAINERS | tuple | Value) or not seen.is_new(container):
        return
    words = run.source_of(path)
    inner: list[Any] = []
    if isinstance(container, dict):
        inner = list(container.values())
    elif isinstance(container, list | set | tuple):
        inner = list(container)
    if isinstance(container, _CONTAINERS):
        run.spoil_as(container, words, path)
    if isinstance(container, list):
        container[:] = [run.unknown(f"{words}[{at}]") for at in range(len(container))]
    elif isinstance(container, Function | Method):
        scope = _scope_of(run, container, None, [], {})
        node = (container.function if isinstance(container, Method) else container).node
        inner = [_value_at(run, each, scope) for each in touched_by(node).returned]
    elif attributes := getattr(container, "attributes", None):
        inner = list(attributes.values())
        attributes.update({name: run.unknown(f"{words}.{name}") for name in attributes})
    elif isinstance(container, Value):
        container.lose_rest()
        inner = [container.set_item(run, run.unknown("key"), run.unknown(words), path)]
    if isinstance(value, Instance):
        value.set_some_attribute(run, path)
        _forget_methods(run, value, seen, special=False)
        methods = _methods_of(value, special=False) + _methods_of(value, special=True)
        inner += [_of_object(each, value) for each in methods]  # what they return
    elif isinstance(value, Value) and value is not container:  # it may be kept in several dicts
        inner.append(value.set_item(run, run.unknown("key"), run.unknown(words), path))
    for each in inner:
        _forget_elements(run, each, path, seen)

"""Execute statements: bind names, and signal how control leaves a body."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from lstmcount.programs.language.objects import classes, exceptions
from lstmcount.programs.language.objects.own_functions import Return
from lstmcount.programs.language.run import MISSING, PYTHON_ERRORS, Run, Stop
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.source.private_names import has_private_names, mangle
from lstmcount.programs.language.statements import calls
from lstmcount.programs.language.statements.assignment import assign
from lstmcount.programs.language.statements.control import BREAK, CONTINUE, CONTROL, at_once
from lstmcount.programs.language.statements.own_words import note_made, rename_changed
from lstmcount.programs.language.statements.told_apart import binds_apart, name_elements
from lstmcount.programs.language.structures import unknown_in_key
from lstmcount.programs.language.values import operators
from lstmcount.programs.language.values.elements import items
from lstmcount.programs.language.values.operators import truth_of
from lstmcount.programs.language.values.unknown_elements import UnknownElement, may_be_changed
from lstmcount.programs.language.values.value import Value
from lstmcount.shapes import Unknown

Handler = Callable[["Run", Any, Scope], Any]


def _expression(run: Run, node: ast.Expr, scope: Scope) -> None:
    if isinstance(node.value, ast.BoolOp):
        run.execute(_as_condition(node.value), scope)
    elif isinstance(node.value, ast.ListComp) and any(each.ifs for each in node.value.generators):
        run.execute(_as_loops(node.value), scope.inside())
    elif not isinstance(node.value, ast.Constant):
        run.evaluate(node.value, scope)


@lru_cache(maxsize=1024)  # the program is followed several times
def _as_condition(node: ast.BoolOp) -> list[ast.stmt]:
    """`test and model.add(layer)`, whose value is not used, as an `if` statement."""
    test, *others = node.values
    rest = others[0] if len(others) == 1 else ast.copy_location(ast.BoolOp(node.op, others), node)
    body: list[ast.stmt] = [ast.copy_location(ast.Expr(rest), node)]
    skipped: list[ast.stmt] = [ast.copy_location(ast.Pass(), node)]
    branches = (body, []) if isinstance(node.op, ast.And) else (skipped, body)
    return [ast.copy_location(ast.If(test, *branches), node)]


@lru_cache(maxsize=1024)
def _as_loops(node: ast.ListComp) -> list[ast.stmt]:
    """`[model.add(layer) for layer in layers if test]`, whose value is not used, as `for` loops."""
    body: list[ast.stmt] = [ast.copy_location(ast.Expr(node.elt), node)]
    for each in reversed(node.generators):
        for test in reversed(each.ifs):
            body = [ast.copy_location(ast.If(test, body, []), node)]
        body = [ast.copy_location(ast.For(each.target, each.iter, body, []), node)]
    return body


# -- binding names ------------------------------------------------------------------------------


def _assign(run: Run, node: ast.Assign, scope: Scope) -> None:
    value = run.evaluate(node.value, scope)
    if isinstance(node.value, ast.ListComp | ast.DictComp):
        name_elements(run, value, node.targets[0])
    if binds_apart(run, node, value, scope):
        return
    for target in node.targets:
        note_made(run, target, node.value, value, scope)
        assign(run, target, value, scope)


def _annotated(run: Run, node: ast.AnnAssign, scope: Scope) -> None:
    if node.value is not None:
        assign(run, node.target, run.evaluate(node.value, scope), scope)


def _augmented(run: Run, node: ast.AugAssign, scope: Scope) -> None:
    target = node.target
    current = run.evaluate(_as_load(target), scope)
    value = run.evaluate(node.value, scope)
    if isinstance(current, UnknownElement):
        may_be_changed(run, current, node)
    if isinstance(current, Value):
        changed = current.in_place(run, type(node.op), value, node)
        if changed is not MISSING:
            assign(run, target, changed, scope)
            return
    if isinstance(current, list | dict) and run.is_open(current):
        run.note_change_of_open(current, node)
    if isinstance(current, list) and isinstance(node.op, ast.Add):
        more = items(run, value, node)
        if more is None:
            run.spoil(current, node)
            joined = operators.binary(run, ast.Add, current, value, node)
            assign(run, target, joined, scope)
        else:
            if len(current) + len(more) > operators.MAX_LENGTH:
                raise run.limit(node, f"{run.source_of(node)} is too large to be followed")
            current += more
            if not isinstance(target, ast.Name):  # `self.x += []` may copy what the class has
                assign(run, target, current, scope)
        return
    result = operators.binary(run, type(node.op), current, value, node)
    if isinstance(current, list | set | dict):
        result = _changed_to(run, current, result, node)
    note_made(run, target, _as_binary(node), result, scope)
    assign(run, target, result, scope)


def _changed_to(run: Run, current: Any, result: Any, node: ast.AST) -> Any:
    """The container itself, which `|=` and its like change, with what the operator gives."""
    if not isinstance(result, list | set | dict):
        run.spoil(current, node)
        return result
    current.clear()
    if isinstance(current, list):
        current += result
    else:
        current.update(result)
    return current


def _as_load(target: ast.expr) -> ast.expr:
    """The target of `target += …` as an expression: handlers ignore its context."""
    return target


@lru_cache(maxsize=1024)  # the program is followed several times
def _as_binary(node: ast.AugAssign) -> ast.expr:
    """`n + 1` for `n += 1`."""
    left = (
        ast.Name(node.target.id, ast.Load()) if isinstance(node.target, ast.Name) else node.target
    )
    return ast.copy_location(ast.BinOp(left, node.op, node.value), node)


def _delete(run: Run, node: ast.Delete, scope: Scope) -> None:
    """`del`, of names, attributes and items."""
    for target in node.targets:
        if isinstance(target, ast.Tuple | ast.List):
            _delete(run, ast.Delete(target.elts), scope)
        elif isinstance(target, ast.Name):
            scope.declared.get(target.id, scope).names.pop(target.id, None)
        elif isinstance(target, ast.Attribute):
            owner = run.evaluate(target.value, scope)
            if isinstance(owner, Value):
                owner.delete_attribute(run, target.attr, target)
        elif isinstance(target, ast.Subscript):
            container = run.evaluate(target.value, scope)
            key = run.evaluate(target.slice, scope)
            if isinstance(container, Value):
                container = container.delete_item(run, key, target)
            if isinstance(container, UnknownElement):
                may_be_changed(run, container, target)
            if isinstance(container, Unknown) and isinstance(target.value, ast.Name):
                run.forget_parts(str(container))
                rename_changed(run, target.value.id, target)
            if isinstance(container, list | dict) and unknown_in_key(key) is not None:
                run.spoil(container, target)
                container.clear()  # which of them are left is not known
                continue
            if not isinstance(container, list | dict):
                continue
            run.weigh(node, key)
            run.note_change(container, "__delitem__", [key], {}, target)
            try:
                del container[key]
            except (*PYTHON_ERRORS, RecursionError) as error:
                run.fail(error, container)


def _function(run: Run, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
    scope.bind(node.name, calls.decorated(run, node, scope))


def _class(run: Run, node: ast.ClassDef, scope: Scope) -> None:
    bases = [run.evaluate(base, scope) for base in node.bases]
    body = Scope(scope)
    body.is_class = True
    if has_private_names(run.program.part(node.lineno).text):
        mangle(node)
    run.execute(node.body, body)
    keywords = {
        keyword.arg: run.evaluate(keyword.value, scope) for keyword in node.keywords if keyword.arg
    }
    cls: Any = classes.make(run, node, bases, body.names, keywords)
    for decorator in reversed(node.decorator_list):
        cls = calls.with_decorator(run, cls, decorator, scope)
    scope.bind(node.name, cls)


def _global(run: Run, node: ast.Global, scope: Scope) -> None:
    for name in node.names:
        scope.declared[name] = scope.module()


def _nonlocal(run: Run, node: ast.Nonlocal, scope: Scope) -> None:
    for name in node.names:
        owner = scope.parent and scope.parent.find(name)
        if owner:
            scope.declared[name] = owner


# -- control ------------------------------------------------------------------------------------


def _return(run: Run, node: ast.Return, scope: Scope) -> Return:
    return Return(run.evaluate(node.value, scope) if node.value is not None else None)


def _assert(run: Run, node: ast.Assert, scope: Scope) -> None:
    truth = truth_of(run, run.evaluate(node.test, scope)) if run.catching else True
    if isinstance(truth, Unknown) and exceptions.is_caught(run, "AssertionError"):
        truth = bool(run.decide(truth, node.test, node.test, 1, scope))
    if truth is False:
        run.fail(AssertionError(*([] if node.msg is None else [run.evaluate(node.msg, scope)])))


def _raise(run: Run, node: ast.Raise, scope: Scope) -> None:
    raise Stop(exceptions.raised(run, node, scope), node)


STATEMENTS: dict[type[ast.AST], Handler] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AnnAssign: _annotated,
    ast.AugAssign: _augmented,
    ast.Delete: _delete,
    ast.Import: lambda run, node, scope: run.own_modules.import_(node, scope),
    ast.ImportFrom: lambda run, node, scope: run.own_modules.import_from(node, scope),
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Assert: _assert,
    ast.Break: lambda run, node, scope: BREAK,
    ast.Continue: lambda run, node, scope: CONTINUE,
    **{kind: at_once(statement) for kind, statement in CONTROL.items()},
}

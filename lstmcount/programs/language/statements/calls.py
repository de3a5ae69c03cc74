"""Calls of functions, and creation of functions."""

from __future__ import annotations

import ast
import copy
import re
from typing import Any

from lstmcount.programs.language.flow import is_generator
from lstmcount.programs.language.objects import binding
from lstmcount.programs.language.objects.classes import fields_of_class
from lstmcount.programs.language.objects.own_classes import Class
from lstmcount.programs.language.objects.own_functions import Function, Method, Return
from lstmcount.programs.language.run import MISSING, PassOver, Run
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.statements.bound_names import bound_names
from lstmcount.programs.language.statements.decorators import unknown_decorator
from lstmcount.programs.language.statements.generators import Generator
from lstmcount.programs.language.statements.passing_over import forget_call
from lstmcount.programs.language.statements.recursion import (
    MAX_CALLS,
    TooDeepError,
    too_deep,
    unknown_result,
)
from lstmcount.programs.language.values.callbacks import give_to_unknown
from lstmcount.programs.language.values.provided import call_words
from lstmcount.programs.language.values.signatures import Signature, signature_of
from lstmcount.programs.language.values.unknown_elements import UnknownElement
from lstmcount.programs.language.values.unknowns import elements_in
from lstmcount.programs.language.values.value import Value
from lstmcount.shapes import Unknown

_PROPERTY_DECORATORS = ("getter", "setter", "deleter")
_DATA = (int, float, str, list, tuple, dict, set)
_NAMES = r"(?<![\w.])[A-Za-z_]\w*"


def call(run: Run, function: Any, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`function(*args, **kwargs)`; an unknown with the call's source text if not determined."""
    if isinstance(function, Value):
        return function.call(run, args, kwargs, node)
    if isinstance(function, Unknown):
        return call_unknown(run, function, args, kwargs, node)
    run.fail(TypeError())
    return run.unknown(run.source_of(node))


def call_unknown(
    run: Run, function: Unknown, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> Any:
    """The result of calling an unknown function.

    On tensors, the result is a tensor of unknown shape. Declared classes are known by their name,
    wherever the program imports them from.
    """
    give_to_unknown(run, args, kwargs, node)
    result = run.libraries.call_unknown(run, function, args, kwargs, node)
    if result is not MISSING:
        return result
    words = call_words(run, str(function), args, kwargs, node)
    run.rename(function.text, words)
    return run.unknown(words)


class Rest:
    """The source texts of unknown `*elements` and `**entries` in a call; "" for none."""

    __slots__ = ("elements", "entries")

    def __init__(self) -> None:
        self.elements = self.entries = ""


def call_with_rest(
    run: Run,
    function: Any,
    args: list[Any],
    kwargs: dict[str, Any],
    rest: Rest,
    node: ast.AST,
) -> Any:
    """A call with unknown arguments: what no known argument sets is unknown, not a default."""
    signature = _signature(function)
    if signature is None and isinstance(function, Value):
        return function.call_with_rest(run, rest.elements or rest.entries, node)
    takes_rest = signature is not None and signature.rest is not None and bool(rest.elements)
    if takes_rest and isinstance(function, Class):
        function.called = True
    if signature is None or (takes_rest and isinstance(function, Class)):
        return run.unknown(run.source_of(node))
    passed = dict(kwargs)
    for at, name in enumerate(signature.by_place[len(args) :]):
        if name not in passed and (rest.elements or rest.entries):
            words = f"{rest.elements}[{at}]" if rest.elements else f"{rest.entries}[{name!r}]"
            passed[name] = run.unknown(words)
    for name in signature.only_by_name if rest.entries else ():
        passed.setdefault(name, run.unknown(f"{rest.entries}[{name!r}]"))
    if rest.entries:
        run.leave_open(passed, rest.entries)
    if takes_rest and isinstance(function, Function | Method):
        return _call_with_more(run, function, args, passed, rest.elements, node)
    return run.call(function, args, passed, node)


def _call_with_more(
    run: Run, function: Function | Method, args: list[Any], kwargs: Any, rest: str, node: ast.AST
) -> Any:
    """A call of a function with `*args`, to which unknown elements belong."""
    plain = function.function if isinstance(function, Method) else function
    args = [function.receiver, *args] if isinstance(function, Method) else args
    taken = len(signature_of(plain.node).by_place) - len(args)
    more: Any = run.unknown(rest if taken <= 0 else f"{rest}[{taken}:]")
    if taken < 0:
        more = (*args[taken:], more)
        run.leave_open(more, rest)
    return call_function(run, plain, args, kwargs, node, more=more)


def _signature(function: Any) -> Signature | None:
    """What a function, method or class of the program takes; None for other values."""
    if isinstance(function, Method):
        return signature_of(function.function.node).without_receiver()
    if isinstance(function, Class):
        init = function.find("__init__")
        if isinstance(init, Function):
            return signature_of(init.node).without_receiver()
        fields = tuple(fields_of_class(function))
        return Signature(fields, fields) if fields else None
    return signature_of(function.node) if isinstance(function, Function) else None


def make_function(run: Run, node: Any, scope: Scope) -> Function:
    function = Function(node, scope.enclosing())
    arguments = node.args
    names = [*arguments.posonlyargs, *arguments.args]
    if arguments.defaults:
        for name, default in zip(
            names[-len(arguments.defaults) :], arguments.defaults, strict=True
        ):
            function.defaults[name.arg] = run.evaluate(default, scope)
    for name, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        if default is not None:
            function.defaults[name.arg] = run.evaluate(default, scope)
    return function


def decorated(run: Run, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> Any:
    """The decorated function. An unknown decorator is assumed to return the function itself."""
    value: Any = make_function(run, node, scope)
    for decorator in reversed(node.decorator_list):
        plain = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(plain, ast.Attribute) and plain.attr in _PROPERTY_DECORATORS:
            return _property(run, plain, value, scope)
        value = with_decorator(run, value, decorator, scope)
    return value


def with_decorator(run: Run, value: Any, decorator: ast.expr, scope: Scope) -> Any:
    wrapper = run.evaluate(decorator, scope)
    result = run.call(wrapper, [value], {}, decorator) if isinstance(wrapper, Value) else wrapper
    if isinstance(result, Unknown) and isinstance(value, Function | Class):
        value.is_decorated = True
        value.unknown_decorator = unknown_decorator(run, result, decorator)
    return result if isinstance(result, Value) else value


def call_function(
    run: Run,
    function: Function,
    args: list[Any],
    kwargs: dict[str, Any],
    node: ast.AST,
    *,
    fill: bool = False,
    more: Any = MISSING,
) -> Any:
    """The function's return value; with `fill`, missing arguments become unknowns.

    `more` is the value of `*args`, if it does not follow from the arguments.
    """
    if run.depth >= MAX_CALLS:
        raise too_deep(run, function, node)
    function.called = True
    scope = Scope(function.scope)
    binding.bind(run, function, args, kwargs, scope, node, fill=fill)
    if more is not MISSING and function.node.args.vararg is not None:
        scope.names[function.node.args.vararg.arg] = more
    passed = dict(scope.names)
    body = function.node
    owner = function.owner
    frame = (args[0], owner) if owner is not None and args else None
    effects, guesses = run.effects, run.guesses
    if not isinstance(body, ast.Lambda):
        scope.local = bound_names(body)
    if not isinstance(body, ast.Lambda) and is_generator(body):
        return Generator(run, body, scope, frame)
    catching, handled = len(run.catching), len(run.handled)
    run.depth += 1
    function.running += 1
    run.frames.append(frame)
    run.scopes.append(scope)
    try:
        if isinstance(body, ast.Lambda):
            return run.evaluate(body.body, scope)
        signal = run.execute(body.body, scope)
    except PassOver as left:
        if left.code is not body:
            raise
        del run.catching[catching:], run.handled[handled:]
        forget_call(run, body, scope)
        return run.unknown(run.source_of(node))
    except TooDeepError as error:
        if not error.ends_with(function) or run.effects > effects or run.guesses == guesses:
            raise
        del run.catching[catching:], run.handled[handled:]
        return unknown_result(run, function, args, kwargs, node)
    finally:
        function.running -= 1
        run.depth -= 1
        run.frames.pop()
        run.scopes.pop()
    result = signal.value if isinstance(signal, Return) else None
    decorator = function.unknown_decorator
    if decorator and (run.effects > effects or isinstance(result, _DATA)):
        run.libraries.note_decorator(run, function.name, decorator, body)
    if not isinstance(signal, Return):
        return None
    return _named_by_call(run, result, scope, passed, node)


def _named_by_call(
    run: Run, value: Any, scope: Scope, passed: dict[str, Any], node: ast.AST
) -> Any:
    """Rename returned local unknowns to the call's text: each call may give another value."""
    if elements_in(value) is not None:
        return value
    if type(value) is tuple and any(isinstance(item, Unknown) for item in value):
        return tuple(
            [
                run.unknown(f"{run.source_of(node)}[{at}]")
                if _is_local_unknown(item, scope, passed)
                else item
                for at, item in enumerate(value)
            ]
        )
    if not _is_local_unknown(value, scope, passed):
        return value
    words = run.source_of(node)
    run.noted.note_result(words)
    if words in run.set_apart:
        return value
    run.rename(value.text, words)
    if isinstance(value, UnknownElement):
        return value.named(words)
    return run.unknown(words)


def _is_local_unknown(value: Any, scope: Scope, passed: dict[str, Any]) -> bool:
    """Whether a value is an unknown that is named after a local variable of the function."""
    if not isinstance(value, Unknown):
        return False
    names = set(re.findall(_NAMES, value.text or ""))
    return any(
        name in scope.names and not (name in passed and isinstance(passed[name], Unknown))
        for name in names
    )


def _property(run: Run, decorator: ast.Attribute, function: Function, scope: Scope) -> Any:
    """The property with the function as its getter, setter or deleter."""
    getter = run.evaluate(decorator.value, scope)
    if not isinstance(getter, Function):
        return function
    if decorator.attr == "getter":
        changed = function.marked("property")
        changed.setter, changed.deleter = getter.setter, getter.deleter
        return changed
    changed = copy.copy(getter)
    if decorator.attr == "setter":
        changed.setter = function
    else:
        changed.deleter = function
    return changed

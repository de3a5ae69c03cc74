"""Bind the parameters of the program's functions, and refuse arguments that they do not take."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.objects.exceptions import KINDS, Raised
from lstmcount.programs.language.objects.own_classes import Class, Instance
from lstmcount.programs.language.objects.own_functions import Function, Method
from lstmcount.programs.language.run import MISSING, Run, WrongCall
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.values.elements import like
from lstmcount.programs.language.values.signatures import Signature, signature_of
from lstmcount.programs.language.values.value import Value
from lstmcount.shapes import Unknown


def bind(
    run: Run,
    function: Function,
    args: list[Any],
    kwargs: dict[str, Any],
    scope: Scope,
    node: ast.AST,
    *,
    fill: bool,
) -> None:
    """Bind the parameters of a function in its scope."""
    bound = _passed(run, function, args, kwargs, node)
    for name in signature_of(function.node).names:
        if name in bound:
            pass
        elif name in function.defaults:
            bound[name] = function.defaults[name]
        elif fill:
            bound[name] = _filled(run, function, name)
        else:
            if name not in run.settings:
                _refuse(run, function, args, kwargs, node)
            bound[name] = run.unknown(name)
        is_class = isinstance(bound[name], Value) and bound[name].is_class
        if fill and name in run.settings and not is_class:
            bound[name] = run.settings.use(name)
    for name, value in bound.items():
        if isinstance(value, Unknown) and value.text != name:
            run.noted.places.bound_at[name].add(function.node)
            if value.text in run.told_apart:
                run.names_apart.add(name)
            if name in run.settings and name not in run.set_apart:
                value = run.settings.use(name)
        scope.names[name] = value


def _passed(
    run: Run, function: Function, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> dict[str, Any]:
    """The arguments that a call passes, by the names of the parameters that take them."""
    signature = signature_of(function.node)
    bound = signature.passed(args, kwargs)
    extra = {key: value for key, value in kwargs.items() if key not in signature.by_name}
    is_longer = len(args) > len(signature.by_place) and signature.rest is None
    is_twice = len(bound) < min(len(args), len(signature.by_place)) + len(kwargs) - len(extra)
    if is_longer or is_twice or (extra and signature.options is None):
        _refuse(run, function, args, kwargs, node)
    if signature.rest is not None:
        bound[signature.rest] = tuple(args[len(signature.by_place) :])
    if signature.options is not None:
        bound[signature.options] = like(run, kwargs, extra)
    return bound


def _filled(run: Run, function: Function, name: str) -> Any:
    """The value of a parameter of a function that is called to find its model."""
    run.failed_imports.parameters[name] = function.name
    default = run.libraries.parameter(run, function, name)
    return run.unknown(name) if default is MISSING else default


def error_of(run: Run, stop: WrongCall, node: ast.AST) -> LstmcountError:
    """The error for a call that passes what a function does not take, at `node` or nearer."""
    return run.error(stop.node or node, f"{stop.value.args[0]}; Python raises a TypeError")


# -- calls that do not fit ------------------------------------------------------------------------


def _refuse(
    run: Run, function: Function, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> None:
    """Raise Python's TypeError, unless a library may pass other arguments than it really does."""
    text = misfit(function, args, kwargs, is_method=run.called is not function)
    if text and _leads_to(run.called, function) and not function.is_decorated:
        raise wrong_call(text, node)
    run.fail(TypeError())


def misfit(
    function: Function, args: list[Any], kwargs: dict[str, Any], *, is_method: bool
) -> str | None:
    """Why a function does not take these arguments; None if it takes them."""
    owner = function.owner
    name = "the lambda function" if function.name == "<lambda>" else function.name
    if owner is not None:
        name = owner.name if name in ("__init__", "__new__") else f"{owner.name}.{name}"
    is_method = is_method and owner is not None and "staticmethod" not in function.decorators
    signature = signature_of(function.node)
    return signature.misfit(name, len(args), kwargs, function.defaults, receivers=int(is_method))


def wrong_call(text: str, node: ast.AST) -> WrongCall:
    """Python's TypeError for a call with arguments that the function does not take."""
    return WrongCall(Raised(KINDS["TypeError"], [text]), node)


def _leads_to(called: Any, function: Function) -> bool:
    """Whether the program itself, and no library, calls the function by calling a value."""
    if isinstance(called, Method):
        called = called.function
    if isinstance(called, Class):
        is_plain = called.metaclass is None and not called.is_decorated
        return is_plain and function in (called.find("__init__"), called.find("__new__"))
    if isinstance(called, Instance):
        return called.cls.find("__call__") is function
    passed_on = getattr(called, "calls", None)  # that of a `functools.partial`
    return called is function or (passed_on is not None and _leads_to(passed_on, function))


def require_fields(
    run: Run,
    cls: Class,
    names: list[str],
    fields: dict[str, Any],
    args: list[Any],
    kwargs: dict[str, Any],
    node: ast.AST,
) -> None:
    """Refuse arguments that a class with fields does not take; `names` may be positional."""
    optional = [name for name, each in fields.items() if each.has_default or name in run.settings]
    text = Signature(tuple(names), tuple(fields)).misfit(cls.name, len(args), kwargs, optional)
    if text and run.called is cls and not cls.is_decorated:
        raise wrong_call(text, node)
    if text:
        run.fail(TypeError())


def require_no_arguments(
    run: Run, cls: Class, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> None:
    """Refuse arguments of a class that takes none: no base defines what takes them."""
    if not (args or kwargs) or run.called is not cls or cls.metaclass is not None:
        return
    if all(_takes_none(base) for base in cls.ancestry()):
        raise wrong_call(f"{cls.name} takes no arguments", node)


def _takes_none(base: Any) -> bool:
    if isinstance(base, Class):
        is_plain = not (base.is_decorated or base.annotated_names or base.members)
        return is_plain and not {"__new__", "__init__"} & base.attributes.keys()
    return getattr(base, "plain", None) is object or str(base) in ("abc.ABC", "ABC")

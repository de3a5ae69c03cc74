"""`inspect`: kinds of values, members, and the parameters of the program's functions."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import Any

from lstmcount.programs.language.objects.own_classes import Class
from lstmcount.programs.language.objects.own_functions import Function, Method
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.natives import provides
from lstmcount.programs.language.values.provided import Namespace, Native
from lstmcount.programs.language.values.signatures import signature_of
from lstmcount.programs.language.values.value import Value, inner_of
from lstmcount.shapes import Unknown

TABLE: dict[str, Any] = {}
_provides = partial(provides, TABLE)
EMPTY = Namespace({})  # `inspect.Parameter.empty`, also under other names
TABLE |= {f"inspect.{name}": Namespace({"empty": EMPTY}) for name in ("Parameter", "Signature")}


def _question(name: str, holds: Callable[[Any], bool]) -> None:
    @_provides(f"inspect.{name}")
    def function(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        return args[0] if isinstance(args[0], Unknown) else holds(args[0])


_question("isclass", lambda value: isinstance(value, Value) and value.is_class)
_question("isfunction", lambda value: isinstance(value, Function))
_question("ismethod", lambda value: isinstance(value, Method))
_question("isroutine", lambda value: isinstance(value, Function | Method | Native))


@_provides("inspect.getmembers")
def _members(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """The attributes of a class or module of the program, sorted by name, that a test accepts."""
    value, tests = args[0], [*args[1:], *kwargs.values()]
    if isinstance(value, Class):
        classes = [each for each in reversed(value.ancestry()) if isinstance(each, Class)]
        entries_of_all = [entry for each in classes for entry in each.attributes.items()]
        members: dict[str, Any] | None = dict(entries_of_all)
    else:
        scope = getattr(value, "scope", None)
        members = None if scope is None or scope.stars else scope.names
    if members is None:
        return run.unknown(run.source_of(node))
    run.spend(8 * len(members), node)
    entries = sorted(members.items(), key=lambda entry: entry[0])
    truths = [run.call(tests[0], [part], {}, node) if tests else True for _, part in entries]
    if any(isinstance(truth, Unknown) for truth in truths):
        return run.unknown(run.source_of(node))
    return [entry for entry, truth in zip(entries, truths, strict=True) if truth]


@_provides("inspect.signature")
def _signature(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    names = _parameters(run, args[0], node)
    if names is None and isinstance(args[0], Native):
        unlisted: dict[str, Any] = {}
        run.leave_open(unlisted, run.source_of(node))
        return Namespace({"parameters": unlisted})
    if names is None:
        return run.unknown(run.source_of(node))
    parameters = {
        name: Namespace({"name": name, "default": EMPTY if default is MISSING else default})
        for name, (_, default) in names.items()
    }
    return Namespace({"parameters": parameters})


@_provides("inspect.getfullargspec", "inspect.getargspec")
def _spec(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    names = _parameters(run, args[0], node, is_bound=False)
    if names is None:
        return run.unknown(run.source_of(node))

    def of_kind(*kinds: str) -> dict[str, Any]:
        return {name: default for name, (kind, default) in names.items() if kind in kinds}

    positional, by_name = of_kind("positional"), of_kind("by_name")
    values = tuple([default for default in positional.values() if default is not MISSING])
    named = {name: default for name, default in by_name.items() if default is not MISSING}
    return Namespace(
        {
            "args": list(positional),
            "defaults": values or None,
            "varargs": next(iter(of_kind("*")), None),
            "varkw": next(iter(of_kind("**")), None),
            "kwonlyargs": list(by_name),
            "kwonlydefaults": named or None,
        }
    )


def _parameters(
    run: Run, value: Any, node: ast.AST, *, is_bound: bool = True
) -> dict[str, tuple[str, Any]] | None:
    """Kind and default, or MISSING, of each parameter of a function of the program, by name."""
    value = inner_of(value)
    receivers = 1 if is_bound and isinstance(value, Method | Class) else 0
    if isinstance(value, Class):
        value = value.find("__init__")
    if isinstance(value, Method):
        value = value.function
    if not isinstance(value, Function):
        return None
    signature = signature_of(value.node)
    kinds = [(name, "positional") for name in signature.by_place[receivers:]]
    kinds += [(signature.rest, "*")] if signature.rest is not None else []
    kinds += [(name, "by_name") for name in signature.only_by_name]
    kinds += [(signature.options, "**")] if signature.options is not None else []
    run.spend(8 * len(kinds), node)
    return {name: (kind, value.defaults.get(name, MISSING)) for name, kind in kinds}

"""Code that a program executes in names of its choice: `exec`, `eval`, `compile`, `globals`."""

from __future__ import annotations

import ast
from functools import partial
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.builtins.files import text_at
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.scope import Scope
from lstmcount.programs.language.values.natives import arguments_by_name, provides
from lstmcount.programs.language.values.provided import Native

STEPS_PER_CHARACTER = 8  # of code that is parsed
_RESULT = "_"  # the name of an expression's value
TABLE: dict[str, Any] = {}
_provides = partial(provides, TABLE)


@_provides("globals")
def _globals(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return run.own_modules.scope_around(node).names


@_provides("locals")
def local_names(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """The names of a module, or a copy of those of a function."""
    if not run.scopes:
        return _globals(run, args, kwargs, node)
    names = run.scopes[-1].names
    run.spend(8 * len(names), node)
    return dict(names)


@_provides("compile")
def _compile(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """The code itself, which `exec` follows."""
    named = arguments_by_name(("source", "filename", "mode"), args, kwargs)
    is_followed = named.get("mode") == "exec" and isinstance(named.get("source"), str | bytes)
    return named["source"] if is_followed else run.unknown(run.source_of(node))


class _Exec(Native):
    """`exec`, whose names are not traversed: those of a module may hold themselves."""

    __slots__ = ()
    weighs_arguments = False


def _exec(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """Follow code in the names that it is given, or in those around it."""
    code, names = _code_and_names(args, kwargs)
    if code is None:
        return _unknown(run, names, node)
    scope = _scope_of(run, names, node)
    run.spend(STEPS_PER_CHARACTER * len(code), node)
    try:
        run.own_modules.execute(code, scope, node)
    except SyntaxError as error:
        run.fail(error)
        return _unknown(run, names, node)
    except (LstmcountError, ValueError, MemoryError):
        return _unknown(run, names, node)
    return None


def _code_and_names(args: Any, kwargs: Any) -> tuple[str | None, list[Any]]:
    """The text of code, or None if it is not known, and the names that it is given."""
    code, *given = args
    code = code.decode(errors="replace") if isinstance(code, bytes) else code
    names = [each for each in (*given, *kwargs.values()) if each is not None]
    is_known = isinstance(code, str) and all(isinstance(each, dict) for each in names)
    return (code if is_known else None), names


def _scope_of(run: Run, names: list[Any], node: ast.AST) -> Scope:
    """The scope of the names that code is given, or of those around it."""
    scope = Scope(names=names[0]) if names else run.own_modules.scope_around(node)
    of_function = [local_names(run, [], {}, node)] if run.scopes else []
    for each in names[1:] if names else of_function:
        scope = Scope(parent=scope, names=each)
    return scope


@_provides("eval")
def _eval(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """Follow an expression in the names that it is given, or in those around it."""
    code, names = _code_and_names(args, kwargs)
    if code is None:
        return run.unknown(run.source_of(node))
    run.spend(STEPS_PER_CHARACTER * len(code), node)
    result: dict[str, Any] = {}
    try:
        ast.parse(code.strip(), mode="eval")
        scope = Scope(parent=_scope_of(run, names, node), names=result)
        run.own_modules.execute(f"{_RESULT} = (\n{code.strip()}\n)", scope, node)
    except SyntaxError as error:
        run.fail(error)
    except (LstmcountError, ValueError, MemoryError, RecursionError):
        pass
    return result.get(_RESULT, run.unknown(run.source_of(node)))


def _unknown(run: Run, names: list[Any], node: ast.AST) -> Any:
    """The result of unknown code, which may set the names that it runs in."""
    of_module = [] if run.scopes else [run.own_modules.scope_around(node).names]
    arguments = node.args if isinstance(node, ast.Call) else []
    for each in names[-1:] or of_module:
        if isinstance(each, dict):
            is_named = bool(arguments) and isinstance(arguments[-1], ast.Name)
            run.spoil(each, arguments[-1] if is_named else node)
    return run.unknown(run.source_of(node))


TABLE["exec"] = _Exec("exec", _exec, raw=True)


@_provides("execfile")
def _execfile(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    code = text_at(run, args[0], node)
    return _exec(run, [code, *args[1:]], kwargs, node)

"""Options of `click` and `typer`, with the values that they have without a command line."""

from __future__ import annotations

import ast
from functools import partial
from typing import Any

from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.natives import provides
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.libraries.command_lines import default_of

TABLE: dict[str, Any] = {}
_provides = partial(provides, TABLE)


@_provides("click.command", "click.group")
def _command(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """The function itself, also with parentheses: `@click.command()`."""
    if args and isinstance(args[0], Function):
        return args[0]
    return Native("decorator", lambda function: function)


@_provides("click.option", "click.argument")
def _option(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """A decorator: the function takes the option's default, unless its value is set."""
    names = [name for name in args if isinstance(name, str)]
    name = _parameter(names) if names else ""

    def decorate(run: Run, args: Any, _: Any, node: ast.AST) -> Any:
        function = args[0] if args else None
        if isinstance(function, Function) and name:
            if name in run.settings:
                function.defaults[name] = run.settings.use(name)
            else:
                function.defaults[name] = _default(run, name, names, kwargs, node)
        return function

    return Native("decorator", decorate, raw=True)


def _parameter(names: list[str]) -> str:
    """The parameter that gets the value: the name without dashes, or the longest option's.

    >>> _parameter(["-n", "--n-layers"]), _parameter(["--wide/--narrow"]), _parameter(["-d", "d1"])
    ('n_layers', 'wide', 'd1')
    """
    plain = [name for name in names if name.isidentifier()]
    if plain:
        return plain[0]
    first = max(names, key=lambda name: len(name) - len(name.lstrip("-")))
    return first.partition("/")[0].strip().lstrip("-").replace("-", "_").lower()


def _default(run: Run, name: str, names: list[str], given: dict[str, Any], node: ast.AST) -> Any:
    if "default" in given:
        return default_of(run, given, node)
    is_argument = not names[0].startswith("-")
    if given.get("required", is_argument):
        return run.unknown(name)
    if given.get("is_flag") or any("/" in each for each in names):
        return False
    if given.get("count"):
        return 0
    return () if given.get("multiple") else None


@_provides("typer.Option", "typer.Argument")
def _of_typer(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """A parameter's default in the place of the option."""
    default = args[0] if args else kwargs.get("default", ...)
    return run.unknown(run.source_of(node)) if default is ... else default

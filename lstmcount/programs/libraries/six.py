"""The library six, for programs that run on Python 2 and 3, as it behaves on Python 3."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.builtins.builtin_functions import BUILTINS
from lstmcount.programs.language.objects import attributes
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.provided import Module, Native, Raw

_MOVED = ("filter", "input", "map", "range", "reduce", "xrange", "zip")


def member(path: str, name: str) -> Any:
    """A name in one of six's modules; MISSING if it is not known."""
    if path == "six.moves":
        return BUILTINS.get(name, MISSING) if name in _MOVED else MISSING
    return _KNOWN.get(name, MISSING)


def _method(name: str) -> Raw:
    """The function that calls that method of its argument."""

    def function(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        return run.call(attributes.get(run, args[0], name, node), args[1:], kwargs, node)

    return function


def _first_base(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    return args[1] if len(args) > 1 else BUILTINS["object"]


def _decorator(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    return Native("decorator", lambda cls: cls)


_KNOWN: dict[str, Any] = {
    "PY2": False,
    "PY3": True,
    "moves": Module("six.moves"),
    "string_types": (BUILTINS["str"],),
    "integer_types": (BUILTINS["int"],),
    "class_types": (BUILTINS["type"],),
    "text_type": BUILTINS["str"],
    "binary_type": BUILTINS["bytes"],
    **{
        f"iter{name}": Native(f"iter{name}", _method(name), raw=True)
        for name in ("items", "keys", "values")
    },
    "with_metaclass": Native("with_metaclass", _first_base, raw=True),
    "add_metaclass": Native("add_metaclass", _decorator, raw=True),
}

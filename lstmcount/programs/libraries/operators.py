"""Functions of `operator`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import partial
from typing import Any

from lstmcount.programs.language.builtins.builtin_functions import BUILTINS
from lstmcount.programs.language.objects import attributes
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.statements.assignment import set_item
from lstmcount.programs.language.values import operators
from lstmcount.programs.language.values.elements import item
from lstmcount.programs.language.values.natives import provides
from lstmcount.programs.language.values.provided import Native

_BINARY: dict[str, type[ast.operator]] = {
    "add": ast.Add, "and_": ast.BitAnd, "concat": ast.Add, "floordiv": ast.FloorDiv,
    "lshift": ast.LShift, "matmul": ast.MatMult, "mod": ast.Mod, "mul": ast.Mult,
    "or_": ast.BitOr, "pow": ast.Pow, "rshift": ast.RShift, "sub": ast.Sub, "truediv": ast.Div,
    "xor": ast.BitXor,
}  # fmt: skip
_COMPARE: dict[str, type[ast.cmpop]] = {
    "eq": ast.Eq, "ge": ast.GtE, "gt": ast.Gt, "is_": ast.Is, "is_not": ast.IsNot,
    "le": ast.LtE, "lt": ast.Lt, "ne": ast.NotEq,
}  # fmt: skip
_UNARY: dict[str, type[ast.unaryop]] = {
    "inv": ast.Invert, "invert": ast.Invert, "neg": ast.USub, "not_": ast.Not, "pos": ast.UAdd,
}  # fmt: skip
TABLE: dict[str, Any] = {
    "operator.abs": BUILTINS["abs"],
    "operator.index": BUILTINS["int"],
    "operator.truth": BUILTINS["bool"],
}
_provides = partial(provides, TABLE)


def _provide_binary(name: str, op: type[ast.operator]) -> None:
    @_provides(f"operator.{name}")
    def function(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        return operators.binary(run, op, args[0], args[1], node)


def _provide_comparison(name: str, op: type[ast.cmpop]) -> None:
    @_provides(f"operator.{name}")
    def function(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        return operators.compare(run, op, args[0], args[1], node)


def _provide_unary(name: str, op: type[ast.unaryop]) -> None:
    @_provides(f"operator.{name}")
    def function(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        return operators.unary(run, op, args[0], node)


for _name, _op in _BINARY.items():
    _provide_binary(_name, _op)
for _name, _comparison in _COMPARE.items():
    _provide_comparison(_name, _comparison)
for _name, _sign in _UNARY.items():
    _provide_unary(_name, _sign)


@_provides("operator.contains")
def _contains(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return operators.compare(run, ast.In, args[1], args[0], node)


@_provides("operator.getitem")
def _getitem(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return item(run, args[0], args[1], node)


@_provides("operator.setitem")
def _setitem(run: Run, args: Any, kwargs: Any, node: ast.AST) -> None:
    container, key, value = args
    set_item(run, container, key, value, node)


def _at_path(run: Run, value: Any, path: str, node: ast.AST) -> Any:
    for name in path.split("."):
        value = attributes.get(run, value, name, node)
    return value


def _provide_getter(name: str, get_one: Callable[..., Any]) -> None:
    """Provide what makes a function that gets one part of a value, or several as a tuple."""

    @_provides(f"operator.{name}")
    def make(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
        def get(run: Run, values: Any, kwargs: Any, node: ast.AST) -> Any:
            parts = [get_one(run, values[0], key, node) for key in args]
            return parts[0] if len(args) == 1 else tuple(parts)

        return Native(name, get, raw=True)


_provide_getter("itemgetter", item)
_provide_getter("attrgetter", _at_path)


@_provides("operator.methodcaller")
def _methodcaller(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    name, *arguments = args

    def call(run: Run, values: Any, _: Any, node: ast.AST) -> Any:
        method = attributes.get(run, values[0], name, node)
        return run.call(method, arguments, kwargs, node)

    return Native("methodcaller", call, raw=True)

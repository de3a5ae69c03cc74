"""Copies of values: `copy.copy` and `copy.deepcopy`."""

from __future__ import annotations

import ast
import copy
from functools import partial
from typing import Any

from lstmcount.programs.language.objects.own_classes import Instance
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.elements import like
from lstmcount.programs.language.values.natives import provides
from lstmcount.programs.language.values.value import Value

TABLE: dict[str, Any] = {}
_provides = partial(provides, TABLE)


@_provides("copy.copy")
def _copy(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    own = _by_own_method(run, args[0], "__copy__", [], node)
    return _shallow(run, args[0], node) if own is MISSING else own


def _by_own_method(run: Run, value: Any, method: str, arguments: list[Any], node: ast.AST) -> Any:
    """The copy that the object's class defines, or MISSING."""
    return value.special(run, method, arguments, node) if isinstance(value, Instance) else MISSING


def _shallow(run: Run, value: Any, node: ast.AST) -> Any:
    """A copy that shares the values inside."""
    if isinstance(value, list | dict | set):
        run.spend(len(value), node)
        return like(run, value, copy.copy(value))
    return value.copied(run, node) if isinstance(value, Value) else value


@_provides("copy.deepcopy")
def _deepcopy(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    run.weigh(node, args[0])
    return _deep(run, args[0], {}, node)


def _deep(run: Run, value: Any, copies: dict[int, Any], node: ast.AST) -> Any:
    """A copy of a value and of all values inside it; each value is copied once."""
    if id(value) in copies:
        return copies[id(value)]
    run.spend(8, node)
    if isinstance(value, tuple):
        return tuple([_deep(run, part, copies, node) for part in value])
    own = _by_own_method(run, value, "__deepcopy__", [{}], node)
    if own is not MISSING:
        return own
    copied = copies[id(value)] = _shallow(run, value, node)
    if isinstance(copied, list):
        copied[:] = [_deep(run, part, copies, node) for part in value]
    elif isinstance(copied, dict):
        for key, part in list(value.items()):
            copied[key] = _deep(run, part, copies, node)
    elif isinstance(copied, Instance) and copied is not value:
        copied.attributes = _deep(run, copied.attributes, copies, node)
        copied.inner = _deep(run, copied.inner, copies, node)
    return copied

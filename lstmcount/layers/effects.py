"""Which arguments of a layer change its weights, and which the shape of its output."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

from lstmcount.layers.base import Layer


def changes(cls: type[Layer]) -> dict[str, list[str]]:
    """What each argument changes: weights, shape, both or neither.

    >>> from lstmcount.layers.core import Dense
    >>> {name: words for name, words in changes(Dense).items() if words}["use_bias"]
    ['weights']
    """
    encoded = zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True)
    read = {"weights": read_fields(cls, "weights"), "shape": read_fields(cls, "output_shape")}
    found = {
        name: [word for word, fields in read.items() if field in fields] for field, name in encoded
    }
    return found | {"name": [], "trainable": ["weights"] if read["weights"] else []}


def read_fields(cls: type[Layer], method: str) -> set[str]:
    """The fields that a method of the class reads, in what it calls for the same layer too.

    >>> from lstmcount.layers.core import Dense
    >>> sorted(read_fields(Dense, "output_shape"))
    ['units']
    """
    fields, seen = set(cls.__struct_fields__), set()
    found: set[str] = set()
    pending: list[tuple[Callable[..., Any], type]] = list(_methods(cls, cls.__mro__, method))
    while pending:
        function, owner = pending.pop()
        if function in seen:
            continue
        seen.add(function)
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        for name, above in _names(tree, function):
            if name in fields:
                found.add(name)
            mro = cls.__mro__[cls.__mro__.index(owner) + 1 :] if above else cls.__mro__
            pending += _methods(cls, mro, name)
        pending += [(other, owner) for other in _called_with_it(tree, function)]
    return found


def _methods(cls: type, mro: tuple[type, ...], name: str) -> list[tuple[Callable[..., Any], type]]:
    for owner in mro:
        if name in vars(owner):
            member = vars(owner)[name]
            function = getattr(member, "fget", getattr(member, "__func__", member))
            return [(function, owner)] if inspect.isfunction(function) else []
    return []


def _names(tree: ast.AST, function: Callable[..., Any]) -> list[tuple[str, bool]]:
    """The attributes of the layer, and whether they are those of the class above."""
    itself = next(iter(inspect.signature(function).parameters), "")
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            value = node.value
            if isinstance(value, ast.Name) and value.id == itself:
                found.append((node.attr, False))
            elif isinstance(value, ast.Call) and ast.unparse(value) == "super()":
                found.append((node.attr, True))
    return found


def _called_with_it(tree: ast.AST, function: Callable[..., Any]) -> list[Callable[..., Any]]:
    """The functions that take the layer as their first argument."""
    itself = next(iter(inspect.signature(function).parameters), "")
    names = [
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args
        and isinstance(node.args[0], ast.Name) and node.args[0].id == itself
    ]  # fmt: skip
    known = function.__globals__
    return [known[name] for name in names if inspect.isfunction(known.get(name))]

"""Find which arguments of a layer change its weights, and which the shape of its output."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

from lstmcount.layers.base import Layer


def changes(cls: type[Layer]) -> dict[str, list[str]]:
    """What each argument of a class changes: "weights", "shape", both or neither.

    >>> from lstmcount.layers.core import Dense
    >>> {name: words for name, words in changes(Dense).items() if words}["use_bias"]
    ['weights']
    """
    encoded = zip(cls.__struct_fields__, cls.__struct_encode_fields__, strict=True)
    read = {"weights": read_fields(cls, "weights"), "shape": read_fields(cls, "output_shape")}
    effects = {
        name: [word for word, fields in read.items() if field in fields] for field, name in encoded
    }
    return effects | {"name": [], "trainable": ["weights"] if read["weights"] else []}


def read_fields(cls: type[Layer], method: str) -> set[str]:
    """The fields that a method reads, directly or in functions that it calls with the layer.

    >>> from lstmcount.layers.core import Dense
    >>> sorted(read_fields(Dense, "output_shape"))
    ['units']
    """
    fields, seen = set(cls.__struct_fields__), set()
    fields_read: set[str] = set()
    pending: list[tuple[Callable[..., Any], type]] = list(_methods(cls, cls.__mro__, method))
    while pending:
        function, owner = pending.pop()
        if function in seen:
            continue
        seen.add(function)
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
        for name, is_inherited in _attributes(tree, function):
            if name in fields:
                fields_read.add(name)
            mro = cls.__mro__[cls.__mro__.index(owner) + 1 :] if is_inherited else cls.__mro__
            pending += _methods(cls, mro, name)
        pending += [(called, owner) for called in _called_with_layer(tree, function)]
    return fields_read


def _methods(cls: type, mro: tuple[type, ...], name: str) -> list[tuple[Callable[..., Any], type]]:
    for owner in mro:
        if name in owner.__dict__:
            member = owner.__dict__[name]
            function = getattr(member, "fget", getattr(member, "__func__", member))
            return [(function, owner)] if inspect.isfunction(function) else []
    return []


def _attributes(tree: ast.AST, function: Callable[..., Any]) -> list[tuple[str, bool]]:
    """The attributes of the layer that a function uses, and whether by `super()`."""
    layer = next(iter(inspect.signature(function).parameters), "")
    attributes = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            value = node.value
            if isinstance(value, ast.Name) and value.id == layer:
                attributes.append((node.attr, False))
            elif isinstance(value, ast.Call) and ast.unparse(value) == "super()":
                attributes.append((node.attr, True))
    return attributes


def _called_with_layer(tree: ast.AST, function: Callable[..., Any]) -> list[Callable[..., Any]]:
    """The functions that a function calls with the layer as first argument."""
    layer = next(iter(inspect.signature(function).parameters), "")
    names = [
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args
        and isinstance(node.args[0], ast.Name) and node.args[0].id == layer
    ]  # fmt: skip
    known = inspect.getclosurevars(function).globals
    return [known[name] for name in names if inspect.isfunction(known.get(name))]

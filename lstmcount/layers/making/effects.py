"""Find which arguments of a layer change its weights, and which the shape of its output.

This reads the names in compiled functions. They include all branches, which calls do not, and are
there without source files.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from types import CodeType, FunctionType

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
    """The fields that a method reads, directly or in functions that it calls.

    >>> from lstmcount.layers.core import Dense
    >>> sorted(read_fields(Dense, "output_shape"))
    ['units']
    """
    functions = set()
    pending = list(_methods(cls, method))[:1]
    names_used: set[str] = set()
    while pending:
        function = pending.pop()
        if function in functions:
            continue
        functions.add(function)
        names = set(_names(function.__code__))
        names_used |= names
        module = inspect.getmembers(inspect.getmodule(function), inspect.isfunction)
        pending += [called for name, called in module if name in names]
        for name in names:
            methods = list(_methods(cls, name))
            pending += methods if "super" in names else methods[:1]
    return names_used.intersection(cls.__struct_fields__)


def _methods(cls: type, name: str) -> Iterator[FunctionType]:
    """The methods and properties of that name in a class and its bases."""
    for owner in cls.__mro__:
        member = owner.__dict__.get(name)
        function = getattr(member, "fget", getattr(member, "__func__", member))
        if inspect.isfunction(function):
            yield function


def _names(code: CodeType) -> Iterator[str]:
    """The names of the attributes and globals that a function and those inside it use."""
    yield from code.co_names
    for constant in code.co_consts:
        if inspect.iscode(constant):
            yield from _names(constant)

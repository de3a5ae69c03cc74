"""Functions that become operations: which of their parameters the operation is made with.

A row says the operation's class and the function's parameters, in order: a bare name is passed to
the operation when it is called, `name:` to its constructor, `name:other` to its constructor under
another name, and `-name` is dropped.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from lstmcount.errors import LstmcountError


class Bound(NamedTuple):
    """An operation's class, its constructor's arguments, and what it is called with."""

    class_name: str
    arguments: dict[str, Any]
    args: list[Any]


def bind(row: str, args: list[Any], kwargs: dict[str, Any]) -> Bound:
    """The operation for a function called with these arguments.

    >>> bind("Mean x axis: keepdims:", ["tensor", 1], {"keepdims": True})
    Bound(class_name='Mean', arguments={'axis': 1, 'keepdims': True}, args=['tensor'])

    Raises `LstmcountError` for an argument that the function does not have.
    """
    class_name, *parameters = row.split()
    names = [parameter.lstrip("-").partition(":")[0] for parameter in parameters]
    if len(args) > len(names):
        raise LstmcountError(f"{class_name} takes {len(names)} arguments, got {len(args)}")
    given = dict(zip(names, args, strict=False)) | kwargs
    bound = Bound(class_name, {}, [])
    skipped = 0
    for parameter, name in zip(parameters, names, strict=True):
        if parameter.startswith("-"):
            continue
        _, is_constructors, renamed = parameter.partition(":")
        if is_constructors:
            if given.get(name) is not None:
                bound.arguments[renamed or name] = given[name]
        elif name in given:
            bound.args.extend([None] * skipped)
            bound.args.append(given[name])
            skipped = 0
        else:
            skipped += 1
    return bound

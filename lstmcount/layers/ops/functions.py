"""Functions that become operations, and which of their parameters go to the constructor.

A row says the operation's class and the function's parameters, in order: a bare name is passed to
the operation when it is called, `name:` to its constructor, `name:other` to its constructor under
another name, and `-name` is dropped. After = stands what a parameter is if it is not given, in
JSON; `:other=value` is an argument of the constructor that the function does not have.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, NamedTuple

from lstmcount.errors import LstmcountError

_PARAMETER = re.compile(r"(-?)(\w*)(:?)(\w*)(=.*)?")
_OF_NO_MATTER = (  # to what is computed
    "gpu", "name", "out_type", "output_type", "partition_strategy", "use_cudnn_on_gpu",
    "validate_indices",
)  # fmt: skip


class Bound(NamedTuple):
    """An operation's class, its constructor's arguments, and what it is called with."""

    class_name: str
    arguments: dict[str, Any]
    args: list[Any]
    lost: tuple[str, ...] = ()  # given arguments that the others do not represent


class _Parameter(NamedTuple):
    name: str
    is_dropped: bool
    constructors: str  # its name as the constructor's argument
    default: Any = None


def bind(row: str, args: list[Any], kwargs: dict[str, Any]) -> Bound:
    """The operation for a function called with these arguments.

    >>> bind("Mean x axis: keepdims:", ["tensor", 1], {"keepdims": True})
    Bound(class_name='Mean', arguments={'axis': 1, 'keepdims': True}, args=['tensor'], lost=())
    >>> bind("Silu x -beta=1.0", ["tensor", 2.0], {})
    Bound(class_name='Silu', arguments={}, args=['tensor'], lost=('beta',))

    Raises `LstmcountError` for an argument that the function does not have.
    """
    class_name, parameters, names = _parsed(row)
    if class_name == "Identity":  # whatever else it takes
        args = args[: len(names)]
    if len(args) > len(names):
        raise LstmcountError(f"{class_name} takes {len(names)} arguments, got {len(args)}")
    given = dict(zip(names, args, strict=False)) | kwargs
    lost = [name for name, value in given.items() if value is not None and name not in names]
    bound = Bound(class_name, {}, [])
    skipped = 0
    for name, is_dropped, constructors, default in parameters:
        value = given.get(name)
        if is_dropped:
            if value is not None and value != default:
                lost.append(name)
        elif constructors:
            value = default if value is None else value
            if value is not None:
                bound.arguments[constructors] = value
        elif name in given:
            bound.args.extend([None] * skipped)
            bound.args.append(value)
            skipped = 0
        else:
            skipped += 1
    return bound._replace(lost=tuple(name for name in lost if name not in _OF_NO_MATTER))


@cache
def _parsed(row: str) -> tuple[str, list[_Parameter], list[str]]:
    class_name, *parameters = row.split()
    found = []
    for text in parameters:
        match = _PARAMETER.fullmatch(text)
        assert match is not None, text
        dropped, name, colon, renamed, default = match.groups()
        value = json.loads(default[1:]) if default else None
        found.append(_Parameter(name, bool(dropped), (renamed or name) if colon else "", value))
    return class_name, found, [parameter.name for parameter in found if parameter.name]


def rows(text: str, row: str, prefix: str = "", stand_in: str = "Identity") -> dict[str, str]:
    """A row for each function in `text`, with its operation.

    >>> rows("abs=Abs lgamma", "{} x", "math.")
    {'math.abs': 'Abs x', 'math.lgamma': 'Identity x'}
    """
    pairs = (entry.partition("=") for entry in text.split())
    return {f"{prefix}{name}": row.format(found or stand_in) for name, _, found in pairs}

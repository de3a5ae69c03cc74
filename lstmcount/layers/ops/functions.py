"""Bind calls of functions to operations by rows of a table.

A row names the operation's class and then the function's parameters in order:

- `name` is an argument of the operation's call;
- `name:` is an argument of its constructor, and `name:other` one with another name there;
- `-name` is dropped;
- `=` after a parameter is followed by its default value in JSON;
- `:other=value` is a constructor argument that is no parameter of the function.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any, NamedTuple

from lstmcount.errors import LstmcountError

_PARAMETER = re.compile(r"(-?)(\w*)(:?)(\w*)(=.*)?")
_WITHOUT_EFFECT = (  # parameters that affect neither shapes nor MACs
    "gpu", "name", "out_type", "output_type", "partition_strategy", "use_cudnn_on_gpu",
    "validate_indices",
)  # fmt: skip


class Bound(NamedTuple):
    """An operation's class, the arguments of its constructor, and those of its call."""

    class_name: str
    arguments: dict[str, Any]
    args: list[Any]
    lost: tuple[str, ...] = ()  # arguments of the function that the operation does not express


class _Parameter(NamedTuple):
    name: str
    is_dropped: bool
    constructors: str  # the name of the constructor's argument; "" if it is none
    default: Any = None


def bind(row: str, args: list[Any], kwargs: dict[str, Any]) -> Bound:
    """Bind a function's call to the operation in its `row`.

    >>> bind("Mean x axis: keepdims:", ["tensor", 1], {"keepdims": True})
    Bound(class_name='Mean', arguments={'axis': 1, 'keepdims': True}, args=['tensor'], lost=())
    >>> bind("Silu x -beta=1.0", ["tensor", 2.0], {})
    Bound(class_name='Silu', arguments={}, args=['tensor'], lost=('beta',))

    Raises `LstmcountError` for an argument that the function does not have.
    """
    class_name, parameters, names = _parsed(row)
    if class_name == "Identity":  # further arguments do not affect the shape
        args = args[: len(names)]
    if len(args) > len(names):
        raise LstmcountError(f"{class_name} takes {len(names)} arguments, got {len(args)}")
    values = dict(zip(names, args, strict=False)) | kwargs
    lost = [name for name, value in values.items() if value is not None and name not in names]
    bound = Bound(class_name, {}, [])
    skipped = 0
    for name, is_dropped, constructors, default in parameters:
        value = values.get(name)
        if is_dropped:
            if value is not None and value != default:
                lost.append(name)
        elif constructors:
            value = default if value is None else value
            if value is not None:
                bound.arguments[constructors] = value
        elif name in values:
            bound.args.extend([None] * skipped)
            bound.args.append(value)
            skipped = 0
        else:
            skipped += 1
    return bound._replace(lost=tuple(name for name in lost if name not in _WITHOUT_EFFECT))


@cache
def _parsed(row: str) -> tuple[str, list[_Parameter], list[str]]:
    class_name, *parameters = row.split()
    parsed = []
    for text in parameters:
        match = _PARAMETER.fullmatch(text)
        assert match is not None, text
        dropped, name, colon, renamed, default = match.groups()
        value = json.loads(default[1:]) if default else None
        parsed.append(_Parameter(name, bool(dropped), (renamed or name) if colon else "", value))
    return class_name, parsed, [parameter.name for parameter in parsed if parameter.name]


def rows(text: str, row: str, prefix: str = "", stand_in: str = "Identity") -> dict[str, str]:
    """A row for each function in `text`, which may name its operation after `=`.

    >>> rows("abs=Abs lgamma", "{} x", "math.")
    {'math.abs': 'Abs x', 'math.lgamma': 'Identity x'}
    """
    pairs = (entry.partition("=") for entry in text.split())
    return {f"{prefix}{name}": row.format(operation or stand_in) for name, _, operation in pairs}

"""The shape of the input that the code of a model's `call` checks or unpacks."""

from __future__ import annotations

import ast
import re
from typing import Any

from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.libraries.keras.values.objects import Custom

_SIZE = 3  # an example, as for other sizes that are not known
_RANK = r"(?:len\({shape}\)|{name}\.(?:ndim|shape\.rank)|(?:tf\.rank|K\.ndim|ops\.ndim)\({name}\))"
_SHAPE = r"(?:{name}\.(?:shape|get_shape\(\))|(?:(?:tf|K|ops)\.shape|K\.int_shape)\({name}\))"


def checked_shape(model: Custom, name: str) -> list[int] | None:
    """The sizes of the input `name` without the batch, if `call` tells how many there are."""
    method = model.cls.find("call")
    if not isinstance(method, Function):
        return None
    shape = _SHAPE.format(name=re.escape(name))
    of_rank = re.compile(_RANK.format(name=re.escape(name), shape=shape))
    of_size = re.compile(rf"{shape}\[(\d)\]")
    rank, sizes = None, {}
    for node in ast.walk(method.node):
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            compared, other = ast.unparse(node.left), node.comparators[0]
            if of_rank.fullmatch(compared) and isinstance(other, ast.Constant):
                rank = other.value
            elif match := of_size.fullmatch(compared):
                sizes[int(match[1])] = _value(model, other)
        elif isinstance(node, ast.Assign) and re.fullmatch(shape, ast.unparse(node.value)):
            target = node.targets[0]
            rank = len(target.elts) if isinstance(target, ast.Tuple) else rank
    if not isinstance(rank, int) or not 1 < rank < 7:
        return None
    return [sizes.get(axis, _SIZE) for axis in range(1, rank)]


def _value(model: Custom, compared: ast.expr) -> int:
    """The number that a size is compared with, which may be an attribute of the model."""
    value: Any = compared.value if isinstance(compared, ast.Constant) else None
    if isinstance(compared, ast.Attribute) and ast.unparse(compared.value) == "self":
        value = model.attributes.get(compared.attr)
    return value if type(value) is int else _SIZE

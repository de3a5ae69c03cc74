"""Unknown arrays that stretch the axes of size one of the arrays that they are combined with."""

from __future__ import annotations

import ast
import re
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.shapes import Unknown

_GIVES_NUMBER = (
    r"^(?:len|float|int|max|min|sum|abs|round)\("
    r"|\.(?:mean|std|var|max|min|sum|median|item)\([^,]*\)$"
)


def unknown_array(run: Run, operands: list[Any], node: ast.AST) -> Unknown | None:
    """The operand that may be an unknown array, not a number; None if there is none."""
    unknown = next((value for value in operands if isinstance(value, Unknown)), None)
    if unknown is None or unknown.text is None or _is_divisor(node, unknown, operands):
        return None
    origin = run.failed_imports.origin_of(unknown.text)
    return None if re.search(_GIVES_NUMBER, origin) else unknown


def _is_divisor(node: ast.AST, unknown: Unknown, operands: list[Any]) -> bool:
    """Whether an array is divided by the unknown, which is likely a number then."""
    op = getattr(node, "op", None)
    return unknown is operands[-1] and isinstance(op, ast.Div | ast.FloorDiv | ast.Mod | ast.Pow)


def stretched(shape: tuple[Any, ...], other: Unknown | None) -> tuple[Any, ...]:
    """The shape with the sizes that an unknown array has in the place of 1.

    >>> stretched((5, 1), Unknown("x")), stretched((5, 1), None)
    ((5, x.shape[1]), (5, 1))
    """
    if other is None:
        return shape
    sizes = [Unknown(f"{other.text}.shape[{axis}]") for axis in range(len(shape))]
    return tuple([size if dim == 1 else dim for size, dim in zip(sizes, shape, strict=True)])

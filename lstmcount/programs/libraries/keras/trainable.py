"""Whether the weights of a layer are trained."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.shapes import Unknown


def is_trainable(run: Run, value: Any, node: ast.AST) -> bool:
    """Whether `trainable=value` lets weights be trained. For an unknown, both ways are followed."""
    if isinstance(value, Unknown):
        return bool(run.decide(value, node, value.text or run.source_of(node), True))
    return value is not False

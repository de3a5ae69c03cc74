"""Parameters of functions that nothing calls, if they are inputs of the returned models."""

from __future__ import annotations

import ast
from collections.abc import Iterator

_MODELS = ("Model", "Functional")
_INPUTS = ("inputs", "input")


def is_input_of_a_model(function: ast.AST, name: str) -> bool:
    """Whether a function passes this parameter to `Model` as an input, and never changes it."""
    is_input = False
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store):
            return False
        if isinstance(node, ast.Call):
            is_input = is_input or any(
                isinstance(value, ast.Name) and value.id == name for value in _inputs(node)
            )
    return is_input


def _inputs(call: ast.Call) -> Iterator[ast.expr]:
    """The inputs that a call passes, if it creates a functional model."""
    class_name = getattr(call.func, "attr", "") or getattr(call.func, "id", "")
    if class_name in _MODELS:
        passed = [keyword.value for keyword in call.keywords if keyword.arg in _INPUTS]
        for value in [*call.args[:1], *passed]:
            yield from value.elts if isinstance(value, ast.List | ast.Tuple) else [value]

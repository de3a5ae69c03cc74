"""Parameters of functions that nothing calls, if they are inputs of the returned models."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache

_MODELS = ("Model", "Functional")
_INPUTS = ("inputs", "input")


@lru_cache(maxsize=1024)
def inputs_of_models(function: ast.AST) -> frozenset[str]:
    """The names that a function passes to `Model` as inputs, and never assigns."""
    inputs, assigned = set[str](), set[str]()
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            assigned.add(node.id)
        elif isinstance(node, ast.Call):
            inputs |= {value.id for value in _inputs(node) if isinstance(value, ast.Name)}
    return frozenset(inputs - assigned)


def _inputs(call: ast.Call) -> Iterator[ast.expr]:
    """The inputs that a call passes, if it creates a functional model."""
    class_name = getattr(call.func, "attr", "") or getattr(call.func, "id", "")
    if class_name in _MODELS:
        passed = [keyword.value for keyword in call.keywords if keyword.arg in _INPUTS]
        for value in [*call.args[:1], *passed]:
            yield from value.elts if isinstance(value, ast.List | ast.Tuple) else [value]

"""The text of a layer in Keras 2, which only tells its class and where it is in memory."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.value import Value


class LayerText(Value):
    """`str(layer)`, as in `<keras.layers.core.Dense object at 0x7f2c>`."""

    def __init__(self, layer: Any) -> None:
        self.layer = layer

    def __repr__(self) -> str:
        return f"str({self.layer.name})"

    def compare(self, run: Run, op: type[ast.cmpop], left: Any, right: Any, node: ast.AST) -> Any:
        are_texts = isinstance(left, LayerText) and isinstance(right, LayerText)
        if are_texts and op in (ast.Eq, ast.NotEq):
            return (left.layer is right.layer) is (op is ast.Eq)
        return run.unknown(run.source_of(node))

    def contains(self, run: Run, value: Any, node: ast.AST) -> Any:
        is_of_class = isinstance(value, str) and value in self.layer.class_name
        return is_of_class or run.unknown(run.source_of(node))

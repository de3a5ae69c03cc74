"""Symbolic tensors: attributes, slices and operators, as `keras.ops` nodes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from lstmcount.programs.language.run import MISSING
from lstmcount.programs.language.values import Native
from lstmcount.programs.libraries.keras.objects import Tensor, shown_shape

if TYPE_CHECKING:
    from lstmcount.programs.language.run import Run

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "Add",
    ast.Sub: "Subtract",
    ast.Mult: "Multiply",
    ast.Div: "TrueDivide",
    ast.FloorDiv: "FloorDivide",
    ast.Mod: "Mod",
    ast.Pow: "Power",
    ast.MatMult: "Matmul",
    ast.BitAnd: "LogicalAnd",
    ast.BitOr: "LogicalOr",
}
_COMPARE: dict[type[ast.cmpop], str] = {
    ast.Eq: "Equal",
    ast.NotEq: "NotEqual",
    ast.Lt: "Less",
    ast.LtE: "LessEqual",
    ast.Gt: "Greater",
    ast.GtE: "GreaterEqual",
}


def attribute(run: Run, tensor: Tensor, name: str, node: ast.AST) -> Any:
    shape = shown_shape(tensor.shape)
    if name in ("shape", "_keras_shape"):
        return run.unknown(run.source_of(node)) if shape is None else shape
    if name == "ndim":
        return run.unknown(run.source_of(node)) if shape is None else len(shape)
    if name == "dtype":
        return tensor.dtype
    if name == "name":
        return tensor.layer.name
    if name == "get_shape":
        return Native(name, lambda: shape)
    if name == "set_shape":
        return Native(name, lambda *args: None)
    if name == "_keras_history":
        return (tensor.layer, tensor.node, tensor.index)
    return MISSING


def item(run: Run, tensor: Tensor, key: Any, node: ast.AST) -> Any:
    return run.world.keras.operation("GetItem", [tensor, key], {}, node)


def binary(run: Run, op: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
    class_name = _BINARY.get(op)
    if class_name is None:
        return run.unknown(run.source_of(node))
    return run.world.keras.operation(class_name, [left, right], {}, node)


def unary(run: Run, op: type[ast.unaryop], value: Tensor, node: ast.AST) -> Any:
    if op is ast.UAdd:
        return value
    class_name = "Negative" if op is ast.USub else "LogicalNot"
    return run.world.keras.operation(class_name, [value], {}, node)


def compare(run: Run, op: type[ast.cmpop], left: Any, right: Any, node: ast.AST) -> Any:
    class_name = _COMPARE.get(op)
    if class_name is None:
        return run.unknown(run.source_of(node))
    return run.world.keras.operation(class_name, [left, right], {}, node)

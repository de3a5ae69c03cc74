"""Symbolic tensors, whose slices and operators are nodes of `keras.ops`."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.structures import replaced, shown
from lstmcount.programs.language.values.provided import ForeignType, Native
from lstmcount.programs.language.values.value import Value
from lstmcount.programs.libraries.keras.values.objects import CallRecord, LayerObject
from lstmcount.shapes import Unknown, shape_of

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
_OF_KERAS_2 = ("_keras_shape", "_shape", "_shape_val", "get_shape", "set_shape")
_FUNCTIONS = {"abs": "Absolute", "round": "Round"}


def _open_shape(run: Run, node: ast.AST) -> Any:
    """The shape of a tensor that is not known yet: it follows from shapes that are asked for."""
    run.library_state["keras"].open_shapes.add(run.source_of(node))
    return run.unknown(run.source_of(node))


_OF_VERSIONS = ("Argmax", "Argmin")  # their dtype is int32 in Keras 3, and int64 in TensorFlow


class SymbolicTensor(Value):
    """A symbolic tensor; `shape` is None if even the rank is unknown."""

    strength = 2
    __slots__ = ("dtype", "index", "layer", "mask", "name", "node", "shape")

    def __init__(
        self,
        layer: LayerObject,
        node: int,
        index: int,
        shape: Any,
        dtype: str = "float32",
        name: str = "",
    ) -> None:
        self.layer = layer
        self.node = node
        self.index = index
        self.shape = shape
        self.dtype = dtype
        self.name = name
        self.mask: SymbolicTensor | None = None  # the mask of steps to skip

    def __repr__(self) -> str:
        return f"<tensor of {self.layer.name}>"

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        shape = shown_shape(self.shape)
        if name in ("shape", "_keras_shape", "_shape", "_shape_val"):
            return _open_shape(run, node) if shape is None else shape
        if name == "ndim":
            return run.unknown(run.source_of(node)) if shape is None else len(shape)
        if name == "dtype":
            is_open = self.layer.class_name in _OF_VERSIONS
            return run.unknown(run.source_of(node)) if is_open else self.dtype
        if name == "name":
            return self.layer.given_name
        if name == "get_shape":
            return Native(name, lambda: shape)
        if name == "set_shape":
            return Native(name, lambda *args: None)
        if name == "_keras_history":
            return (self.layer, self.node, self.index)
        return run.library_state["keras"].method_of_tensor(self, name)

    def unpacked(self, run: Run, number: int, node: ast.AST) -> list[Any] | None:
        """The results of a layer that is not followed: it may return several tensors."""
        if self.shape is not None:
            return None
        return [self.item(run, at, node) for at in range(number)]

    def lacks_followed(self, run: Run, name: str) -> bool:
        session = run.library_state["keras"]
        is_of_keras_3 = not (session.is_older_keras or session.depth)
        is_of_keras_2 = name in _OF_KERAS_2
        return is_of_keras_3 and (is_of_keras_2 or session.lacks_attribute(self, name))

    def has_unfollowed(self, run: Run, name: str) -> bool:
        session = run.library_state["keras"]
        return not session.depth and bool(session.has_attribute(self, name))

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        return run.library_state["keras"].operation("GetItem", [self, key], {}, node)

    def binary(self, run: Run, op: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
        class_name = _BINARY.get(op)
        if class_name is None:
            return run.unknown(run.source_of(node))
        return _apply_operator(run, class_name, left, right, node)

    def unary(self, run: Run, op: type[ast.unaryop], node: ast.AST) -> Any:
        if op is ast.UAdd:
            return self
        class_name = "Negative" if op is ast.USub else "LogicalNot"
        return run.library_state["keras"].operation(class_name, [self], {}, node)

    def compare(self, run: Run, op: type[ast.cmpop], left: Any, right: Any, node: ast.AST) -> Any:
        class_name = _COMPARE.get(op)
        if class_name is None:
            return run.unknown(run.source_of(node))
        return _apply_operator(run, class_name, left, right, node)

    def truth(self, run: Run) -> Unknown:
        return Unknown(shown(self))

    def type_of(self) -> ForeignType:
        return ForeignType(f"type({shown(self)})")

    def operation(self, run: Run, name: str, node: ast.AST) -> Any:
        class_name = _FUNCTIONS.get(name)
        if class_name is None:
            return MISSING
        return run.library_state["keras"].operation(class_name, [self], {}, node)


def _apply_operator(run: Run, class_name: str, left: Any, right: Any, node: ast.AST) -> Any:
    """Apply an operator to two operands. An unknown operand counts as a scalar, except in `@`."""
    session = run.library_state["keras"]
    sides = [
        operand
        if isinstance(operand, Unknown) and class_name != "Matmul"
        else session.operand(operand, node)
        for operand in (left, right)
    ]
    return session.operation(class_name, sides, {}, node)


def tensors_in(value: Any) -> list[SymbolicTensor]:
    """The tensors in a structure, in Keras's order (dicts by sorted key)."""
    found: list[SymbolicTensor] = []
    _collect(value, found)
    return found


def _collect(value: Any, found: list[SymbolicTensor]) -> None:
    if isinstance(value, SymbolicTensor):
        found.append(value)
    elif isinstance(value, list | tuple):
        for item in value:
            _collect(item, found)
    elif isinstance(value, dict):
        for key in sorted(value, key=str):
            _collect(value[key], found)


def tensors_read(call: CallRecord) -> list[SymbolicTensor]:
    """The tensors in the arguments of a call, which are looked for once."""
    if call.tensors is None:
        call.tensors = tensors_in([call.args, call.kwargs])
    return call.tensors


def shapes_of(value: Any) -> Any:
    """Replace the tensors in an argument by their shapes."""
    if isinstance(value, SymbolicTensor):
        return value.shape
    if isinstance(value, list | tuple) and tensors_in(value):
        return [shapes_of(item) for item in value]
    if isinstance(value, dict) and tensors_in(value):
        return {key: shapes_of(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return list(value)
    return value


def map_tensors(value: Any, change: Callable[[SymbolicTensor], Any]) -> Any:
    """Replace the tensors in a structure."""
    return replaced(value, SymbolicTensor, change, keeps_tuples=True)


def shown_shape(shape: Any) -> Any:
    """A tensor's shape as the program sees it: None for free dimensions or an unknown rank."""
    if shape is None:
        return None
    return tuple([None if isinstance(d, Unknown) and d.text is None else d for d in shape])


def as_shapes(shape: Any) -> Any:
    """Convert a program's shapes to shapes of tensors; each tuple is the shape of one tensor."""
    if isinstance(shape, dict):
        return {key: as_shapes(part) for key, part in shape.items()}
    if not isinstance(shape, list | tuple):
        return shape
    if shape and all(isinstance(part, list | tuple) for part in shape):
        return [as_shapes(part) for part in shape]
    return shape_of(shape)

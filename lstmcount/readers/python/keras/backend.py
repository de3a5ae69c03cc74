"""`keras.ops`, `keras.backend` and what of `tf` has an op."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from lstmcount.readers.python.keras.objects import Tensor, shown_shape, tensors_in
from lstmcount.readers.python.values import MISSING, Native

if TYPE_CHECKING:
    from lstmcount.readers.python.interpreter import Interpreter


def activation(name: str) -> Any:
    def function(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
        if tensors_in(args):
            class_name = "".join(part.capitalize() for part in name.split("_"))
            return run.world.keras.operation(class_name, args, kwargs, node)
        return run.unknown(run.source_of(node))

    return function


def member(name: str) -> Any:
    found = _BACKEND.get(name)
    return operation(name) if found is None else Native(name, found, raw=True)


def operation(name: str) -> Any:
    return MISSING


def tensorflow(path: str, name: str) -> Any:
    return MISSING


def _int_shape(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> Any:
    if isinstance(args[0], Tensor):
        shape = shown_shape(args[0].shape)
        return run.unknown(run.source_of(node)) if shape is None else shape
    return run.world.attribute(args[0], "shape", node)


def _channels_last(run: Interpreter, args: Any, kwargs: Any, node: ast.AST) -> str:
    return "channels_last"


_BACKEND: dict[str, Any] = {
    "int_shape": _int_shape,
    "image_data_format": _channels_last,
    "image_dim_ordering": lambda run, args, kwargs, node: "tf",
    "backend": lambda run, args, kwargs, node: "tensorflow",
    "floatx": lambda run, args, kwargs, node: "float32",
    "epsilon": lambda run, args, kwargs, node: 1e-7,
    "clear_session": lambda run, args, kwargs, node: None,
}

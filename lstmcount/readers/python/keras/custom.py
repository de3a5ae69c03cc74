"""Layers and models that the program defines as classes."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from lstmcount.readers.python.keras.objects import LayerObject
from lstmcount.readers.python.values import Class

if TYPE_CHECKING:
    from lstmcount.readers.python.interpreter import Interpreter


class CustomLayer(LayerObject):
    """An object of a class that the program derives from Keras's."""


def instance(run: Interpreter, cls: Class, node: ast.AST) -> Any:
    return None


def default_init(
    run: Interpreter, layer: CustomLayer, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> None:
    return None


def base_init(layer: LayerObject) -> Any:
    def function(run: Interpreter, args: list[Any], kwargs: Any, node: ast.AST) -> None:
        return None

    return function

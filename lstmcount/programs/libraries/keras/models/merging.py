"""Keras 1's `merge([a, b], mode="sum")`, and `Merge([left, right])` in a Sequential."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.libraries.keras.session import construct
from lstmcount.programs.libraries.keras.session.session import Session
from lstmcount.programs.libraries.keras.values.layer_classes import LayerClass
from lstmcount.programs.libraries.keras.values.objects import LayerObject
from lstmcount.programs.libraries.keras.values.tensors import tensors_in
from lstmcount.readers.keras.legacy import modernised
from lstmcount.shapes import Unknown

_OPTIONS = ("mode", "concat_axis", "dot_axes", "output_shape", "output_mask", "arguments")
_INDICES = ("node_indices", "tensor_indices")


def merge(session: Session, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """The tensor that `merge(inputs, mode, …)` returns; an unknown if its inputs are unknown."""
    passed = arguments_by_name(("inputs", *_OPTIONS, "name"), args, kwargs)
    tensors = passed.pop("inputs", None)
    if not isinstance(tensors, list | tuple) or not tensors_in(tensors):
        return session.run.unknown(session.run.source_of(node))
    return session.call(_layer(session, passed, node), [list(tensors)], {}, node)


def layer(session: Session, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> LayerObject:
    """The layer of `Merge(layers, mode, …)`; its `branches` are the models that it reads."""
    names = ("layers", *_OPTIONS, *_INDICES, "name")
    passed = arguments_by_name(names, args, kwargs)
    branches = passed.pop("layers", None)
    new = _layer(session, passed, node)
    new.branches = list(branches) if isinstance(branches, list | tuple) else []
    return new


def _layer(session: Session, passed: dict[str, Any], node: ast.AST) -> LayerObject:
    mode = passed.get("mode", "sum")
    plain = {key: construct.as_argument(value) for key, value in passed.items()}
    shape = passed.get("output_shape")
    plain |= {"mode": mode if isinstance(mode, str) else "code", "output_shape": None}
    class_name, arguments = modernised("Merge", plain)
    new = construct.layer(session, LayerClass(class_name), [], arguments, node)
    if class_name == "Merge" and not isinstance(mode, str | Unknown):
        new.function = mode
        new.attributes = {"output_shape": shape, "arguments": passed.get("arguments")}
    return new

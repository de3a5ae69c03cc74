"""The symbolic tensors that layers and models read and return, and their shapes."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.programs.libraries.keras.models import models
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject, ModelObject
from lstmcount.programs.libraries.keras.values.tensors import shown_shape, tensors_in
from lstmcount.shapes import Unknown

TENSORS = ("input", "output", "inputs", "outputs", "input_shape", "output_shape")
OF_CALLS = ("input", "output")
AT_CALLS = ("get_input_at", "get_output_at", "get_input_shape_at", "get_output_shape_at")


def is_never_called(model: ModelObject) -> bool:
    """Whether a Sequential has never been called on a symbolic tensor."""
    return model.is_sequential and not (model.calls or model.holders)


def tensor_of(run: Run, layer: LayerObject, name: str, node: ast.AST) -> Any:
    """The symbolic input or output of the layer's first call, or its shape."""
    session = session_of(run)
    if layer.class_name == "InputLayer" and name == "input" and not session.is_older_keras:
        if session.is_keras_3():
            return []
        text = f"`input` of the input layer {layer.name} is followed as in Keras 2"
        session.note(run.place(node), text, "in Keras 3 it is an empty list")
    if name in OF_CALLS and isinstance(layer, ModelObject) and is_never_called(layer):
        text = f"{layer.name}, a Sequential that is never called, has no `{name}`"
        session.refused(run.place(node), text, ", followed as in Keras 2")
    is_traced = isinstance(layer, Custom) and not (layer.is_graph or layer.is_sequential)
    if layer.outputs and (is_traced or not isinstance(layer, ModelObject)):
        result = layer.outputs[0]
        source = layer.calls[0].args[0] if layer.calls and layer.calls[0].args else result
    elif isinstance(layer, ModelObject):
        if layer.is_sequential and not layer.layers:
            run.fail(AttributeError())
            return run.unknown(run.source_of(node))
        source, result = models.symbolic_ends(session, layer, node)
    else:
        return run.unknown(run.source_of(node))
    value = source if name.startswith("in") else result
    if name in ("outputs", "inputs"):
        return tensors_in(value)
    if name.endswith("shape"):
        value = [shown_shape(tensor.shape) for tensor in tensors_in(value)]
        if None in value:
            return run.unknown(run.source_of(node))
    is_one = isinstance(value, list | tuple) and len(value) == 1
    return value[0] if is_one else value


def tensor_at(
    layer: LayerObject, name: str, run: Run, args: list[Any], kwargs: Any, node: ast.AST
) -> Any:
    """`layer.get_output_at(1)`: the output, or the input, of the layer's second call, or its shape.

    The first of a model that is not called are its own ends.
    """
    at, value = args[0] if args else kwargs.get("node_index"), None
    is_output = name.startswith("get_output")
    if isinstance(layer, ModelObject) and not layer.outputs and type(at) is int and at == 0:
        value = tensor_of(run, layer, "output" if is_output else "input", node)
    elif type(at) is int and 0 <= at < len(layer.outputs):
        if is_output:
            value = layer.outputs[at]
        elif at < len(layer.calls) and layer.calls[at].args:
            value = layer.calls[at].args[0]
    if value is None or isinstance(value, Unknown) or not name.endswith("_shape_at"):
        return run.unknown(run.source_of(node)) if value is None else value
    shapes = [shown_shape(tensor.shape) for tensor in tensors_in(value)]
    if not shapes or None in shapes:
        return run.unknown(run.source_of(node))
    return shapes[0] if len(shapes) == 1 else shapes

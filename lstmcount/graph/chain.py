"""The calls of a Sequential model: each layer reads the one before it."""

from __future__ import annotations

from typing import Any

from lstmcount.errors import CALL_ERRORS, ShapeError
from lstmcount.graph.call_errors import call_error
from lstmcount.graph.layer import BuiltLayer, Node, node_of, recorded_outputs
from lstmcount.graph.model import Model
from lstmcount.shapes import Shape, Shapes, public, show


def call_chain(model: Model, inputs: Shapes) -> None:
    """Call the layers of a Sequential, the first one with `inputs`."""
    if not model.layers:
        raise ShapeError(f"the model {model.config.name!r} has no layers: it cannot be called")
    first = model.layers[0]
    if model.checked and len(model.layers) == 1 and first.is_input:
        _require_declared(model, inputs, first.layer.output_shape())
    model.input = inputs
    previous: list[tuple[Node, int]] = []
    read: list[Any] = []
    value = inputs
    for layer in model.layers:
        args: list[Any] = [] if layer.is_input else [value]
        value = _output(layer, args, previous, model.checked)
        node = node_of(layer, args, {}, previous, [], read, value)
        layer.nodes.append(node)
        previous, read = [(node, i) for i in range(len(node.outputs))], node.outputs
    model.output = value
    model.operations = model.layers
    model.is_built = True


def _output(
    layer: BuiltLayer, args: list[Any], previous: list[tuple[Node, int]], checked: bool
) -> Shapes:
    if layer.is_input:
        declared: Shape = layer.layer.output_shape()
        return declared
    try:
        output = layer.call(args, {}, checked)
    except CALL_ERRORS as error:
        raise call_error(error, layer, args, layer.config.path, previous) from None
    if output is None and layer.config.recorded is not None:
        shapes = recorded_outputs(layer, 0) or [None]
        return shapes[0] if len(shapes) == 1 else shapes
    return output


def _require_declared(model: Model, inputs: Shapes, declared: Shape) -> None:
    """A Sequential that is only an input layer accepts exactly its shape, with the batch size."""
    if public(inputs) != public(declared):
        name = model.config.name
        raise ShapeError(f"the model {name!r} takes {show(declared)}, got {show(inputs)}")

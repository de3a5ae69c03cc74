"""Run the calls of a model again, on other shapes than it was built with."""

from __future__ import annotations

from typing import Any

from lstmcount.graph.layer import Node, has_shape
from lstmcount.graph.model import Model
from lstmcount.shapes import Shapes, flatten, outputs_in
from lstmcount.structures import refilled

Called = tuple[Node, tuple[list[Any], dict[str, Any]]]  # a call and its arguments


def run(model: Model, inputs: Shapes) -> tuple[Shapes, list[Called]]:
    """The model's output for inputs of these shapes, and the arguments of each call."""
    shapes = flatten(inputs)
    outputs: dict[Node, list[Any]] = {
        node: [shape] for node, shape in zip(model.input_nodes(), shapes, strict=False)
    }
    # Keras asks no inner layer whether it accepts an input of another rank
    checked = model.checked and all(len(outputs[n][0]) == len(n.outputs[0]) for n in outputs)
    calls: list[Called] = []
    for node in model.nodes():
        is_constant = node.layer.config.kind == "op" and not node.inputs
        if (node.is_input or is_constant) and node not in outputs:  # an input layer further down
            outputs[node] = list(node.outputs)
        if node in outputs:
            continue
        read = [outputs[source][i] for source, i in node.inputs if has_shape(source, i)]
        args, kwargs = node.arguments(read or shapes)
        calls.append((node, (args, kwargs)))
        # the shapes that a file records for a layer do not hold for other inputs
        known = node.layer.config.kind == "op" or None not in read
        output = node.layer.call(args, kwargs, checked=checked) if known else None
        outputs[node] = [None] * len(node.outputs) if output is None else outputs_in(output)
    ends = iter([outputs[node][i] for node, i in model.output_nodes() if has_shape(node, i)])
    return refilled(model.output, tuple, ends), calls

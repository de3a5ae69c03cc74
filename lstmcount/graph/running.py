"""The calls of a model run again, on other shapes than it was built with."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lstmcount.graph.layer import Node, has_shape
from lstmcount.shapes import Shape, outputs_in

Called = tuple[Node, tuple[list[Any], dict[str, Any]]]  # a call and its arguments


def run(
    nodes: Iterable[Node], inputs: list[Node], shapes: list[Shape], checked: bool
) -> tuple[dict[Node, list[Any]], list[Called]]:
    """The outputs of each call where the model's inputs have these shapes, and its arguments."""
    outputs: dict[Node, list[Any]] = {n: [s] for n, s in zip(inputs, shapes, strict=False)}
    # Keras asks no layer inside whether it can take an input of another rank
    checked = checked and all(len(outputs[n][0]) == len(n.outputs[0]) for n in outputs)
    calls: list[Called] = []
    for node in nodes:
        is_constant = node.layer.config.kind == "op" and not node.inputs
        if (node.is_input or is_constant) and node not in outputs:  # an input layer further down
            outputs[node] = list(node.outputs)
        if node in outputs:
            continue
        read = [outputs[source][i] for source, i in node.inputs if has_shape(source, i)]
        args, kwargs = node.arguments(read or shapes)
        calls.append((node, (args, kwargs)))
        # what the file says a layer was built with is no answer for other shapes
        known = node.layer.config.kind == "op" or None not in read
        output = node.layer.call(args, kwargs, checked=checked) if known else None
        outputs[node] = [None] * len(node.outputs) if output is None else outputs_in(output)
    return outputs, calls

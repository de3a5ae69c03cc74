"""Which calls of a model get a mask when the model runs."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from itertools import chain, repeat
from typing import Any

from lstmcount.errors import CALL_ERRORS
from lstmcount.graph.layer import Node
from lstmcount.graph.model import Model
from lstmcount.graph.nested import inner_model
from lstmcount.layers.registry import is_keras_layer
from lstmcount.structures import leaves


class Mask(Enum):
    """A mask that a tensor carries. A tensor without a mask has None in its place."""

    CERTAIN = "certain"
    POSSIBLE = "possible"  # a custom layer decides whether it exists


class _Operations:
    """The operations of a layer's `compute_mask`; here, the result of an operation is a mask."""

    def __call__(self, class_name: str, *inputs: Any, **arguments: Any) -> Mask:
        return Mask.POSSIBLE if Mask.POSSIBLE in leaves(list(inputs)) else Mask.CERTAIN

    def rank(self, tensor: Any) -> int:
        return 0  # the rank decides which operations there are, but not whether there is a mask


def masked_calls(model: Model) -> Iterator[tuple[Node, Mask | None]]:
    """Every call in the model and its nested models, with the mask of its first argument.

    On symbolic tensors, Keras drops the masks of a nested model's outputs. They pass when the
    model runs, and so they do here.
    """
    flow = _Flow()
    flow.run(model, [])
    yield from flow.calls


class _Flow:
    def __init__(self) -> None:
        self.calls: list[tuple[Node, Mask | None]] = []
        self.masks: dict[tuple[int, int], Mask | None] = {}  # of a node's output
        self.models: dict[tuple[Any, ...], list[Mask | None]] = {}  # outputs of nested models

    def run(self, model: Model, inputs: list[Mask | None]) -> list[Mask | None]:
        """Follow masks through a model, from its inputs to its outputs."""
        for node, mask in zip(model.input_nodes(), inputs, strict=False):
            self.masks[id(node), 0] = mask
        for node in model.nodes():
            if not node.is_input:
                self._call(node)
        outputs = model.output_nodes() if model.is_built else []
        return [self.masks.get((id(node), i)) for node, i in outputs]

    def _call(self, node: Node) -> None:
        read = [self.masks.get((id(source), i)) for source, i in node.inputs]
        in_place: Any = chain(read, repeat(None))  # masks instead of shapes
        args, kwargs = node.arguments(in_place)
        layer = node.layer.layer
        names = getattr(layer, "call_arguments", ())
        mask = args[0] if args else next((kwargs[name] for name in names if name in kwargs), None)
        if node.kwargs.get("mask") is not None:
            mask = Mask.CERTAIN
        self.calls.append((node, next((m for m in leaves(mask) if isinstance(m, Mask)), None)))
        wrapped = inner_model(getattr(layer, "layer", None))
        if wrapped is not None:
            self.run(wrapped, [])
        for i, output in enumerate(self._outputs(node, read, mask)):
            self.masks[id(node), i] = output

    def _outputs(self, node: Node, read: list[Mask | None], mask: Any) -> list[Any]:
        layer = node.layer.layer
        inner = inner_model(layer)
        if inner is not None:
            key = (id(inner), *read)
            if key not in self.models:
                self.models[key] = self.run(inner, read)
            return self.models[key]
        if node.layer.config.kind == "op":
            return []
        if layer is None or not is_keras_layer(layer.class_name):
            return [Mask.POSSIBLE if any(read) else None] * len(node.outputs)
        first = node.args[0] if node.args else None
        try:
            return leaves(layer.compute_mask(first, mask, _Operations()))
        except CALL_ERRORS:  # the layer does not accept these arguments
            return [Mask.POSSIBLE] * len(node.outputs)

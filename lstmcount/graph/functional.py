"""Perform the calls of a functional model, each one after the calls that it reads."""

from __future__ import annotations

from typing import Any

from lstmcount.config import TensorRef
from lstmcount.errors import CALL_ERRORS, LstmcountError
from lstmcount.graph.call_errors import call_error
from lstmcount.graph.layer import BuiltLayer, Node, node_of, recorded_outputs
from lstmcount.graph.model import Model
from lstmcount.graph.nested import inner_model
from lstmcount.graph.ordering import ordered
from lstmcount.graph.outputs import (
    filled,
    no_such_layer,
    output_of,
    resolve,
    shape_given,
    times,
    whole,
)
from lstmcount.graph.references import refs_in, refs_of, with_shapes
from lstmcount.shapes import is_known


def call_functional(model: Model) -> None:
    """Perform the calls of a functional model, and find those that its outputs depend on."""
    config, by_name = model.config, _by_name(model.layers)
    Calls(by_name, model.checked).perform(model.calls_in_order)
    for name in (*(config.listed_layer_names or ()), *config.unlisted_layers):
        if not by_name[name].nodes:
            by_name[name].build_uncalled()
    config.outputs = whole(config.outputs, by_name)
    inputs = [resolve(ref, by_name, config.path)[0] for ref in refs_in(config.inputs)]
    outputs = [resolve(ref, by_name, config.path)[0] for ref in refs_in(config.outputs)]
    model.operations, model.reachable_calls = ordered(inputs, outputs)
    _require_inputs(model.operations, {node.layer for node in inputs})
    if config.lists_unreachable_layers:
        reachable = set(model.operations)
        model.unreachable_layers = [
            layer for layer in model.layers if layer.nodes and layer not in reachable
        ]
        model.operations = [*model.operations, *model.unreachable_layers]
        _share_with_nested(model)
    model.input = filled(config.inputs, by_name)
    model.output = filled(config.outputs, by_name)
    is_own = config.is_layer or config.listed_layer_names is not None
    model.is_built = bool(outputs) or not is_own  # a custom model may never be called


def _by_name(layers: list[BuiltLayer]) -> dict[str, BuiltLayer]:
    by_name: dict[str, BuiltLayer] = {}
    for layer in layers:
        if layer.name in by_name:
            raise LstmcountError(
                f"the name {layer.name!r} is used twice; every layer needs its own",
                path=layer.config.path,
            )
        by_name[layer.name] = layer
    return by_name


def _require_inputs(layers: list[BuiltLayer], inputs: set[BuiltLayer]) -> None:
    for layer in layers:
        if layer.is_input and layer not in inputs:
            raise LstmcountError(
                f"the outputs depend on {layer.name!r}, which is none of the model's inputs",
                path=layer.config.path,
            )


def _share_with_nested(model: Model) -> None:
    """Share weights with nested models, whose layers a loss (e.g. a VAE's) may read directly."""
    inside = {
        (layer.name, layer.class_name): layer
        for outer in model.layers
        if (inner := inner_model(outer.layer)) is not None
        for layer in inner.layers
    }
    for layer in model.unreachable_layers:
        twin = inside.get((layer.name, layer.class_name))
        if twin is not None and twin.weight_shapes() == layer.weight_shapes():
            layer.weights = twin.weights


class Calls:
    """Performs each call once all its inputs exist; the calls of one layer in their order."""

    def __init__(self, by_name: dict[str, BuiltLayer], checked: bool) -> None:
        self.by_name = by_name
        self.checked = checked
        self.waiting: dict[tuple[str, int], list[BuiltLayer]] = {}  # by the call that they wait for

    def perform(self, performed: list[Node]) -> None:
        """Perform the calls; append each to `performed` and to its layer's nodes."""
        waiting = self.waiting
        ready = [*reversed(self.by_name.values())]
        while ready:
            layer = ready.pop()
            calls = 1 if layer.is_input else len(layer.config.calls)
            for index in range(len(layer.nodes), calls):
                node = self._call(layer, index)
                if node is None:
                    break
                layer.nodes.append(node)
                performed.append(node)
                if waiting:
                    ready += waiting.pop((layer.name, index), ())
        if waiting:
            self._explain_stuck()

    def _call(self, layer: BuiltLayer, index: int) -> Node | None:
        """The layer's call number `index`; None if it must wait for another call."""
        if layer.is_input:
            return node_of(layer, [], {}, [], [], [], layer.layer.output_shape())
        by_name, config = self.by_name, layer.config
        call = config.calls[index]
        positional, kwargs = call.args, call.kwargs
        refs = refs_of(positional, kwargs)
        inputs: list[tuple[Node, int]] = []
        read: list[Any] = []
        has_wholes = False
        for ref in refs:
            source = by_name.get(ref.layer)
            if source is None:
                raise no_such_layer(ref, by_name, call.path)
            if not 0 <= ref.node < len(source.nodes):
                self.waiting.setdefault((ref.layer, ref.node), []).append(layer)
                return None
            node, tensor = source.nodes[ref.node], ref.tensor
            if tensor is None:
                has_wholes = True
            elif 0 <= tensor < len(node.outputs):
                inputs.append((node, tensor))
                read.append(node.outputs[tensor])
            else:
                inputs.append(output_of(source, ref, call.path))
                read.append(None)
        if has_wholes:
            positional, kwargs = whole(positional, by_name), whole(kwargs, by_name)
            refs = refs_of(positional, kwargs)
            inputs = [resolve(ref, by_name, call.path) for ref in refs]
            read = list(map(shape_given, inputs))
        args = read  # of a call with nothing but tensors
        if refs is not positional:
            args, kwargs = with_shapes(positional, kwargs, read, TensorRef)
        try:
            output = layer.call(args, kwargs, self.checked)
        except CALL_ERRORS as error:
            path = call.path or config.path
            raise call_error(error, layer, [*args, *kwargs.values()], path, inputs) from None
        recorded = False
        if config.recorded is not None and not is_known(output):
            output, recorded = recorded_outputs(layer, index, output), True
        return node_of(layer, args, kwargs, inputs, refs, read, output, recorded)

    def _explain_stuck(self) -> None:
        (name, index), layers = next(iter(self.waiting.items()))
        stuck = layers[0]
        called = len(self.by_name[name].config.calls)
        if not 0 <= index < max(called, 1):
            text = f"reads call {index} of {name!r}, which is called {times(called)}"
        else:
            text = f"waits for {name!r}, which waits for it in turn: the graph has a cycle"
        raise LstmcountError(f"layer {stuck.name!r} {text}", path=stuck.config.path)

"""The calls of a functional model, performed in an order in which each finds what it reads."""

from __future__ import annotations

from typing import Any

from lstmcount.errors import CALL_ERRORS, LstmcountError, Path, ShapeError
from lstmcount.graph.layer import BuiltLayer, Node, node_of, recorded_outputs
from lstmcount.graph.references import (
    filled_with,
    no_such_layer,
    output_of,
    refs_of,
    resolve,
    shape_given,
    times,
    whole,
)
from lstmcount.shapes import is_known, show


class Calls:
    """Performs every call as soon as what it reads exists; those of one layer in their order."""

    def __init__(self, by_name: dict[str, BuiltLayer], checked: bool) -> None:
        self.by_name = by_name
        self.checked = checked
        self.waiting: dict[tuple[str, int], list[BuiltLayer]] = {}  # for a call of a layer

    def perform(self, made: list[Node]) -> None:
        """Perform them, and put each into `made` and into its layer's nodes."""
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
                made.append(node)
                if waiting:
                    ready += waiting.pop((layer.name, index), ())
        if waiting:
            self._explain_stuck()

    def _call(self, layer: BuiltLayer, index: int) -> Node | None:
        """The layer's call of that index; None where it must wait for another."""
        if layer.is_input:
            return node_of(layer, [], {}, [], layer.layer.output_shape())
        by_name, config = self.by_name, layer.config
        call = config.calls[index]
        given, kwargs = call.args, call.kwargs
        refs = refs_of(given, kwargs)
        inputs: list[tuple[Node, int]] = []
        args: list[Any] = []  # of a call with nothing but tensors
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
                args.append(node.outputs[tensor])
            else:
                inputs.append(output_of(source, ref, call.path))
                args.append(None)
        if has_wholes:
            given, kwargs = whole(given, by_name), whole(kwargs, by_name)
            refs = refs_of(given, kwargs)
            inputs = [resolve(ref, by_name, call.path) for ref in refs]
            args = list(map(shape_given, inputs))
        if refs is not given:
            shapes = iter(inputs)
            args, kwargs = filled_with(given, shapes), filled_with(kwargs, shapes)
        try:
            output = layer.call(args, kwargs, self.checked)
        except CALL_ERRORS as error:
            path = call.path or config.path
            raise call_error(error, layer, [*args, *kwargs.values()], path, inputs) from None
        recorded = False
        if config.recorded is not None and not is_known(output):
            output, recorded = recorded_outputs(layer, index, output), True
        return node_of(layer, args, kwargs, inputs, output, recorded)

    def _explain_stuck(self) -> None:
        (name, index), layers = next(iter(self.waiting.items()))
        stuck = layers[0]
        called = len(self.by_name[name].config.calls)
        if not 0 <= index < max(called, 1):
            text = f"reads call {index} of {name!r}, which is called {times(called)}"
        else:
            text = f"waits for {name!r}, which waits for it in turn: the graph has a cycle"
        raise LstmcountError(f"layer {stuck.name!r} {text}", path=stuck.config.path)


def call_error(
    error: Exception,
    layer: BuiltLayer,
    given: list[Any],
    path: Path,
    inputs: list[tuple[Node, int]],
) -> LstmcountError:
    """What a call of `layer` raised, as an error that says which layer it is and where.

    `given` are the arguments, `inputs` the outputs of other calls among them.
    """
    if isinstance(error, ShapeError):
        error.message = f"layer {layer.name!r} ({layer.class_name}): {error.message}"
        error.message += _sequences_hint(error, inputs)
    elif not isinstance(error, LstmcountError):
        shown = ", ".join(map(show, given))
        text = f"layer {layer.name!r} ({layer.class_name}): cannot take {shown}"
        return LstmcountError(text, path=path)
    return error if error.location.path else error.at(*path)


def _sequences_hint(error: ShapeError, inputs: list[tuple[Node, int]]) -> str:
    source = inputs[0][0].layer if inputs else None
    if error.wanted_rank != 3 or source is None or source.layer is None:
        return ""
    recurrent = getattr(source.layer, "layer", source.layer)
    if getattr(recurrent, "return_sequences", True):
        return ""
    return (
        f". The layer before it, {source.name!r}, returns only its last output: "
        "set return_sequences: true there"
    )

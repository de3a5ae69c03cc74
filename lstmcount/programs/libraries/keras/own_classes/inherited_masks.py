"""Follow layers inside a graph again for the masks of the tensors that the graph is called with.

A Functional model or a Sequential was followed on inputs without masks when it was made. Inside a
`call`, Keras runs its layers with the masks; of a graph in another graph it only asks for shapes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lstmcount.programs.libraries.keras.own_classes import later_calls
from lstmcount.programs.libraries.keras.session.session import Session
from lstmcount.programs.libraries.keras.values.contents import (
    calls_in_order,
    inner_layers,
    is_all_built,
)
from lstmcount.programs.libraries.keras.values.objects import LayerObject, ModelObject
from lstmcount.programs.libraries.keras.values.tensors import (
    SymbolicTensor,
    map_tensors,
    tensors_in,
)

Call = Callable[[LayerObject, list[Any], dict[str, Any]], Any]


def follow(session: Session, model: ModelObject, args: list[Any]) -> None:
    """Follow the layers of a graph that is called with masks inside a `call`."""
    if later_calls.passes_masks(session, args, {}):
        run(session, model, tensors_in(args))


def run(session: Session, model: ModelObject, tensors: list[SymbolicTensor]) -> None:
    """Run the layers of a graph on these inputs, if layers inside still wait for a call."""
    if is_all_built(model) or not tensors:
        return
    before: dict[int, tuple[LayerObject, int]] = {}  # layers and their numbers of calls, by serial

    def call(layer: LayerObject, args: list[Any], kwargs: dict[str, Any]) -> Any:
        before.setdefault(layer.serial, (layer, len(layer.calls)))
        return session.call(layer, args, kwargs, model.place.node)

    with session.tracing(), session.following(model):
        node = model.place.node
        inputs = [session.fresh_input(tensor, node, keeps_mask=True) for tensor in tensors]
        if model.is_sequential:
            _call_in_order(call, model, inputs[0])
        else:
            _call_again(call, model, inputs)
    for layer, number in before.values():
        del layer.calls[number:], layer.outputs[number:]
    model.built = None


def _call_in_order(call: Call, model: ModelObject, value: Any) -> None:
    for layer in inner_layers(model):
        if layer.class_name != "InputLayer":
            value = call(layer, [value], {})


def _call_again(call: Call, model: ModelObject, inputs: list[SymbolicTensor]) -> None:
    """Call the layers of a Functional model again, in the order in which their tensors are read."""
    made = {
        (old.layer.serial, old.node): [new]
        for old, new in zip(tensors_in(model.inputs), inputs, strict=False)
    }

    def again(tensor: SymbolicTensor) -> SymbolicTensor:
        results = made.get((tensor.layer.serial, tensor.node), [])
        return results[tensor.index] if tensor.index < len(results) else tensor

    for layer, number in calls_in_order(tensors_in(model.tensors_out), {*made}):
        if number < len(layer.calls):
            record = layer.calls[number]
            args, kwargs = map_tensors([record.args, record.kwargs], again)
            made[layer.serial, number] = tensors_in(call(layer, args, kwargs))

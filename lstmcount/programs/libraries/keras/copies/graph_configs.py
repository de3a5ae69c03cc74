"""Configs of functional models as plain data: their layers, and the calls between them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.contents import calls_in_order, ordered_layers
from lstmcount.programs.libraries.keras.values.objects import LayerObject, ModelObject
from lstmcount.programs.libraries.keras.values.tensors import (
    SymbolicTensor,
    map_tensors,
    shown_shape,
    tensors_in,
)

_TENSOR = "__keras_tensor__"
Describe = Callable[[LayerObject], dict[str, Any]]
Make = Callable[[Any], LayerObject]


# -- from a model to its config -------------------------------------------------------------------


def config_of_graph(model: ModelObject, describe: Describe) -> dict[str, Any]:
    """`model.get_config()`, in which `describe` serialises each layer."""
    numbers = _numbers_of_calls(model)

    def reference(tensor: SymbolicTensor) -> list[Any]:
        layer = tensor.layer
        return [layer.name, numbers.get((layer.serial, tensor.node), tensor.node), tensor.index]

    def serialized(tensor: SymbolicTensor) -> dict[str, Any]:
        config = {
            "shape": shown_shape(tensor.shape),
            "dtype": tensor.dtype,
            "keras_history": reference(tensor),
        }
        return {"class_name": _TENSOR, "config": config}

    entries = []
    for layer in ordered_layers(model):
        calls = [
            {
                "args": map_tensors(tuple(call.args), serialized),
                "kwargs": map_tensors(dict(call.kwargs), serialized),
            }
            for node, call in enumerate(layer.calls)
            if (layer.serial, node) in numbers
        ]
        entries.append({**describe(layer), "name": layer.name, "inbound_nodes": calls})
    return {
        "name": model.name,
        "trainable": model.trainable,
        "layers": entries,
        "input_layers": map_tensors(model.inputs, reference),
        "output_layers": map_tensors(model.tensors_out, reference),
    }


def _numbers_of_calls(model: ModelObject) -> dict[tuple[int, int], int]:
    """By layer and call: the call's number in the config.

    A functional model has a call of its own, on its inputs, so that others begin at 1.
    """
    known = {(tensor.layer.serial, tensor.node) for tensor in tensors_in(model.inputs)}
    calls = list(calls_in_order(tensors_in(model.tensors_out), known))
    numbers: dict[tuple[int, int], int] = {}
    for layer in dict.fromkeys([layer for layer, _ in calls]):
        own = sorted(node for other, node in calls if other is layer)
        first = _first_number(layer)
        numbers |= {(layer.serial, node): first + at for at, node in enumerate(own)}
    return numbers


def _first_number(layer: LayerObject) -> int:
    return int(isinstance(layer, ModelObject) and not layer.is_sequential)


# -- from a config to a model ---------------------------------------------------------------------


def build_graph(run: Run, config: dict[str, Any], make: Make, node: ast.AST) -> tuple[Any, Any]:
    """Make the layers of a config, and call them as it says. Return the inputs and outputs."""
    layers: dict[Any, LayerObject] = {}
    waiting: list[tuple[LayerObject, Any]] = []
    for entry in config["layers"]:
        layer = layers[entry["name"]] = make(entry)
        waiting += [(layer, call) for call in entry["inbound_nodes"]]
    tensors: dict[tuple[int, int], list[SymbolicTensor]] = {}
    numbers = {layer.serial: _first_number(layer) for layer in layers.values()}
    for layer in layers.values():
        if layer.class_name == "InputLayer":
            tensors[layer.serial, 0] = [session_of(run).input_tensor(layer)]

    def tensor(reference: Any) -> SymbolicTensor:
        name, number, index = reference
        made: SymbolicTensor = tensors[layers[name].serial, number][index]
        return made

    while waiting:
        later = []
        is_blocked: set[int] = set()  # calls of a layer are made in their order
        for layer, call in waiting:
            is_ready = all(
                (layers[name].serial, number) in tensors for name, number, _ in _references(call)
            )
            if not is_ready or layer.serial in is_blocked:
                is_blocked.add(layer.serial)
                later.append((layer, call))
                continue
            args = _with_tensors(call["args"], tensor)
            kwargs = _with_tensors(call["kwargs"], tensor)
            result = session_of(run).call(layer, list(args), kwargs, node)
            tensors[layer.serial, numbers[layer.serial]] = tensors_in(result)
            numbers[layer.serial] += 1
        if len(later) == len(waiting):
            raise KeyError(later[0][0].name)
        waiting = later
    return _ends(config["input_layers"], tensor), _ends(config["output_layers"], tensor)


def _references(value: Any) -> Iterator[Any]:
    """The tensors that a call of a config names: each a layer, one of its calls, and an index."""
    if isinstance(value, dict) and value.get("class_name") == _TENSOR:
        yield value["config"]["keras_history"]
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _references(part)


def _with_tensors(value: Any, tensor: Callable[[Any], SymbolicTensor]) -> Any:
    """Arguments of a call, with the tensors that they name."""
    if isinstance(value, dict):
        if value.get("class_name") == _TENSOR:
            return tensor(value["config"]["keras_history"])
        return {key: _with_tensors(part, tensor) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)([_with_tensors(part, tensor) for part in value])
    return value


def _ends(value: Any, tensor: Callable[[Any], SymbolicTensor]) -> Any:
    """The inputs or outputs of a model, with the tensors that a config names."""
    if isinstance(value, dict):
        return {key: _ends(part, tensor) for key, part in value.items()}
    if value and isinstance(value[0], str):
        return tensor(value)
    return [_ends(part, tensor) for part in value]

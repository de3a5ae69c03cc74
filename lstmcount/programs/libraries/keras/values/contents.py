"""The layers inside a model or layer, in Keras's order, and those that its code never uses."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.layers import registry
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject, ModelObject
from lstmcount.programs.libraries.keras.values.tensors import (
    SymbolicTensor,
    tensors_in,
    tensors_read,
)

_Node = tuple[int, int]  # (serial of the layer, call)


def layers_inside(layer: LayerObject) -> list[LayerObject]:
    """The layers of a model, and layers in a layer's arguments."""
    layers = list(inner_layers(layer)) if isinstance(layer, ModelObject) else []
    if isinstance(layer, Custom) and layer.core is not None:
        layers.append(layer.core)
    for value in layer.arguments.values():
        if isinstance(value, LayerObject):
            layers.append(value)
        elif isinstance(value, list):
            layers += [inner for inner in value if isinstance(inner, LayerObject)]
    return layers


def all_inside(layer: LayerObject) -> Iterator[LayerObject]:
    """The layers inside a layer at any depth, each once."""
    todo, seen = [layer], {layer.serial}
    while todo:
        for inner in layers_inside(todo.pop()):
            if inner.serial not in seen:
                seen.add(inner.serial)
                todo.append(inner)
                yield inner


def state_of(model: ModelObject) -> Any:
    """What a program may change of a model after making it."""
    layers = [model, *all_inside(model)]
    return [(layer.serial, layer.trainable, str(layer.arguments)) for layer in layers]


def is_plain_copy(model: ModelObject) -> bool:
    """Whether a model is a copy of one that the program has saved, and unchanged since."""
    return model.loaded_state is not None and model.loaded_state == state_of(model)


def problems_of(model: ModelObject) -> list[LstmcountError]:
    """Why a model cannot be counted: its own problems, or those of the models inside it."""
    if model.problems:
        return model.problems
    inside = [part for part in all_inside(model) if isinstance(part, ModelObject)]
    return [problem for part in inside for problem in part.problems]


def all_holders(layer: LayerObject) -> list[LayerObject]:
    """The layers and models that contain the layer, directly or not."""
    holders: dict[int, LayerObject] = {}
    todo = list(layer.holders)
    while todo:
        holder = todo.pop()
        if holder.serial not in holders:
            holders[holder.serial] = holder
            todo += holder.holders
    return list(holders.values())


def inner_layers(model: ModelObject) -> list[LayerObject]:
    """`model.layers`, as the program sees it, without operations."""
    if isinstance(model, Custom) and not (model.is_sequential or model.is_graph):
        return model.tracked()
    if model.is_sequential:
        return [layer for layer in model.layers if layer.class_name != "InputLayer"]
    return [layer for layer in ordered_layers(model) if layer.kind != "op"]


def ordered_layers(model: ModelObject) -> list[LayerObject]:
    """The layers sorted by depth, then in the order in which Keras's `map_graph` reaches them."""
    finished: list[tuple[LayerObject, int]] = []
    reached: dict[int, int] = {}
    seen: set[_Node] = set()
    for output in tensors_in(model.tensors_out):
        stack = [(output.layer, output.node, iter(_sources(output)))]
        if (output.layer.serial, output.node) in seen:
            continue
        seen.add((output.layer.serial, output.node))
        reached.setdefault(output.layer.serial, len(reached))
        while stack:
            layer, node, sources = stack[-1]
            for source in sources:
                key = (source.layer.serial, source.node)
                if key not in seen:
                    seen.add(key)
                    reached.setdefault(source.layer.serial, len(reached))
                    stack.append((source.layer, source.node, iter(_sources(source))))
                    break
            else:
                finished.append((layer, node))
                stack.pop()
    node_depth: dict[_Node, int] = {}
    depth_of: dict[int, int] = {}
    layers: dict[int, LayerObject] = {}
    for layer, node in reversed(finished):
        serial = layer.serial
        depth = max(node_depth.setdefault((serial, node), 0), depth_of.get(serial, 0))
        depth_of[serial] = node_depth[serial, node] = depth
        layers[serial] = layer
        for source in _sources_of(layer, node):
            key = (source.layer.serial, source.node)
            node_depth[key] = max(depth + 1, node_depth.get(key, 0))
    for unused in tensors_in(model.inputs):
        serial = unused.layer.serial
        if serial not in depth_of:
            depth_of[serial], reached[serial], layers[serial] = 0, -1, unused.layer
    return [
        layers[serial]
        for serial in sorted(depth_of, key=lambda serial: (-depth_of[serial], reached[serial]))
    ]


def calls_in_order(
    outputs: list[SymbolicTensor], known: Container[_Node]
) -> Iterator[tuple[LayerObject, int]]:
    """The calls whose results are read for these outputs, each once and after those that it reads.

    Calls in `known`, by layer and number, are left out, with what only they read.
    """
    done: set[_Node] = set()
    todo = outputs[::-1]
    while todo:
        layer, node = todo[-1].layer, todo[-1].node
        is_done = (layer.serial, node) in done or (layer.serial, node) in known
        sources = [] if is_done else _sources_of(layer, node)
        waiting = [
            source
            for source in sources
            if (key := (source.layer.serial, source.node)) not in done and key not in known
        ]
        if waiting:
            todo += waiting
            continue
        todo.pop()
        if not is_done:
            done.add((layer.serial, node))
            yield layer, node


def _sources(tensor: SymbolicTensor) -> list[SymbolicTensor]:
    return _sources_of(tensor.layer, tensor.node)


def _sources_of(layer: LayerObject, node: int) -> list[SymbolicTensor]:
    if node >= len(layer.calls):
        return []
    return tensors_read(layer.calls[node])


# -- layers that `call` never uses -----------------------------------------------------------------


def unused_layers(layers: list[LayerObject]) -> list[LayerObject]:
    """Those layers that may have weights, were never called, and are not inside another.

    Keras gives them no weights.
    """
    parts: set[int] = set()
    todo = list(layers)
    while todo:
        for part in layers_inside(todo.pop()):
            if part.serial not in parts:
                parts.add(part.serial)
                todo.append(part)
    return [
        layer
        for layer in layers
        if not layer.calls
        and not layer.build_config
        and not (isinstance(layer, Custom) and _is_built(layer))
        and layer.serial not in parts
        and _may_have_weights(layer)
    ]


def is_all_built(layer: LayerObject) -> bool:
    """Whether no layer inside a layer, at any depth, waits for its first call."""
    inside = [layer, *all_inside(layer)]
    return not any(isinstance(each, Custom) and unused_layers(each.tracked()) for each in inside)


def _is_built(layer: Custom) -> bool:
    """Whether the layer was called, or its `build` ran and built all layers inside it."""
    return layer.is_traced or (layer.is_built and not unused_layers(layer.tracked()))


def _may_have_weights(layer: LayerObject) -> bool:
    if isinstance(layer, Custom):
        return bool(layer.own_weights or layer.tracked() or layer.cls.find("build"))
    if isinstance(layer, ModelObject):
        return not layer.layers or layer.is_sequential
    cls = registry.find(layer.class_name)
    return cls is None or cls.may_have_weights()

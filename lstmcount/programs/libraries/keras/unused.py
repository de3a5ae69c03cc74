"""Layers that a custom layer's `call` never uses: Keras gives them no weights."""

from __future__ import annotations

from lstmcount.layers import registry
from lstmcount.layers.base import Layer
from lstmcount.programs.libraries.keras.contents import layers_inside
from lstmcount.programs.libraries.keras.objects import Custom, LayerObject, ModelObject


def unused_layers(layers: list[LayerObject]) -> list[LayerObject]:
    """Those layers that may have weights, were never called, and are not inside another."""
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


def _is_built(layer: Custom) -> bool:
    """Whether the layer was called, or its `build` ran and built all layers inside it."""
    return layer.is_traced or (layer.is_built and not unused_layers(layer.tracked()))


def _may_have_weights(layer: LayerObject) -> bool:
    if isinstance(layer, Custom):
        return bool(layer.own_weights or layer.tracked() or layer.cls.find("build"))
    if isinstance(layer, ModelObject):
        return not layer.layers or layer.is_sequential
    cls = registry.find(layer.class_name)
    return cls is None or cls.weights is not Layer.weights

"""Models without `call`, whose layers Keras builds when `train_step` runs on the first batch."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.libraries.keras.models import derived
from lstmcount.programs.libraries.keras.session.session import Session
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject
from lstmcount.programs.libraries.keras.values.tensors import SymbolicTensor, tensors_in
from lstmcount.shapes import Unknown


def of(layer: Custom) -> Function | None:
    """The `train_step` of a model without `call`."""
    step = None if layer.is_layer or layer.cls.find("call") else layer.cls.find("train_step")
    return step if isinstance(step, Function) else None


def batch(layer: Custom, inputs: Any) -> Any:
    """The argument of `train_step`: inputs alone, or with labels, as the class unpacks it."""
    for cls in layer.cls.ancestry():
        for method in getattr(cls, "attributes", {}).values():
            if isinstance(method, Function):
                count = _unpacked(method)
                if count:
                    return (inputs, *[Unknown(f"labels of {layer.class_name}")] * (count - 1))
    return inputs


def _unpacked(method: Function) -> int:
    """Into how many parts a method unpacks one of its arguments."""
    names = derived.parameters(method)
    for node in ast.walk(method.node):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name):
            target = node.targets[0]
            if isinstance(target, ast.Tuple) and node.value.id in names:
                return len(target.elts)
    return 0


def results_inside(session: Session, layer: Custom) -> list[SymbolicTensor]:
    """What the layers inside a layer last returned, also those that are not known."""
    inside: list[LayerObject] = layer.tracked()
    for value in layer.attributes.values():
        if isinstance(value, Unknown) and "(" in str(value):
            inside.append(session.unknown_layer(value, layer.place.node))
    return [tensor for each in inside for tensor in tensors_in(each.outputs[-1:])]

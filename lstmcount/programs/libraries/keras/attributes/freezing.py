"""`layer.trainable = …`: which layers and weights it reaches."""

from __future__ import annotations

import ast

from lstmcount.programs.language.source.places import CodePlace
from lstmcount.programs.libraries.keras.session.session import Session
from lstmcount.programs.libraries.keras.values.contents import all_inside, layers_inside
from lstmcount.programs.libraries.keras.values.objects import LayerObject


def freeze(
    session: Session, layer: LayerObject, trainable: bool, node: ast.AST, *, is_bool: bool = True
) -> None:
    """Set `layer.trainable` for the layer and the layers inside it.

    With TensorFlow, Keras 3 ignores an assignment of the value that the attribute has already: it
    does not reach the layers inside, which may have been set alone. `is_bool` is false for a
    number, which is never the attribute's own value.
    """
    if not session.ignores_same_value:
        for current in (layer, *all_inside(layer)):
            _set(current, trainable)
        return
    todo = [layer]
    while todo:
        current = todo.pop()
        if current.trainable is not trainable or (current is layer and not is_bool):
            _set(current, trainable)
            todo += layers_inside(current)
        elif _would_change(current):
            _note(session, current, node)


def _set(layer: LayerObject, trainable: bool) -> None:
    layer.trainable = trainable
    layer.frozen = not trainable
    layer.frozen_weights = frozenset()
    for weight in getattr(layer, "own_weights", ()):
        weight.trains = weight.trainable


def _would_change(layer: LayerObject) -> bool:
    """Whether layers inside it, or weights, have another value than the layer's."""
    inside = list(all_inside(layer))
    if any(inner.trainable is not layer.trainable for inner in inside):
        return True
    return layer.trainable and any(map(_has_frozen_weights, (layer, *inside)))


def _has_frozen_weights(layer: LayerObject) -> bool:
    own = getattr(layer, "own_weights", ())
    return bool(layer.frozen_weights) or any(each.trains is not each.trainable for each in own)


def _note(session: Session, layer: LayerObject, node: ast.AST) -> None:
    value = f"`trainable` of {layer.name} is {layer.trainable} already"
    message = f"{value}, and what is inside keeps its own"
    today = "counted as on TensorFlow; on JAX and PyTorch, and in Keras 2, this sets all of it"
    session.note(CodePlace(session.run.program, node), message, today)

"""The weights of layers and models in lists, as programs see them: `model.trainable_weights`."""

from __future__ import annotations

import ast
from contextlib import suppress
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.layers import registry
from lstmcount.programs.language.run import Run
from lstmcount.programs.libraries.keras import derived, models
from lstmcount.programs.libraries.keras.changed_arguments import knows_its_input
from lstmcount.programs.libraries.keras.contents import all_holders, all_inside, inner_layers
from lstmcount.programs.libraries.keras.objects import Custom, LayerObject, ModelObject
from lstmcount.programs.libraries.keras.session import session_of
from lstmcount.programs.libraries.keras.trainable import LayerWeight, OwnWeight

_Weight = OwnWeight | LayerWeight


def listed(run: Run, layer: LayerObject, name: str, node: ast.AST) -> list[_Weight] | None:
    """The weights in the layer's list of this name; None if they are not known."""
    build_around(run, layer, node)
    all_weights = _weights(run, layer, node)
    has_seeds = name in ("variables", "non_trainable_variables") and _has_seeds(layer)
    if all_weights is None or has_seeds:
        return None
    weights = list({_key(weight): weight for weight in all_weights}.values())
    run.spend(len(weights), node)
    if name in ("weights", "variables"):
        return weights
    of_trained = name.startswith("trainable")
    if not layer.trainable:
        return [] if of_trained else weights
    trained = [weight.is_trained() for weight in weights]
    if None in trained:
        return None
    return [weight for weight, is_so in zip(weights, trained, strict=True) if is_so is of_trained]


def build_around(run: Run, layer: LayerObject, node: ast.AST) -> None:
    """Call the layers of each Sequential model that knows its input and contains the layer.

    One whose layers are being called needs no other call.
    """
    followed = session_of(run).followed
    for holder in (layer, *all_holders(layer)):
        if holder in followed:
            continue
        if isinstance(holder, ModelObject) and holder.is_sequential and knows_its_input(holder):
            with suppress(LstmcountError):  # where the model itself is read, it is raised
                models.symbolic_ends(session_of(run), holder, node)


def _weights(run: Run, layer: LayerObject, node: ast.AST) -> list[_Weight] | None:
    if not isinstance(layer, ModelObject):
        return _of_layer(layer)
    weights: list[_Weight] = []
    if isinstance(layer, Custom):
        is_called = layer.calls or layer.is_graph or layer.is_sequential
        if not is_called or layer.core is not None or not layer.trainable:
            return None
        weights += sorted(layer.own_weights, key=lambda weight: not weight.trainable)
        weights += layer.held_weights
    for inner in inner_layers(layer):
        if isinstance(inner, ModelObject):
            build_around(run, inner, node)
        added = _weights(run, inner, node)
        if added is None:
            return None
        weights += added
    return weights


def _of_layer(layer: LayerObject) -> list[_Weight] | None:
    cls = registry.find(layer.class_name) if layer.is_known else None
    parts = all_inside(layer)
    is_mixed = any(part.frozen_weights or part.trainable != layer.trainable for part in parts)
    if cls is None or is_mixed:
        return None
    is_built = bool(layer.calls or layer.build_config or layer.holders)
    if not (cls.may_have_weights() and is_built):
        return []
    weights: list[_Weight] = [*derived.weights(layer)]
    return None if any(each.name == "?" for each in weights) else weights or None


def _key(weight: _Weight) -> Any:
    return (weight.layer.serial, weight.name) if isinstance(weight, LayerWeight) else id(weight)


def _has_seeds(layer: LayerObject) -> bool:
    """Whether Keras may list seeds among the variables."""
    classes = [registry.find(each.class_name) for each in (layer, *all_inside(layer))]
    return any(cls is not None and "seed" in cls.__struct_encode_fields__ for cls in classes)

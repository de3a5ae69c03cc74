"""The weights of layers and models in lists, as programs see them: `model.trainable_weights`."""

from __future__ import annotations

import ast
from contextlib import suppress
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.layers import registry
from lstmcount.programs.language.run import Run
from lstmcount.programs.libraries.keras.copies.changed_arguments import knows_its_input
from lstmcount.programs.libraries.keras.models import derived, models
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.contents import all_holders, all_inside, inner_layers
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject, ModelObject
from lstmcount.programs.libraries.keras.values.trainable import LayerWeight, OwnWeight
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.programs.libraries.numpy.sizes import product

_Weight = OwnWeight | LayerWeight


def listed(run: Run, layer: LayerObject, name: str, node: ast.AST) -> list[_Weight] | None:
    """The weights in the layer's list of this name; None if they are not known."""
    if name.startswith("trainable") and not layer.trainable:
        return []
    build_around(run, layer, node)
    all_weights = _weights(run, layer, node)
    has_seeds = name in ("variables", "non_trainable_variables") and _has_seeds(layer)
    if all_weights is None or has_seeds:
        return None
    weights = list({_key(weight): weight for weight in all_weights}.values())
    run.spend(len(weights), node)
    if name in ("weights", "variables"):
        return weights
    if not layer.trainable:
        return weights
    of_trained = name.startswith("trainable")
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
        is_called = layer.calls or layer.is_traced or layer.is_graph or layer.is_sequential
        is_decided = is_called or not _is_open(layer)
        if not is_decided or layer.core is not None or not layer.trainable:
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
    if not cls.may_have_weights() or not any(map(_is_open, (layer, *all_holders(layer)))):
        return []
    weights: list[_Weight] = [*derived.weights(layer)]
    return None if any(each.name == "?" for each in weights) else weights or None


def _is_open(layer: LayerObject) -> bool:
    """Whether Keras may have built layers inside this one that were not called here."""
    if not isinstance(layer, ModelObject):
        return bool(layer.calls or layer.build_config)
    if isinstance(layer, Custom) and not layer.is_sequential and not layer.is_graph:
        if layer.is_traced:
            return bool(layer.runs) or not layer.is_followed
        has_only_built = layer.is_built and layer.built_at is None
        return bool(layer.runs or (layer.first_call and not has_only_built))
    return bool(layer.calls or layer.runs) or knows_its_input(layer)


def is_built(run: Run, layer: LayerObject, node: ast.AST) -> bool | None:
    """`layer.built`; None if it is not known."""
    build_around(run, layer, node)
    if isinstance(layer, ModelObject):
        is_sequential, knows_input = layer.is_sequential, knows_its_input(layer)
        if layer.calls or (knows_input and not (is_sequential and len(layer.layers) < 2)):
            return True
    elif layer.calls or layer.build_config or layer.class_name == "InputLayer":
        return True
    elif (cls := registry.find(layer.class_name)) is None or not cls.may_have_weights():
        return None  # some layers without weights are built from the start
    return None if any(map(_is_open, (layer, *all_holders(layer)))) else False


def get_weights(
    layer: LayerObject, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> Any:
    """`layer.get_weights()`: an array for each weight."""
    weights = listed(run, layer, "weights", node)
    if weights is None:
        return run.unknown(run.source_of(node))
    return [Array(weight.shape) for weight in weights]


def count_params(
    layer: LayerObject, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> Any:
    """`layer.count_params()`, which Keras refuses for a layer that is not built."""
    weights = listed(run, layer, "weights", node)
    sizes = [product(weight.shape) for weight in weights or ()]
    is_known = sizes and all(isinstance(size, int) for size in sizes)
    return sum(sizes) if is_known else run.unknown(run.source_of(node))


def _key(weight: _Weight) -> Any:
    return (weight.layer.serial, weight.name) if isinstance(weight, LayerWeight) else id(weight)


def _has_seeds(layer: LayerObject) -> bool:
    """Whether Keras may list seeds among the variables."""
    classes = [registry.find(each.class_name) for each in (layer, *all_inside(layer))]
    return any(cls is not None and "seed" in cls.__struct_encode_fields__ for cls in classes)

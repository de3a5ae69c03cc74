"""The layers of a model that have weights, at any depth of nesting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from lstmcount.graph.layer import BuiltLayer
from lstmcount.graph.model import Model
from lstmcount.graph.nested import inner_model
from lstmcount.layers.base import Layer
from lstmcount.shapes import Unknown
from lstmcount.summary import Weight

NO_CLASS = "the config does not say which weights this class has"
NO_INPUT = "the config does not say the shape of its input"
NO_SIZE = "not all sizes of its weights are known"


class Leaf(msgspec.Struct, frozen=True):
    """A layer that is not a model, with its name below the models that contain it."""

    path: str
    name: str
    class_name: str
    weights: tuple[Weight, ...]
    unknown: str = ""  # why the config alone does not say what its weights are
    saves_itself: bool = False  # whether its class decides which tensors a `.keras` file has
    is_declared: bool = False  # in `custom_layers:`

    @property
    def is_known(self) -> bool:
        return not self.unknown


def leaves(model: Model, above: str = "") -> Iterator[Leaf]:
    core = model.core
    layers = (*model.own_layers, *model.unlisted_layers)
    for layer in sorted(layers, key=lambda layer: layer is not core):
        yield from leaves_of(layer, above)


def leaves_of(layer: BuiltLayer, above: str = "") -> Iterator[Leaf]:
    """The layer itself, or the layers of the model that it is or wraps."""
    path = above + layer.name
    model = _model(layer.layer)
    inside = [] if model is None else list(_inside(model, layer, path))
    if inner_model(layer.layer) is not None or _hold(inside, layer):
        yield from inside
    elif layer.config.kind != "op":
        unknown = ""
        if layer.state != "built":
            unknown = NO_CLASS if layer.layer is None else NO_INPUT
        unknown = unknown or _unknown_size(layer.weights)
        is_declared = layer.config.declared is not None
        yield Leaf(
            path, layer.name, layer.class_name, layer.weights, unknown, is_declared=is_declared
        )


def _inside(model: Model, layer: BuiltLayer, path: str) -> Iterator[Leaf]:
    decides = model.config.saves_itself
    if model.own_weights:
        own = tuple(model.own_weights)
        yield Leaf(path, layer.name, layer.class_name, own, _unknown_size(own), decides)
    for leaf in leaves(model, f"{path}/"):
        yield msgspec.structs.replace(leaf, saves_itself=True) if decides else leaf


def _unknown_size(weights: tuple[Weight, ...]) -> str:
    """Why the weights cannot be compared; "" if all their sizes are known."""
    sizes = (size for weight in weights for size in weight.shape)
    return NO_SIZE if any(isinstance(size, Unknown) for size in sizes) else ""


def _hold(inside: list[Leaf], layer: BuiltLayer) -> bool:
    """Whether the wrapped model's layers hold all weights of the wrapper, which may hold others."""
    return bool(inside) and sum(len(leaf.weights) for leaf in inside) == len(layer.weights)


def _model(layer: Any) -> Model | None:
    own = inner_model(layer)
    if own is not None:
        return own
    inner = layer.inner() if isinstance(layer, Layer) else ()
    return next((model for _, each in inner if (model := _model(each)) is not None), None)

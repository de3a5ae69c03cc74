"""Weights of layers that occur several times, alone or among the arguments of other layers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from lstmcount.config import LayerConfig, inner_layers
from lstmcount.layers.base import Layer
from lstmcount.summary import Weight

# The mark of a layer; of a layer inside it without a mark, a pair with its place; None if unshared
Mark = Any


class _Taken(msgspec.Struct):
    """The weights of a nested model, whose layers have taken those of earlier entries."""

    weights: list[Weight]


def has_marks(config: LayerConfig) -> bool:
    """Whether other entries stand for this layer or for a layer inside it."""
    return config.shared is not None or any(map(_holds_marks, inner_layers(config)))


def _holds_marks(config: LayerConfig) -> bool:
    model = config.model
    if model is not None and any(mark is not None for *_, mark in model.own_weights):
        return True
    return has_marks(config) or (model is not None and any(map(_holds_marks, model.layers)))


def take_shared(
    config: LayerConfig, layer: Any, weights: Sequence[Weight], kept: dict[Mark, list[Weight]]
) -> list[Weight]:
    """The weights, with those that earlier entries of the same layers have in their places.

    `kept` holds the weights of every marked layer.
    """
    taken = list(weights)
    names = [weight.name for weight in weights]
    for mark, places in _parts(config.shared, layer, _not_copied(config, layer), names):
        made = [weights[place] for place in places]
        if isinstance(mark, _Taken):
            earlier = mark.weights
        else:
            earlier = made if mark is None else kept.setdefault(mark, made)
        if [weight.shape for weight in earlier] == [weight.shape for weight in made]:
            for place, weight in zip(places, earlier, strict=True):
                taken[place] = weight
    return taken


def _parts(
    mark: Mark, layer: Any, configs: list[LayerConfig], names: Sequence[str]
) -> Iterator[tuple[Mark, list[int]]]:
    """The layers that hold the weights, each as its mark and the places of its weights.

    `configs` describe the layers inside `layer`; `names` are those of the weights.
    """
    free = list(range(len(names)))
    model = getattr(layer, "model", None)
    if model is not None and len(taken := model.weights()) == len(names):
        yield _Taken(taken), free
        return
    layers = _inner(layer)
    for number, (prefix, inner) in enumerate(layers):
        start = f"{prefix}/" if prefix else ""
        places = [place for place in free if names[place].startswith(start)]
        if any(other == prefix for other, _ in layers[number + 1 :]):
            places = _first_block(places, names)
        free = [place for place in free if place not in places]
        config = next((each for each in configs if each.name == (prefix or inner.name)), None)
        own: Mark = None
        inside = configs  # as of the stack that an RNN makes of a list of cells
        if config is not None:
            configs = [each for each in configs if each is not config]
            inside, own = _not_copied(config, inner), config.shared
        if own is None and mark is not None:
            own = (mark, number)
        inner_names = [names[place].removeprefix(start) for place in places]
        for part, within in _parts(own, inner, inside, inner_names):
            yield part, [places[place] for place in within]
    yield mark, free


def _inner(layer: Any) -> list[tuple[str, Any]]:
    return list(layer.inner()) if isinstance(layer, Layer) else []


def _not_copied(config: LayerConfig, layer: Any) -> list[LayerConfig]:
    """The layers among the arguments, without those that the layer copies."""
    copied = layer.copied_arguments if isinstance(layer, Layer) else ()
    return [
        inner
        for name, value in config.arguments.items()
        for inner in (value if isinstance(value, list) else [value])
        if isinstance(inner, LayerConfig) and name not in copied
    ]


def _first_block(places: Sequence[int], names: Sequence[str]) -> list[int]:
    """The places until a name comes again: then another layer of the same name begins."""
    block: dict[str, int] = {}
    for place in places:
        if names[place] in block:
            break
        block[names[place]] = place
    return list(block.values())

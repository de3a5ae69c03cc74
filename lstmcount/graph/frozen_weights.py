"""Weights that a program froze after it made their layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from lstmcount.config import LayerConfig
from lstmcount.layers.base import Layer
from lstmcount.summary import Weight


def with_frozen(weights: Iterable[Weight], layer: Layer, config: LayerConfig) -> Iterator[Weight]:
    """A layer's weights: some are frozen alone, with the layer, or with a layer inside it."""
    inner = zip(layer.inner(), layer.layer_arguments, strict=False)
    groups = [group for (group, _), key in inner if key in config.frozen_weights]
    for weight in weights:
        is_alone = weight.name in config.frozen_weights
        is_frozen = config.frozen or is_alone or weight.name.rpartition("/")[0] in groups
        yield replace(weight, trainable=False) if is_frozen else weight

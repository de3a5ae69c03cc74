"""A model file with classes of its author's: the code that defines them, and what it says."""

from __future__ import annotations

from typing import Any

from lstmcount.config import LayerConfig, ModelConfig, all_layers
from lstmcount.layers.custom.known import CustomLayers
from lstmcount.programs.isolated import follow_classes
from lstmcount.sources import Source
from lstmcount.sources.modules import gather_classes
from lstmcount.sources.settings import apply_settings, named_arguments
from lstmcount.structures import leaves


def with_classes(
    config: ModelConfig, source: Source, settings: dict[str, Any], custom: CustomLayers
) -> ModelConfig:
    """The model with the layers whose classes are in the code that belongs to its source.

    Takes out of `settings` those that are used. Raises `LstmcountError` where that code cannot be
    read.
    """
    of_layers = {name: settings.pop(name) for name in named_arguments(config, settings)}
    apply_settings(config, of_layers)
    layers = [*all_layers(config), *filter(None, [config.described])]
    names = {name.rpartition(">")[2] for name in custom.missing}
    stored, config.stored = config.stored, None
    found = follow_classes(
        config, gather_classes(source, names | _inside(layers)), settings, custom
    )
    config.stored = found.stored = stored
    return found


def _inside(layers: list[LayerConfig]) -> set[str]:
    """Words among the arguments of layers of unknown classes, which may name classes too."""
    foreign: list[Any] = [layer.arguments for layer in layers if layer.registered is not None]
    words = (word for word in leaves(foreign) if isinstance(word, str))
    return {word.rpartition(">")[2] for word in words}

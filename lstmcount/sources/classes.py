"""Model files with custom classes: read the classes from the code that belongs to the file."""

from __future__ import annotations

from typing import Any

from lstmcount.config import LayerConfig, ModelConfig, all_layers
from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import build_partly
from lstmcount.layers.custom.known import CustomLayers
from lstmcount.programs.isolated import follow_classes
from lstmcount.sources.modules import gather_classes
from lstmcount.sources.settings import apply_settings, named_arguments, settings_of_model
from lstmcount.sources.source import Source
from lstmcount.structures import leaves
from lstmcount.verification import verify

_OTHER_WEIGHTS = "not give the weights that the file stores"


def with_classes(
    config: ModelConfig, source: Source, settings: dict[str, Any], custom: CustomLayers
) -> ModelConfig:
    """The model, with layers of custom classes read from the source's code.

    Removes from `settings` those that are used. Raises `LstmcountError` if the code cannot be read.
    """
    of_layers = named_arguments(config, settings)
    chosen = settings_of_model(config, settings)
    apply_settings(config, {name: settings.pop(name) for name in chosen})
    layers = [*all_layers(config), *filter(None, [config.described])]
    names = {name.rpartition(">")[2] for name in custom.missing}
    stored, config.stored = config.stored, None
    code = gather_classes(source, names | _words_in_arguments(layers))
    followed = follow_classes(config, code.modules, code.extend, settings, custom)
    config.stored = followed.stored = stored
    if not of_layers and not source.may_contradict_code:
        _check_weights(followed, f"the code does {_OTHER_WEIGHTS}, and Keras would not load it")
    return followed


def check_declarations(config: ModelConfig) -> None:
    """Raise `LstmcountError` if the file stores other weights than its declared layers have."""
    _check_weights(config, f"custom_layers do {_OTHER_WEIGHTS}")


def _check_weights(config: ModelConfig, message: str) -> None:
    if config.stored is None:
        return
    model, error = build_partly(config)
    try:
        differences = [] if error else verify(model, config.stored.listed()).differences
    except LstmcountError:  # there is nothing to compare, or nothing to read it with
        return
    if differences:
        rest = f"; lstmcount verify shows all {len(differences)}" if len(differences) > 1 else ""
        raise LstmcountError(f"{message}: {differences[0]}{rest}")


def _words_in_arguments(layers: list[LayerConfig]) -> set[str]:
    """Strings in the arguments of layers of unknown classes: they may be names of classes."""
    foreign: list[Any] = [layer.arguments for layer in layers if layer.registered is not None]
    words = (word for word in leaves(foreign) if isinstance(word, str))
    return {word.rpartition(">")[2] for word in words}

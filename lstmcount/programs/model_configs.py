"""The ModelConfig of a model that a program makes."""

from __future__ import annotations

from lstmcount.config import ModelConfig, all_layers
from lstmcount.graph.inference import has_input
from lstmcount.programs.language.interpreter import Interpreter
from lstmcount.programs.libraries.keras.attributes.model_methods import held_optimizer
from lstmcount.programs.libraries.keras.own_classes import custom_layers, first_call
from lstmcount.programs.libraries.keras.session.export import model_config
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.objects import Custom, ModelObject
from lstmcount.readers.keras.shared_layers import settle
from lstmcount.setting_text import SETTING


def config_of(run: Interpreter, model: ModelObject) -> ModelConfig:
    _set_input_shape(run, model)
    custom_layers.complete(session_of(run), model)
    config = model_config(model)
    if (held := held_optimizer(model)) is not None:
        config.training = {"optimizer": held}
    if run.decisions:
        from lstmcount.programs.compiled import note_decided_optimizer

        note_decided_optimizer(run, model, config)
    settle(config)
    return config


def lacks_input_shape(model: ModelObject) -> bool:
    """Whether the program's code must be followed to learn shapes, and no input shape is known."""
    if isinstance(model, Custom) and not model.is_sequential:
        return not model.is_traced
    return (
        model.is_sequential
        and not isinstance(model.build_shape, tuple)
        and not any(layer.class_name == "InputLayer" for layer in model.layers[:1])
        and custom_layers.needs_following(model)
    )


def asks(config: ModelConfig) -> bool:
    """Whether the model may ask for values: in a reason, or for an input shape that it lacks."""
    return not has_input(config) or any(SETTING in text for text in reasons(config))


def reasons(config: ModelConfig) -> list[str]:
    """The notes of a model, and why weights of its layers are not known."""
    return [*config.notes, *(layer.unknown_because or "" for layer in all_layers(config))]


def _set_input_shape(run: Interpreter, model: ModelObject) -> None:
    """Apply `--set input_shape=[None,20]` to a model that declares no input shape."""
    if isinstance(model, Custom) and not model.is_sequential:
        first_call.use_settings(model, run.settings)
        return
    shape = run.settings.get("input_shape")
    has_input = bool(model.layers) and model.layers[0].class_name == "InputLayer"
    if isinstance(shape, list | tuple) and model.build_shape is None and not has_input:
        model.build_shape = tuple(run.settings.use("input_shape"))

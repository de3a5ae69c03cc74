"""Configs of layers and models as Keras writes them, and the layers that they were made of."""

from __future__ import annotations

import ast
from contextlib import suppress
from typing import Any, NamedTuple

from lstmcount.errors import LstmcountError
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.structures import replaced
from lstmcount.programs.libraries.keras.copies import graph_configs, layer_configs
from lstmcount.programs.libraries.keras.copies.layer_configs import config_of
from lstmcount.programs.libraries.keras.models import models
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject, ModelObject


class Origin(NamedTuple):
    """A config with the layer that it was made of, and what both were then."""

    config: dict[str, Any]
    layer: LayerObject
    before: Any
    stamp: list[Any]

    def is_of_today(self, run: Run) -> bool:
        """Whether neither the config nor the layer has been changed."""
        is_same = self.config == self.before and not spoiled_words(run, self.config)
        return is_same and layer_configs.stamp(self.layer) == self.stamp


def serialized(run: Run, layer: LayerObject, node: ast.AST) -> dict[str, Any]:
    """`serialize_keras_object(layer)`, for a layer or a model."""
    if not isinstance(layer, ModelObject) or isinstance(layer, Custom):
        return _remember(run, layer_configs.serialized(run, layer, node), layer)
    config = config_of_model(run, layer, node)
    if layer.is_sequential:
        entry = layer_configs.entry("keras", "Sequential", config)
    else:
        module = "keras.src.models.functional"
        entry = layer_configs.entry(module, "Functional", config, "Functional")
    if not layer.is_sequential or "build_input_shape" in config:
        entry["build_config"] = {"input_shape": config.get("build_input_shape")}
    return _remember(run, {**entry, "compile_config": {}}, layer)


def config_of_model(run: Run, model: ModelObject, node: ast.AST) -> dict[str, Any]:
    """`model.get_config()`, for a model of Keras's classes."""
    model.require_unchanged()
    if not model.is_sequential:
        config = graph_configs.config_of_graph(model, lambda each: serialized(run, each, node))
        return _remember(run, config, model)
    first = model.layers[0] if model.layers else None
    if first is not None and (model.build_shape or first.class_name == "InputLayer"):
        with suppress(LstmcountError):  # where the model itself is read, it is raised
            models.symbolic_ends(session_of(run), model, node)
    entries = [serialized(run, layer, node) for layer in model.layers]
    config = {
        "name": model.name,
        "trainable": model.trainable,
        "dtype": layer_configs.policy("float32"),
        "layers": entries,
    }
    shape = _input_shape(run, model)
    if shape is not None:
        config["build_input_shape"] = shape
        if first is not None and first.class_name != "InputLayer":
            entries.insert(0, _input_entry(shape))
    return _remember(run, config, model)


def own_config(run: Run, layer: Custom, node: ast.AST) -> Any:
    """`layer.get_config()`, for a class of the program that does not define it."""
    is_plain_graph = layer.is_graph and not isinstance(layer.cls.find("__init__"), Function)
    if is_plain_graph or layer.base.class_name == "Sequential":
        return config_of_model(run, layer, node)
    return layer_configs.own_config(run, layer, node)


def _input_shape(run: Run, model: ModelObject) -> Any:
    """The input shape of a Sequential that is built, with None for free sizes; else None."""
    first = model.layers[0] if model.layers else None
    if first is not None and first.class_name == "InputLayer":
        return config_of(run, first, first.place.node)["batch_shape"]
    if model.build_shape:
        return tuple(model.build_shape)
    if model.calls and model.calls[0].args:
        return layer_configs.shape_of_input(model.calls[0].args[0])
    return None


def _input_entry(shape: Any) -> dict[str, Any]:
    """The InputLayer that Keras adds to a Sequential when it is built."""
    config = {
        "batch_shape": shape, "dtype": "float32", "sparse": False, "ragged": False,
        "name": "input_layer", "optional": False,
    }  # fmt: skip
    return layer_configs.entry("keras.layers", "InputLayer", config)


def _remember(run: Run, config: dict[str, Any], layer: LayerObject) -> dict[str, Any]:
    before = replaced(config, (), lambda each: each, keeps_tuples=True)
    origin = Origin(config, layer, before, layer_configs.stamp(layer))
    session_of(run).config_origins[id(config)] = origin
    return config


def origin_of(run: Run, config: dict[str, Any]) -> LayerObject | None:
    """The layer that a config was made of, if neither has been changed since; else None."""
    origin: Origin | None = session_of(run).config_origins.get(id(config))
    is_same = origin is not None and origin.config is config and origin.is_of_today(run)
    return origin.layer if origin is not None and is_same else None


def spoiled_words(run: Run, value: Any) -> str | None:
    """The words of what a program changed in a config by unknown code or at unknown keys."""
    todo = [value] if run.spoiled else []
    while todo:
        part = todo.pop()
        if isinstance(part, dict | list):
            if run.is_open(part):
                return run.spoiled[id(part)]
            todo += part.values() if isinstance(part, dict) else part
    return None

"""Configs of layers and models, which a program reads, edits and makes layers and models from."""

from __future__ import annotations

import ast
from contextlib import suppress
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.layers import registry
from lstmcount.programs.language.run import Run
from lstmcount.programs.libraries.keras.copies.cloning import clone_graph_with, copy_layers
from lstmcount.programs.libraries.keras.models import models
from lstmcount.programs.libraries.keras.session.export import called_with
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.contents import ordered_layers
from lstmcount.programs.libraries.keras.values.layer_classes import LayerClass
from lstmcount.programs.libraries.keras.values.objects import LayerObject, ModelObject
from lstmcount.programs.libraries.keras.values.tensors import SymbolicTensor, tensors_in
from lstmcount.programs.libraries.keras.values.trainable import is_trainable
from lstmcount.shapes import Unknown

_MODELS = ("Sequential", "Model", "Functional")
ORIGIN = "<the model>"  # the key that links a model's config to the model


def config_of(layer: LayerObject) -> dict[str, Any]:
    """`layer.get_config()`: the arguments that the layer was created with."""
    layer.require_unchanged()
    config = {"name": layer.name, "trainable": layer.trainable, **layer.arguments}
    if layer.class_name == "InputLayer" and isinstance(shape := config.get("shape"), list):
        del config["shape"]
        config["batch_shape"] = [config.pop("batch_size", None), *shape]
    return config


def config_of_model(model: Any) -> dict[str, Any]:
    """`model.get_config()`, with a config for each layer that the program may read and edit."""
    layers = model.layers if model.is_sequential else ordered_layers(model)
    entries = [
        {"class_name": layer.class_name, "name": layer.name, "config": config_of(layer)}
        for layer in layers
    ]
    config = {"name": model.name, "layers": entries, ORIGIN: model}
    return config if model.is_sequential else {"trainable": model.trainable, **config}


def from_config(run: Run, class_name: str, config: Any, node: ast.AST) -> Any:
    """`Dense.from_config(config)` or `Model.from_config(config)`; an unknown for other values."""
    if not isinstance(config, dict):
        return run.unknown(run.source_of(node))
    origin = config.get(ORIGIN)
    if isinstance(origin, ModelObject):
        return _model(run, origin, config, node)
    if class_name in _MODELS:
        return run.unknown(run.source_of(node))
    return session_of(run).construct(LayerClass(class_name), [], _arguments(config), node)


def serialize(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`layers.serialize(layer)`, for a layer of Keras."""
    layer = args[0] if args else next(iter(kwargs.values()), None)
    if not isinstance(layer, LayerObject) or isinstance(layer, ModelObject) or not layer.is_known:
        return run.unknown(run.source_of(node))
    serialised = {
        "class_name": layer.class_name, "config": config_of(layer), "registered_name": None,
    }  # fmt: skip
    if build := layer.build_config or called_with(layer):
        serialised["build_config"] = build
    return serialised


def deserialize(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`layers.deserialize({"class_name": …, "config": …})`."""
    serialised = args[0] if args else kwargs.get("config")
    if isinstance(serialised, LayerObject):  # in a config, which is followed without saving it
        return copy_layers(run)(serialised)
    class_name = serialised.get("class_name") if isinstance(serialised, dict) else None
    if isinstance(class_name, Unknown):
        examples = run.libraries.examples("keras.layers")
        run.choices.note(run.source_of(node), class_name, examples, node)
    if not isinstance(class_name, str) or not isinstance(serialised, dict):
        return run.unknown(run.source_of(node))
    if "module" in serialised or registry.find(class_name) is None:
        from lstmcount.programs.libraries.keras.models.file_layers import deserialized

        return deserialized(run, serialised, node)
    if "registered_name" not in serialised:
        text = "a config without its module is of a class of Keras, as in Keras 2"
        session_of(run).refused(run.place(node), text)
    layer = from_config(run, class_name, serialised.get("config"), node)
    if isinstance(layer, LayerObject) and isinstance(built := serialised.get("build_config"), dict):
        layer.build_config = dict(built)
    return layer


def _model(run: Run, origin: ModelObject, config: dict[str, Any], node: ast.AST) -> ModelObject:
    """A model from another model's config, in which the program may have edited arguments."""
    before = config_of_model(origin)["layers"]
    edited_layers = config.get("layers")
    by_name = {
        entry["name"]: entry
        for entry in (edited_layers if isinstance(edited_layers, list) else [])
        if isinstance(entry, dict) and isinstance(entry.get("name"), str)
    }
    if [entry["name"] for entry in before] != list(by_name):
        model: ModelObject = session_of(run).new_model(origin.class_name, origin.name, node)
        model.problems.append(run.error(node, "the layers of a model were changed in its config"))
        return model
    copy = copy_layers(run)
    edited = {entry["name"] for entry in before if entry != by_name[entry["name"]]}

    def make(layer: LayerObject) -> Any:
        entry = by_name[layer.name]
        if layer.name in edited and isinstance(layer, ModelObject):
            return None
        if layer.name in edited:
            new = from_config(run, str(entry.get("class_name")), entry.get("config"), node)
        else:
            new = copy(layer)
        if edited and isinstance(new, LayerObject) and not isinstance(new, ModelObject):
            new.build_config = layer.build_config or called_with(layer)  # Keras builds it so
        return new

    first = origin.layers[0] if origin.layers else None
    if edited and first is not None and (origin.build_shape or first.class_name == "InputLayer"):
        with suppress(LstmcountError):  # where the model itself is read, it is raised
            models.symbolic_ends(session_of(run), origin, node)
    inputs = _edited_inputs(run, origin, by_name, edited, node)
    new = clone_graph_with(run, origin, make, node, names_inputs=True, inputs=inputs)
    if isinstance(config.get("name"), str):
        new.name = config["name"]
    if not origin.is_sequential:  # the config of a Sequential does not say it
        new.trainable = is_trainable(run, config.get("trainable"), node)
    return new


def _edited_inputs(
    run: Run, origin: ModelObject, by_name: dict[str, Any], edited: set[Any], node: ast.AST
) -> list[SymbolicTensor] | None:
    """The inputs of a model from a config in which the program has edited one; else None."""
    session = session_of(run)
    inputs = [tensor.layer for tensor in tensors_in(origin.inputs)]
    layers = origin.layers[:1] if origin.is_sequential else inputs
    if not any(layer.name in edited and layer.class_name == "InputLayer" for layer in layers):
        return None
    configs = [by_name[layer.name or ""].get("config") for layer in layers]
    made = [from_config(run, "InputLayer", config, node) for config in configs]
    return [session.input_tensor(layer) for layer in made if isinstance(layer, LayerObject)]


def _arguments(config: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if isinstance(key, str)}

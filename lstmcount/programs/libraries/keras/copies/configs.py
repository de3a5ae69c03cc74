"""Layers and models from configs, which are plain data that a program reads, edits and makes."""

from __future__ import annotations

import ast
from contextlib import suppress
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.layers import registry
from lstmcount.programs.language.objects.own_classes import Class
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.structures import replaced
from lstmcount.programs.libraries.keras.copies import config_keys, graph_configs, layer_configs
from lstmcount.programs.libraries.keras.copies.cloning import clone_graph_with, copy_layers
from lstmcount.programs.libraries.keras.copies.written_configs import (
    origin_of,
    serialized,
    spoiled_words,
)
from lstmcount.programs.libraries.keras.models import models
from lstmcount.programs.libraries.keras.session import construct
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.layer_classes import LayerClass
from lstmcount.programs.libraries.keras.values.objects import (
    Custom,
    LayerObject,
    ModelObject,
    OperationObject,
)
from lstmcount.programs.libraries.keras.values.trainable import is_trainable
from lstmcount.shapes import Unknown

_MODELS = ("Sequential", "Model", "Functional")
_GRAPH = ("name", "layers", "input_layers", "output_layers")
# What `from_config` of a class takes out of the dict that it is given.
_TAKEN_OUT = {
    **dict.fromkeys(("TimeDistributed", "SpectralNormalization", "Wrapper"), ("layer",)),
    "RNN": ("cell",),
    "StackedRNNCells": ("cells",),
    "Functional": ("layers", "input_layers", "output_layers", "name", "trainable"),
}
_NAMED = ("name", "trainable")
UNKNOWN_CONFIG = "the model that this makes of a config is not known"
_MALFORMED = (KeyError, IndexError, TypeError, ValueError, AttributeError)


def from_config(run: Run, class_name: str, config: Any, node: ast.AST) -> Any:
    """`Dense.from_config(config)` or `Model.from_config(config)`; an unknown for other values."""
    if not isinstance(config, dict):
        words = run.unknown(run.source_of(node))
        is_model = class_name in _MODELS and isinstance(words, Unknown)
        return (
            unknown_model(run, f"the config `{config}` is not known", node) if is_model else words
        )
    if class_name in _MODELS:
        return _model(run, class_name, config, node)
    return _layer(run, class_name, config, node)


def unknown_model(run: Run, why: str, node: ast.AST) -> ModelObject:
    new: ModelObject = session_of(run).new_model("Model", None, node)
    new.problems.append(run.error(node, why))
    return new


def serialize(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`layers.serialize(layer)` and `serialize_keras_object(model)`."""
    layer = args[0] if args else next(iter(kwargs.values()), None)
    if isinstance(layer, list | tuple):
        return type(layer)([serialize(run, [each], {}, node) for each in layer])
    if isinstance(layer, dict) and not run.is_open(layer):
        return {key: serialize(run, [each], {}, node) for key, each in layer.items()}
    if layer is None or isinstance(layer, str | int | float):
        return layer
    if not isinstance(layer, LayerObject) or not layer.is_known:
        return run.unknown(run.source_of(node))
    return serialized(run, layer, node)


def deserialize(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`layers.deserialize({"class_name": …, "config": …})`."""
    entry = args[0] if args else kwargs.get("config")
    if isinstance(entry, LayerObject):  # in a config, which is followed without saving it
        return copy_layers(run)(entry)
    if isinstance(entry, list | tuple):
        return [deserialize(run, [each], {}, node) for each in entry]
    if entry is None or isinstance(entry, int | float):
        return entry
    if isinstance(entry, dict) and not {"class_name", "config"} <= entry.keys():
        return {key: deserialize(run, [each], {}, node) for key, each in entry.items()}
    class_name = entry.get("class_name") if isinstance(entry, dict) else None
    if isinstance(class_name, Unknown):
        examples = run.libraries.examples("keras.layers")
        run.choices.note(run.source_of(node), class_name, examples, node)
    if not isinstance(class_name, str) or not isinstance(entry, dict):
        return run.unknown(run.source_of(node))
    if not entry.keys() & {"module", "registered_name"} and registry.find(class_name) is not None:
        text = "a config without its module is of a class of Keras, as in Keras 2"
        session_of(run).refused(run.place(node), text)
    try:
        return deserialized(run, entry, node)
    except LstmcountError:
        if registry.find(class_name) is not None:
            raise
        return run.unknown(run.source_of(node))  # a class of the program, which a model may not use


def deserialized(run: Run, entry: dict[str, Any], node: ast.AST) -> Any:
    """The layer or model of a serialised entry, built as the entry says."""
    origin = origin_of(run, entry)
    if origin is not None and _is_only_copied(origin):
        made: Any = copy_layers(run)(origin)
    else:
        made = _made(run, entry, node)
    built = entry.get("build_config")
    if isinstance(made, LayerObject) and isinstance(built, dict) and made.kind == "layer":
        _build_as(made, built)
    return made


def _is_only_copied(layer: LayerObject) -> bool:
    """Whether its config does not say all of a layer, which is copied if that is not edited."""
    is_written = layer.class_name == "InputLayer" or config_keys.of_class(layer.class_name)
    is_plain = isinstance(layer, ModelObject) or is_written
    return layer.kind == "op" or isinstance(layer, Custom) or not (layer.is_known and is_plain)


def _build_as(layer: LayerObject, built: dict[str, Any]) -> None:
    """`layer.build_from_config(built)`."""
    if not isinstance(layer, ModelObject):
        layer.build_config = dict(built)
    elif layer.is_sequential and not isinstance(layer, Custom) and layer.build_shape is None:
        shape = built.get("input_shape")
        is_open = not layer.layers or layer.layers[0].class_name != "InputLayer"
        if is_open and isinstance(shape, list | tuple):
            layer.build_shape = construct.dimensions(shape)


def _made(run: Run, entry: dict[str, Any], node: ast.AST) -> Any:
    """The layer or model of a serialised entry, without its `build_config`."""
    class_name, module, config = entry["class_name"], entry.get("module"), entry.get("config")
    is_of_keras = module is None or str(module).split(".")[0] in ("keras", "tensorflow")
    if class_name in _MODELS and is_of_keras and isinstance(config, dict):
        return _model(run, class_name, config, node)
    if str(module).startswith("keras.src.ops") and isinstance(config, dict):
        arguments = {key: value for key, value in config.items() if key != "name"}
        name, place = config.get("name"), run.place(node)
        return session_of(run).new(OperationObject, class_name, name, arguments, place)
    if not is_of_keras or registry.find(class_name) is None or not isinstance(config, dict):
        return _of_program(run, entry, node)
    return _layer(run, class_name, config, node)


def _of_program(run: Run, entry: dict[str, Any], node: ast.AST) -> Any:
    """A layer of a class that the program defines, or what a file's reader makes of the entry."""
    from lstmcount.programs.libraries.keras.models import file_layers

    scopes = [run.module, *run.own_modules.scopes()]
    cls = None
    with suppress(LstmcountError):  # several classes have this name
        cls = file_layers.Classes(run, scopes).find(
            entry["class_name"].rpartition(">")[2], entry.get("registered_name")
        )
    if cls is None or not isinstance(entry.get("config"), dict):
        return file_layers.deserialized(run, entry, node)
    return run.call(cls.attribute(run, "from_config", node), [entry["config"]], {}, node)


def _layer(run: Run, class_name: str, config: dict[str, Any], node: ast.AST) -> Any:
    """`cls.from_config(config)` of a layer class of Keras."""
    if run.is_open(config):
        return LayerClass(class_name).call_with_rest(run, run.spoiled[id(config)], node)
    cls = registry.find(class_name)
    edited, config = config, {key: each for key, each in config.items() if isinstance(key, str)}
    for key in _TAKEN_OUT.get(class_name, ()):
        if key not in edited:
            run.fail(KeyError(key))
            raise run.error(node, f"the config of {class_name} has no {key!r}; Keras refuses it")
        del edited[key]
    config = cls.of_config(config) if cls is not None else config
    defaults = layer_configs.default_config(run, class_name, node)
    if config.get("batch_input_shape") is not None and class_name == "InputLayer":
        config["batch_shape"] = config.pop("batch_input_shape")
    arguments = {
        key: _argument(run, class_name, key, value, node)
        for key, value in config.items()
        if key not in defaults or not _is_same(value, defaults[key])
    }
    return session_of(run).construct(LayerClass(class_name), [], arguments, node)


def _argument(run: Run, class_name: str, key: str, value: Any, node: ast.AST) -> Any:
    """What Keras passes to the constructor for an entry of a config."""
    if key in registry.layer_arguments(class_name) and isinstance(value, dict | list | tuple):
        return deserialize(run, [value], {}, node)
    if key == "dtype" and isinstance(value, dict) and value.get("class_name") == "DTypePolicy":
        named = value.get("config")
        return named.get("name") if isinstance(named, dict) else value
    return value


def _is_same(one: Any, other: Any) -> bool:
    """Whether two entries are equal, as lists and tuples are for Keras."""
    as_lists = [replaced(each, (), lambda part: part) for each in (one, other)]
    return type(one) is not bool or one is other if as_lists[0] == as_lists[1] else False


def _model(run: Run, class_name: str, config: dict[str, Any], node: ast.AST) -> ModelObject:
    """`Sequential.from_config(config)` or `Model.from_config(config)`."""
    origin = origin_of(run, config)
    is_sequential = class_name == "Sequential"
    if isinstance(origin, ModelObject) and origin.is_sequential == is_sequential:
        return _clone(run, origin, config, node)
    session = session_of(run)
    kind = "Sequential" if is_sequential else "Functional"
    new: ModelObject = session.new_model(kind, config.get("name"), node)
    try:
        _require_known(run, config, node)
        if is_sequential:
            _fill(run, new, config, node)
        else:
            _connect(run, new, config, node)
    except LstmcountError as error:
        new.problems.append(error)
    except _MALFORMED:
        new.problems.append(run.error(node, UNKNOWN_CONFIG))
    return new


def _require_known(run: Run, config: dict[str, Any], node: ast.AST) -> None:
    words = spoiled_words(run, {**config, "layers": None})
    if words is None and run.is_open(config):
        words = run.spoiled[id(config)]
    layers = config.get("layers")
    if words is None and isinstance(layers, list) and run.is_open(layers):
        words = run.spoiled[id(layers)]
    if words is not None or isinstance(layers, Unknown):
        raise run.error(node, f"the config `{words or layers}` is not known")


def _fill(run: Run, new: ModelObject, config: dict[str, Any], node: ast.AST) -> None:
    """Add the layers of a Sequential's config."""
    if "name" not in config:
        run.fail(ValueError())
        raise run.error(node, "the config of a Sequential has the keys 'name' and 'layers'")
    for entry in config["layers"]:
        models.add(session_of(run), new, _part(run, entry, node), node)
    shape = config.get("build_input_shape")
    first = new.layers[0] if new.layers else None
    if isinstance(shape, list | tuple) and first is not None and first.class_name != "InputLayer":
        new.build_shape = construct.dimensions(shape)


def _connect(run: Run, new: ModelObject, config: dict[str, Any], node: ast.AST) -> None:
    """Give a functional model the layers and calls of a config."""
    lacking = [key for key in _GRAPH if key not in config]
    if lacking:
        run.fail(TypeError())
        raise run.error(node, f"the config of a functional model has the key {lacking[0]!r}")
    new.inputs, new.tensors_out = _graph(run, config, node)
    new.trainable = is_trainable(run, config.get("trainable"), node)
    for key in _TAKEN_OUT["Functional"]:
        config.pop(key, None)


def _graph(run: Run, config: dict[str, Any], node: ast.AST) -> tuple[Any, Any]:
    return graph_configs.build_graph(run, config, lambda entry: _part(run, entry, node), node)


def own_model(run: Run, cls: Class, base: str, config: dict[str, Any], node: ast.AST) -> Any:
    """`cls.from_config(config)` of a program's class, where Keras makes it of layers; else None."""
    has_own_init = isinstance(cls.find("__init__"), Function)
    if base not in _MODELS or spoiled_words(run, config) is not None:
        return None
    named: dict[str, Any] = {key: config[key] for key in _NAMED if key in config}
    if base == "Sequential" and isinstance(config.get("layers"), list):
        new = run.call(cls, [], {"name": config.get("name")}, node)
        if isinstance(new, ModelObject):
            _fill(run, new, config, node)
        return new
    if has_own_init or any(key not in config for key in _GRAPH):
        return None
    try:
        ends = _graph(run, config, node)
    except _MALFORMED:
        raise run.error(node, UNKNOWN_CONFIG) from None
    new = run.call(cls, [*ends], named, node)
    for key in _TAKEN_OUT["Functional"]:
        config.pop(key, None)
    return new


def _take_out(config: dict[str, Any], class_name: str) -> None:
    """Take out of a config, and of those inside it, what Keras takes out of them."""
    entries = [config.get("layer"), config.get("cell")]
    for several in (config.get("layers"), config.get("cells")):
        entries += several if isinstance(several, list) else []
    for entry in entries if class_name != "Bidirectional" else ():  # that reads a copy
        if isinstance(entry, dict) and isinstance(entry.get("config"), dict):
            _take_out(entry["config"], str(entry.get("class_name")))
    for key in _TAKEN_OUT.get(class_name, ()):
        config.pop(key, None)


def _part(run: Run, entry: Any, node: ast.AST) -> LayerObject:
    """A layer of a model's config."""
    is_entry = isinstance(entry, dict) and isinstance(entry.get("class_name"), str)
    made = deserialized(run, entry, node) if is_entry else None
    if not isinstance(made, LayerObject):
        name = entry.get("class_name") if isinstance(entry, dict) else entry
        raise run.error(node, f"the layer {name} that this makes of a config is not known")
    if isinstance(made, ModelObject):
        made.is_part = True
        if made.problems:
            raise made.problems[0]
    return made


def _clone(run: Run, origin: ModelObject, config: dict[str, Any], node: ast.AST) -> ModelObject:
    """A model from another model's config, which the program has not edited."""
    new = clone_graph_with(run, origin, copy_layers(run), node, names_inputs=True)
    if isinstance(config.get("name"), str):
        new.name = config["name"]
    if not origin.is_sequential:  # the config of a Sequential does not say it
        new.trainable = is_trainable(run, config.get("trainable"), node)
    _take_out(config, "Sequential" if origin.is_sequential else "Functional")
    return new

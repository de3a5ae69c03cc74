"""Configs of layers as plain data, in the form of Keras 3: what `get_config` returns."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.layers import registry
from lstmcount.layers.making.constructor_order import arguments as constructor_arguments
from lstmcount.programs.language.objects.own_functions import Function
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.structures import replaced
from lstmcount.programs.language.values.signatures import signature_of
from lstmcount.programs.language.values.unknowns import UnknownPart
from lstmcount.programs.libraries.keras.copies import changed_arguments, config_keys
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.contents import all_inside
from lstmcount.programs.libraries.keras.values.layer_fields import default_fields, kept
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject
from lstmcount.programs.libraries.keras.values.tensors import (
    SymbolicTensor,
    map_tensors,
    shown_shape,
    tensors_in,
)
from lstmcount.shapes import Unknown

_FIRST = ("name", "trainable", "dtype")
_ACTIVATIONS = ("activation", "recurrent_activation")
_SIZES_OF_OTHERS = ("strides", "value_dim")  # by default these are `pool_size` and `key_dim`


def config_of(run: Run, layer: LayerObject, node: ast.AST) -> dict[str, Any]:
    """`layer.get_config()`, for a layer of Keras."""
    layer.require_unchanged()
    if layer.class_name == "InputLayer":
        return _of_input(run, layer)
    first = {"name": layer.given_name, "trainable": layer.trainable, "dtype": _dtype(run, layer)}
    cls = registry.find(layer.class_name) if layer.is_known else None
    for key in cls.absent_arguments if cls is not None else ():
        first.pop(key, None)
    return {**first, **{key: _value(run, layer, key, node) for key in _keys(layer)}}


def default_config(run: Run, class_name: str, node: ast.AST) -> dict[str, Any]:
    """The entries of a config that stand for arguments which are not passed."""
    plain = LayerObject(class_name, None, {}, run.place(node), 0)
    keys = [key for key in _keys(plain) if key not in _SIZES_OF_OTHERS]
    return {key: _value(run, plain, key, node) for key in keys} | {"dtype": _dtype(run, plain)}


def inherited_config(run: Run, layer: Custom, node: ast.AST) -> dict[str, Any]:
    """`super().get_config()` in a class of the program."""
    if layer.core is not None:
        return {**config_of(run, layer.core, node), "trainable": layer.trainable}
    dtype = policy(layer.dtype_policy)
    return {"name": layer.given_name, "trainable": layer.trainable, "dtype": dtype}


def serialized(run: Run, layer: LayerObject, node: ast.AST) -> dict[str, Any]:
    """`serialize_keras_object(layer)`, for a layer that is not a model."""
    if isinstance(layer, Custom):
        return _own_serialized(run, layer, node)
    if layer.kind == "op":
        config = {"name": layer.name, **layer.arguments}
        return entry("keras.src.ops", layer.class_name, config, layer.class_name)
    described = entry("keras.layers", layer.class_name, config_of(run, layer, node))
    if build := build_config(layer):
        described["build_config"] = build
    return described


def entry(module: str, class_name: str, config: Any, registered: Any = None) -> dict[str, Any]:
    return {
        "module": module,
        "class_name": class_name,
        "config": config,
        "registered_name": registered,
    }


def _own_serialized(run: Run, layer: Custom, node: ast.AST) -> dict[str, Any]:
    """A layer of a program's class, with the config that its class defines."""
    if isinstance(layer.cls.find("get_config"), Function):
        config = run.call(layer.attribute(run, "get_config", node), [], {}, node)
    else:
        config = own_config(run, layer, node)
    config = replaced(config, LayerObject, lambda each: any_serialized(run, each, node), True)
    return entry("__main__", layer.class_name, config, layer.class_name)


def own_config(run: Run, layer: Custom, node: ast.AST) -> Any:
    """`layer.get_config()`, for a class that does not define it: the arguments of `__init__`."""
    if layer.core is not None:
        return inherited_config(run, layer, node)
    init, (args, kwargs) = layer.cls.find("__init__"), layer.made_with
    passed, takes_name, takes_all = kwargs, True, not args
    if isinstance(init, Function):
        signature = signature_of(init.node).without_receiver()
        passed = {**init.defaults, **signature.passed(args, kwargs), **kwargs}
        takes_name = "name" in signature.names or signature.options == "kwargs"
        takes_all = len(args) <= len(signature.by_place)
    if not takes_all or not _are_plain(passed):
        return UnknownPart(f"the config of {layer.class_name}", layer)
    config = without_name(passed)
    inherited = inherited_config(run, layer, node)
    return (inherited if takes_name else {}) | config | without_name(inherited)


def without_name(config: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if key != "name"}


def _are_plain(value: Any) -> bool:
    """Whether Keras can write arguments of a program's class without help of the class."""
    if isinstance(value, dict | list | tuple):
        return all(map(_are_plain, value.values() if isinstance(value, dict) else value))
    return value is None or isinstance(value, str | int | float | Unknown)


def any_serialized(run: Run, layer: LayerObject, node: ast.AST) -> Any:
    """`serialize_keras_object(layer)`, also for models."""
    return run.library_state["keras"].serialized(layer, node)


def build_config(layer: LayerObject) -> dict[str, Any]:
    """The shapes that a layer was built for; none if it is not built."""
    if layer.build_config or layer.class_name == "InputLayer" or not layer.calls:
        return layer.build_config
    cls, call = registry.find(layer.class_name), layer.calls[0]
    names = cls.call_arguments if cls is not None else ("inputs",)
    passed = dict(zip(names, call.args, strict=False)) | call.kwargs
    shapes = {
        f"{name}_shape": map_tensors(passed[name], _shape)
        for name in names
        if tensors_in(passed.get(name))
    }
    if len(shapes) == 1:
        return {"input_shape": next(iter(shapes.values()))}
    return {"shapes_dict": shapes} if shapes else {}


def _shape(tensor: SymbolicTensor) -> Any:
    return shown_shape(tensor.shape)


def shape_of_input(value: Any) -> Any:
    """The shape of a tensor, or the shapes of several; None for other values."""
    return map_tensors(value, _shape) if tensors_in(value) else None


def stamp(layer: LayerObject) -> list[Any]:
    """What tells whether a layer has been changed: two stamps are equal if it has not."""
    parts = (layer, *all_inside(layer))
    return [
        (part.serial, part.given_name, part.trainable, dict(part.arguments), len(part.calls) > 0)
        for part in parts
    ]


# -- values ---------------------------------------------------------------------------------------


def _keys(layer: LayerObject) -> tuple[str, ...]:
    """The keys after the first three, which for classes out of the table are the arguments."""
    keys = config_keys.of_class(layer.class_name)
    if keys is not None:
        return keys
    cls = registry.find(layer.class_name) if layer.is_known else None
    names = (*constructor_arguments(cls),) if cls is not None else ()
    return tuple([key for key in dict.fromkeys((*names, *layer.arguments)) if key not in _FIRST])


def _of_input(run: Run, layer: LayerObject) -> dict[str, Any]:
    shape = layer.arguments.get("batch_shape")
    if shape is None:
        shape = layer.arguments.get("shape")
        if isinstance(shape, list | tuple):
            shape = [layer.arguments.get("batch_size"), *shape]
    return {
        "batch_shape": tuple(shape) if isinstance(shape, list | tuple) else shape,
        "dtype": _dtype(run, layer),
        "sparse": bool(layer.arguments.get("sparse")),
        "ragged": bool(layer.arguments.get("ragged")),
        "name": layer.name,
        "optional": bool(layer.arguments.get("optional")),
    }


def _dtype(run: Run, layer: LayerObject) -> Any:
    if layer.class_name == "InputLayer":
        return layer.arguments.get("dtype") or "float32"
    return policy(layer.arguments.get("dtype") or session_of(run).dtype_policy or "float32")


def policy(dtype: Any) -> Any:
    """A dtype policy of this name as data."""
    if isinstance(dtype, dict):
        return dtype
    return entry("keras", "DTypePolicy", {"name": dtype})


def _value(run: Run, layer: LayerObject, key: str, node: ast.AST) -> Any:
    """An argument of a layer as its config has it."""
    if key in registry.layer_arguments(layer.class_name):
        return _layers(run, layer, key, node)
    if key == "function" and layer.function is not None:
        return layer.function
    cls = registry.find(layer.class_name)
    defaults = default_fields(cls) if cls is not None else {}
    value = layer.arguments.get(key, defaults.get(key))
    if key in _ACTIVATIONS:
        return "linear" if value is None else value
    if key.endswith("_initializer"):
        return _initializer(value)
    if key == "data_format" and value is None:
        return session_of(run).data_format
    if key == "value_dim" and value is None:
        return layer.arguments.get("key_dim")
    argument = kept(layer, key)
    return value if argument is MISSING else argument


def _layers(run: Run, layer: LayerObject, key: str, node: ast.AST) -> Any:
    """The layers in an argument as data. Keras makes a layer of several cells."""
    value = layer.arguments.get(key)
    if key == "backward_layer" and layer.arguments:
        value = changed_arguments.part(run, layer, key, node)  # Keras has made a copy
    inner = replaced(value, LayerObject, lambda each: any_serialized(run, each, node))
    if key != "cell" or not isinstance(inner, list):
        return inner
    first = {"name": "stacked_rnn_cells", "trainable": True, "dtype": _dtype(run, layer)}
    return entry("keras.layers", "StackedRNNCells", {**first, "cells": inner})


def _initializer(value: Any) -> Any:
    """An initializer as data; one with arguments that are not known by name stays as it is."""
    name = value if isinstance(value, str) else None
    config: Any = {}
    if isinstance(value, dict):
        name, config = value.get("class_name"), value.get("config")
    if not isinstance(name, str) or not isinstance(config, dict):
        return value
    name = config_keys.initializer_class(name)
    defaults = config_keys.INITIALIZERS.get(name)
    if defaults is None or config.keys() - defaults.keys():
        return value
    return entry("keras.initializers", name, {**defaults, **config})

"""A model as Keras 3 serialises it, for `keras.models.model_from_json`."""

from __future__ import annotations

from typing import Any

from lstmcount.config import LayerConfig, ModelConfig, TensorRef
from lstmcount.convert.arguments import given, inner_layers
from lstmcount.dimensions import public
from lstmcount.errors import LstmcountError
from lstmcount.graph import Graph
from lstmcount.layers import create, is_keras_layer

_CORE_OPERATIONS = ("Cast", "ConvertToTensor")  # of those that masks are computed with


def to_keras(config: ModelConfig) -> dict[str, Any]:
    """The serialised model, other people's layers as their file says them.

    Raises `LstmcountError` for operations.
    """
    if config.is_sequential:
        inner: dict[str, Any] = {
            "name": config.name,
            "trainable": config.trainable,
            "layers": [_layer(layer, config.dtype) for layer in config.layers],
        }
        if config.build_input_shape is not None:
            inner["build_input_shape"] = public(config.build_input_shape)
        return _object("keras", "Sequential", inner)
    return _functional(config)


def _functional(config: ModelConfig) -> dict[str, Any]:
    graph = Graph(config)
    nested = {
        layer.name
        for layer in config.layers
        if layer.model is not None and not layer.model.is_sequential
    }
    by_name = {layer.name: layer for layer in graph.layers}

    def tensor(ref: TensorRef) -> dict[str, Any]:
        node = by_name[ref.layer].nodes[ref.node]
        index = ref.tensor or 0
        layer = by_name[ref.layer].layer
        is_mask = by_name[ref.layer].config.is_implied
        dtype = "bool" if is_mask else getattr(layer, "output_dtype", "float32")
        history = [ref.layer, ref.node, index]
        shape = public(node.outputs[index]) if index < len(node.outputs) else None
        inside = {"shape": shape, "dtype": dtype, "keras_history": history}
        return {"class_name": "__keras_tensor__", "config": inside}

    def value(item: Any) -> Any:
        if isinstance(item, TensorRef):
            return tensor(item)
        if isinstance(item, list):
            return [value(one) for one in item]
        if isinstance(item, dict):
            return {key: value(one) for key, one in item.items()}
        return item

    def place(item: Any) -> Any:
        if isinstance(item, TensorRef):
            return [item.layer, item.node + (item.layer in nested), item.tensor or 0]
        if isinstance(item, list):
            return [place(one) for one in item]
        return {key: place(one) for key, one in item.items()}

    layers = []
    for layer in graph.operations:
        entry = _layer(layer.config, config.dtype)
        calls = layer.config.calls
        entry["name"] = layer.name
        entry["inbound_nodes"] = [
            {"args": value(call.args), "kwargs": value(call.kwargs)} for call in calls
        ]
        layers.append(entry)
    inner = {
        "name": config.name,
        "trainable": config.trainable,
        "layers": layers,
        "input_layers": place(config.inputs),
        "output_layers": place(config.outputs),
    }
    return _object("keras.src.models.functional", "Functional", inner)


def _layer(config: LayerConfig, dtype: Any) -> dict[str, Any]:
    if config.model is not None:
        return to_keras(config.model)
    if config.is_implied:
        module = "core" if config.class_name in _CORE_OPERATIONS else "numpy"
        arguments = {"name": config.name, **config.arguments}
        return _object(f"keras.src.ops.{module}", config.class_name, arguments)
    if config.kind == "op":
        raise LstmcountError(
            f"{config.name!r} is an operation ({config.class_name}), which is not written yet"
        )
    layer = create(config)
    own = {"name": config.name, **config.arguments}
    found = own if layer is None else {"name": config.name, **given(layer)}
    if dtype is not None and config.class_name != "InputLayer":
        found.setdefault("dtype", dtype)
    if config.class_name == "InputLayer":
        found = {
            "batch_shape": public(layer.output_shape(None)),
            "dtype": found.get("dtype", "float32"),
            "name": config.name,
        }
    for key, value in inner_layers(config).items():
        found[key] = (
            [_layer(item, dtype) for item in value]
            if isinstance(value, list)
            else _layer(value, dtype)
        )
    if config.declared is not None:
        return _custom(config.class_name, own, config.declared.name)
    class_name = config.class_name if layer is None else type(layer).__name__
    if config.is_foreign or not is_keras_layer(class_name):
        return _custom(config.class_name, found, config.class_name)
    return _object("keras.layers", class_name, found)


def _custom(class_name: str, config: dict[str, Any], registered: str) -> dict[str, Any]:
    """A layer of a class that is registered with Keras, or among its custom_objects."""
    return {
        "module": None,
        "class_name": class_name,
        "config": config,
        "registered_name": registered,
    }


def _object(module: str, class_name: str, config: dict[str, Any]) -> dict[str, Any]:
    return {
        "module": module,
        "class_name": class_name,
        "config": config,
        "registered_name": class_name if module.startswith("keras.src") else None,
    }

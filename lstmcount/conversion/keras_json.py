"""A model as Keras 3 serialises it, for `keras.models.model_from_json`."""

from __future__ import annotations

from typing import Any

from lstmcount.config import LayerConfig, ModelConfig, TensorRef
from lstmcount.conversion.arguments import layer_arguments, plain, written_arguments
from lstmcount.conversion.classes import place_of
from lstmcount.conversion.operations import require_todays
from lstmcount.graph.builder import build, create
from lstmcount.graph.layer import has_shape
from lstmcount.layers.base import Layer
from lstmcount.layers.making.from_configs import class_of
from lstmcount.layers.ops.registry import module_of
from lstmcount.layers.registry import is_keras_layer
from lstmcount.shapes import public
from lstmcount.structures import mapped

# Arguments that Keras requires in a config of these classes, even at their defaults.
_ASKED_FOR = {"Rescaling": ("offset",), "TextVectorization": ("standardize", "split", "ngrams")}


def to_keras(config: ModelConfig) -> dict[str, Any]:
    """The serialised model; layers of unknown classes stay as their file stores them.

    Raises `LstmcountError` for operations.
    """
    if config.is_sequential:
        inner: dict[str, Any] = {
            "name": config.name,
            "trainable": config.trainable,
            "layers": [_layer(layer, config.dtype) for layer in config.layers],
        }
        if not any(map(_is_opaque, config.layers)) and _has_input(config):
            for entry in inner["layers"]:
                _without_build(entry)
        if config.build_input_shape is not None:
            inner["build_input_shape"] = public(config.build_input_shape)
        return _object("keras", "Sequential", inner)
    return _functional(config)


def _has_input(config: ModelConfig) -> bool:
    is_said = bool(config.layers) and config.layers[0].class_name == "InputLayer"
    return is_said or config.build_input_shape is not None


def _is_opaque(config: LayerConfig) -> bool:
    """Whether the layer's output may be unknown."""
    return config.class_name == "Lambda" or (config.model is None and class_of(config) is None)


def _known(layer: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call, without empty arguments that only Keras 2 had."""
    if not isinstance(layer, Layer):
        return kwargs
    names = type(layer).keywords()
    return {key: value for key, value in kwargs.items() if value is not None or key in names}


def _without_build(entry: dict[str, Any]) -> None:
    """Leave out `build_config`: calls build Keras's own layers, and Keras 3 rejects older forms."""
    if entry["module"] is not None:
        entry.pop("build_config", None)


def _functional(config: ModelConfig) -> dict[str, Any]:
    """The config of a functional model, with a description of every tensor that a call reads."""
    model = build(config)
    nested = {
        layer.name
        for layer in config.layers
        if layer.model is not None and not layer.model.is_sequential
    }
    by_name = {layer.name: layer for layer in model.layers}

    def tensor(ref: TensorRef) -> dict[str, Any]:
        node = by_name[ref.layer].nodes[ref.node]
        index = ref.tensor or 0
        layer = by_name[ref.layer].layer
        is_mask = by_name[ref.layer].config.is_implied
        dtype = "bool" if is_mask else getattr(layer, "output_dtype", "float32")
        history = [ref.layer, ref.node, index]
        shape = public(node.outputs[index]) if index < len(node.outputs) else None
        shape = None if shape is None else list(shape)  # as in JSON
        inside = {"shape": shape, "dtype": dtype, "keras_history": history}
        return {"class_name": "__keras_tensor__", "config": inside}

    def value(leaf: Any) -> Any:
        return tensor(leaf) if isinstance(leaf, TensorRef) else _constant(leaf)

    def place(leaf: Any) -> Any:
        if not isinstance(leaf, TensorRef):
            return leaf
        return [leaf.layer, leaf.node + (leaf.layer in nested), leaf.tensor or 0]

    layers = []
    for layer in model.operations:
        entry = _layer(layer.config, config.dtype)
        calls = layer.config.calls
        if all(has_shape(*read) for node in layer.nodes for read in node.inputs):
            _without_build(entry)
        entry["name"] = layer.name
        entry["inbound_nodes"] = [
            {
                "args": mapped(value, call.args),
                "kwargs": mapped(value, _known(layer.layer, call.kwargs)),
            }
            for call in calls
        ]
        layers.append(entry)
    inner = {
        "name": config.name,
        "trainable": config.trainable,
        "layers": layers,
        "input_layers": mapped(place, config.inputs),
        "output_layers": mapped(place, config.outputs),
    }
    return _object("keras.src.models.functional", "Functional", inner)


def _layer(config: LayerConfig, dtype: Any) -> dict[str, Any]:
    """A layer, an operation or a model as Keras serialises it; `dtype` is the model's default."""
    if config.model is not None:
        return to_keras(config.model)
    if config.kind == "op":
        require_todays(config)
        arguments = {"name": config.name, **config.arguments}
        return _object(module_of(config.class_name), config.class_name, arguments)
    if config.declared is not None or class_of(config) is None:
        return _custom(config, config.arguments)
    layer = create(config)  # None for a wrapper of an unknown class
    own = config.arguments
    if layer is not None:
        own = written_arguments(layer, _serialised, _ASKED_FOR.get(type(layer).__name__, ()))
    keras_config = {"name": config.name, **own}
    if config.class_name == "InputLayer":
        keras_config = {
            "batch_shape": public(layer.output_shape(None)),
            "dtype": keras_config.get("dtype", "float32"),
            "name": config.name,
        }
    elif dtype is not None:
        keras_config.setdefault("dtype", dtype)
    for key, value in layer_arguments(config).items():
        inner = [_layer(item, dtype) for item in (value if isinstance(value, list) else [value])]
        for each in inner:
            _without_build(each)
        keras_config[key] = inner if isinstance(value, list) else inner[0]
    class_name = config.class_name if layer is None else type(layer).__name__
    if not is_keras_layer(class_name):
        return _custom(config, keras_config)
    entry = _object(*place_of(class_name, config), keras_config)
    return {**entry, "build_config": config.build_config} if config.build_config else entry


def _serialised(value: Any) -> Any:
    """Serialise an argument; an object that Keras has serialised is unchanged."""
    if isinstance(value, dict) and value.get("class_name") in ("Policy", "PolicyV1"):
        return plain({**value, "class_name": "Policy"})  # of Keras 2
    if isinstance(value, dict) and "module" in value:
        return value
    short = plain(value)
    if isinstance(short, dict) and is_keras_layer(str(short.get("class_name"))):
        return {"module": "keras.layers", **short, "registered_name": None}  # as an activation
    return short


def _constant(value: Any) -> Any:
    """A call argument that is not a tensor, as Keras serialises it."""
    if isinstance(value, slice):
        bounds = {"start": value.start, "stop": value.stop, "step": value.step}
        return {"class_name": "__slice__", "config": bounds}
    if value is Ellipsis:
        return {"class_name": "__ellipsis__", "config": {}}
    return value


def _custom(config: LayerConfig, arguments: dict[str, Any]) -> dict[str, Any]:
    """A layer of a registered class, or of one in `custom_objects`."""
    entry = {
        "module": None,
        "class_name": config.class_name,
        "config": {"name": config.name, **mapped(_plain, arguments)},
        "registered_name": (
            config.declared.name if config.declared else config.registered or config.class_name
        ),
    }
    return {**entry, "build_config": config.build_config} if config.build_config else entry


def _plain(leaf: Any) -> Any:
    """An argument of an unknown class; layers in it are serialised as Keras does."""
    return _layer(leaf, None) if isinstance(leaf, LayerConfig) else leaf


def _object(module: str, class_name: str, config: dict[str, Any]) -> dict[str, Any]:
    return {
        "module": module,
        "class_name": class_name,
        "config": config,
        "registered_name": class_name if module.startswith("keras.src") else None,
    }

"""Replace layers that only older versions of Keras had by equivalent layers of Keras 3."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from lstmcount.config import LayerConfig, ModelConfig, with_inner_layers
from lstmcount.graph.builder import build
from lstmcount.graph.layer import BuiltLayer
from lstmcount.layers.registry import find

# class → the Keras 3 class, and arguments that make it equivalent
_SAME: dict[str, tuple[str, dict[str, Any]]] = {
    # they state their output shape, usually the inferred one; the conversion compares both
    "Deconvolution2D": ("Conv2DTranspose", {}),
    "Deconvolution3D": ("Conv3DTranspose", {}),
    "CuDNNGRU": ("GRU", {"reset_after": True}),  # also two biases per gate
    # synchronising over replicas is specific to TensorFlow
    "SyncBatchNormalization": ("BatchNormalization", {}),
    "TimeDistributedDense": ("Dense", {}),
    "Unchanged": ("Identity", {}),
}


def in_todays_layers(config: ModelConfig, keep_classes: bool = False) -> ModelConfig:
    """The model with each layer replaced by an equivalent layer of Keras 3, if there is one.

    With `keep_classes` only their arguments are modernised.
    """
    layers = [_todays(layer, keep_classes) for layer in config.layers]
    if any(layer.class_name == "InferredEinsumDense" for layer in layers):
        model = build(config)  # keeps its nodes alive
        built = {layer.config.name: layer for layer in model.layers}
        layers = [_said(layer, built) for layer in layers]
    return structs.replace(config, layers=layers)


def _said(config: LayerConfig, built: dict[str | None, BuiltLayer]) -> LayerConfig:
    """An `EinsumDense` with the output shape that Keras 2 inferred."""
    if config.class_name != "InferredEinsumDense":
        return config
    built_layer = built[config.name]
    arguments = dict(config.arguments)
    if built_layer.nodes and isinstance(built_layer.nodes[0].output, tuple):
        arguments["output_shape"] = built_layer.layer.completed_shape(built_layer.nodes[0].output)
    return _changed(config, "EinsumDense", arguments)


def _todays(config: LayerConfig, keep: bool) -> LayerConfig:
    if config.model is not None:
        return structs.replace(config, model=in_todays_layers(config.model, keep))
    if config.kind == "op" or config.declared is not None or config.is_foreign:
        return config
    config = with_inner_layers(config, lambda inner: _todays(inner, keep))
    arguments = config.arguments
    if config.class_name == "Bidirectional":
        return _both_ways(config)
    cls = None if keep else find(config.class_name)
    name = cls.__name__ if cls else ""
    if name in _SAME:
        class_name, added = _SAME[name]
        return _changed(config, class_name, {**arguments, **added})
    if name == "ThresholdedReLU":
        return _changed(config, "ReLU", {"threshold": arguments.get("theta", 1.0)})
    return config


def _changed(config: LayerConfig, class_name: str, arguments: dict[str, Any]) -> LayerConfig:
    return structs.replace(config, class_name=class_name, arguments=arguments)


def _both_ways(config: LayerConfig) -> LayerConfig:
    """Give a backward layer explicitly if `layer` itself reads backward, as Keras 3 requires."""
    forward = config.arguments.get("layer")
    if not isinstance(forward, LayerConfig) or not forward.arguments.get("go_backwards"):
        return config
    if config.arguments.get("backward_layer") is not None:
        return config
    name = str(forward.name).removeprefix("forward_")
    backward = structs.replace(
        forward,
        name=f"backward_{name}",
        arguments={**forward.arguments, "go_backwards": False},
    )
    return _changed(config, "Bidirectional", {**config.arguments, "backward_layer": backward})

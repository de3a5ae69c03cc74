"""The model after `model.quantize(mode)` of Keras 3.15, from the description of the model.

Keras quantises Dense, EinsumDense (also inside attention layers), Embedding and
ReversibleEmbedding, at any depth. It leaves other layers and classes derived from these four as
they are. An embedding has no float8.
"""

from __future__ import annotations

from typing import Any

import msgspec
from msgspec import structs

from lstmcount.config import LayerConfig, ModelConfig, inner_layers, with_inner_layers
from lstmcount.errors import LstmcountError
from lstmcount.layers import registry
from lstmcount.layers.dtypes import policy
from lstmcount.layers.making.from_configs import class_of
from lstmcount.layers.quantization import quantized_dtype
from lstmcount.summary import LayerSummary, Summary, Weight, size_bytes

FLOAT16 = "int8 does not work with computations in float16; use bfloat16"


class QuantizedLayer(msgspec.Struct, frozen=True, kw_only=True):
    """A layer before and after. `name` begins with the names of the enclosing layers."""

    name: str
    class_name: str
    bytes_before: int
    bytes_after: int
    is_left_alone: bool
    weights: tuple[Weight, ...]  # after


class Quantized(msgspec.Struct, frozen=True, kw_only=True):
    """A model before and after `model.quantize(mode)`, and its layers that have weights."""

    mode: str
    bytes_before: int
    bytes_after: int
    layers: tuple[QuantizedLayer, ...]


def quantized(config: ModelConfig, mode: str) -> ModelConfig:
    """The model after `model.quantize(mode)`, where `mode` is int8, int4 or float8.

    Raises `LstmcountError` with the path of a layer that Keras refuses.
    """
    if mode == "int8" and policy(config.dtype).compute == "float16":
        raise LstmcountError(FLOAT16).at(*config.path)
    return _model(config, mode)


def _model(config: ModelConfig, mode: str) -> ModelConfig:
    layers = []
    for layer in config.layers:
        if layer.model is not None:
            layers.append(structs.replace(layer, model=_model(layer.model, mode)))
        elif layer.kind != "layer" or layer.class_name == "InputLayer":
            layers.append(layer)
        else:
            layers.append(_layer(layer, mode, config.dtype))
    return structs.replace(config, layers=layers)


def _layer(layer: LayerConfig, mode: str, default: Any = None) -> LayerConfig:
    """The layer, and those that it wraps; `default` is the dtype of layers that name none."""
    cls = class_of(layer)
    if cls is None:
        raise _error(layer, f"it is not known whether Keras quantises layers of {layer.class_name}")
    if layer.is_unused and cls.may_have_weights():
        raise _error(layer, "Keras quantises no model with a layer that no call gives its weights")
    if any(inner_layers(layer)):
        changed = with_inner_layers(layer, lambda inner: _inner(inner, mode))
        return structs.replace(changed, is_quantized=True)
    dtype = layer.arguments.get("dtype", default)
    if mode == "int8" and policy(dtype, layer.name).compute == "float16":
        raise _error(layer, FLOAT16)
    if not cls.quantization_modes:
        return layer
    try:
        dtype = quantized_dtype(dtype, mode)
    except LstmcountError as error:
        raise _error(layer, error.message) from None
    if mode not in cls.quantization_modes or layer.subclass is not None or _has_inner(layer):
        return layer
    arguments = {**layer.arguments, "dtype": dtype}
    arguments.pop("quantization_config", None)
    return structs.replace(layer, arguments=arguments)


def _has_inner(layer: LayerConfig) -> bool:
    """Whether the activation is a layer; Keras does not quantise a layer that holds another one.

    Raises `LstmcountError` for an activation with weights, which Keras never builds and refuses.
    """
    activation = layer.arguments.get("activation")
    name = activation.get("class_name") if isinstance(activation, dict) else None
    cls = registry.find(name) if isinstance(name, str) else None
    if cls is not None and cls.may_have_weights():
        raise _error(layer, f"Keras quantises no model with {name} as an activation")
    return cls is not None


def _inner(layer: LayerConfig, mode: str) -> LayerConfig:
    if layer.model is None:
        return _layer(layer, mode)
    return structs.replace(layer, model=_model(layer.model, mode))


def _error(layer: LayerConfig, message: str) -> LstmcountError:
    name = f"layer {layer.name!r}: " if layer.name else ""
    return LstmcountError(f"{name}{message}").at(*layer.path)


def compared(before: Summary, after: Summary, mode: str) -> Quantized:
    """The model's bytes before and after `quantize`, layer by layer.

    Raises `LstmcountError` for a layer that Keras refuses because of its input.
    """
    return Quantized(
        mode=mode,
        bytes_before=before.size_bytes,
        bytes_after=after.size_bytes,
        layers=tuple(_compared(before.layers, after.layers, "", mode)),
    )


def _compared(
    before: tuple[LayerSummary, ...], after: tuple[LayerSummary, ...], prefix: str, mode: str
) -> list[QuantizedLayer]:
    """The weights of each layer before and after; `prefix` names the models around it."""
    layers = []
    for old, new in zip(before, after, strict=True):
        name = f"{prefix}{new.name}"
        if new.layers:
            layers += _compared(old.layers, new.layers, f"{name}/", mode)
        elif new.weights:
            is_left_alone = _stored(old.weights) == _stored(new.weights)
            if mode == "int8" and not is_left_alone and any(0 in w.shape for w in old.weights):
                raise LstmcountError(f"layer {name!r}: Keras quantises no empty kernel to int8")
            layers.append(
                QuantizedLayer(
                    name=name,
                    class_name=new.class_name,
                    bytes_before=size_bytes(old.weights),
                    bytes_after=size_bytes(new.weights),
                    is_left_alone=is_left_alone,
                    weights=new.weights,
                )
            )
    return layers


def _stored(weights: tuple[Weight, ...]) -> list[Any]:
    return [(weight.name, weight.shape, weight.dtype) for weight in weights]

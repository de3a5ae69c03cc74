"""`quantize` and `enable_lora`: they change arguments of layers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.layers import registry
from lstmcount.layers.quantization import BLOCK, MODES, quantized_dtype
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.libraries.keras.values.contents import inner_layers
from lstmcount.programs.libraries.keras.values.layer_classes import KerasObject
from lstmcount.programs.libraries.keras.values.objects import LayerObject, ModelObject

_MODES = {f"{mode.capitalize()}QuantizationConfig": mode for mode in MODES}


def method(layer: LayerObject, name: str) -> Native | None:
    """`layer.quantize` or `layer.enable_lora`; None if the layer does not have the method."""
    if name == "quantize":
        return Native(name, lambda run, a, k, node: _quantize(run, layer, a, k, node), raw=True)
    cls = registry.find(layer.class_name)
    if cls is None or "lora_rank" not in cls.__struct_fields__:
        return None

    def enable(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> None:
        run.effects += 1
        layer.arguments["lora_rank"] = args[0] if args else kwargs.get("rank")
        layer.built = None

    return Native(name, enable, raw=True)


def _quantize(
    run: Run, layer: LayerObject, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> None:
    """`layer.quantize(mode)`: change the dtype of the layer, or of the layers inside it."""
    run.effects += 1
    request = _request(args, kwargs)
    cls = None if isinstance(layer, ModelObject) else registry.find(layer.class_name)
    if cls is not None and request is not None:
        modes = cls.quantization_modes if "quantization_config" in cls.__struct_fields__ else ()
        if request[0] not in modes:  # a model leaves such a layer alone, or changes its parts
            text = f"Keras cannot quantise the layer {layer.name!r} ({layer.class_name}) itself"
            raise run.error(node, f"{text} in {request[0]}")
    for affected, modes in _leaves(layer):
        name, dtype = affected.name, affected.arguments.get("dtype")
        if request is None or not isinstance(dtype, str | None):
            raise run.error(node, f"the effect of this on the weights of {name} is not known")
        mode, block = request
        if mode not in modes:
            continue
        try:
            affected.arguments["dtype"] = quantized_dtype(dtype, mode, block)
        except LstmcountError as error:
            raise run.error(node, f"{name}: {error.message}") from None
        affected.built, affected.is_quantized = None, True


def _request(args: list[Any], kwargs: dict[str, Any]) -> tuple[str, int] | None:
    """The mode that a call asks for, and int4's block size; None if that is not known."""
    mode, config = args[0] if args else kwargs.get("mode"), kwargs.get("config")
    block: Any = BLOCK
    if isinstance(config, KerasObject):
        own = _MODES.get(config.class_name)
        if mode not in (None, own):
            return None  # Keras refuses it
        mode = own
        block = config.arguments.get("block_size", BLOCK)
        block = -1 if block is None else block
    elif config is not None:
        return None
    if len(args) > 1 or kwargs.keys() - {"mode", "config", "type_check"} or type(block) is not int:
        return None
    return (mode, block) if mode in MODES else None


def _leaves(layer: LayerObject) -> Iterator[tuple[LayerObject, tuple[str, ...]]]:
    """The layers in a layer that Keras quantises, and the modes that they support."""
    if isinstance(layer, ModelObject):
        for inner in inner_layers(layer):
            if not isinstance(inner.arguments.get("activation"), LayerObject):
                yield from _leaves(inner)  # a model quantises no layer that holds another one
    elif (cls := registry.find(layer.class_name)) is not None and cls.quantization_modes:
        yield layer, cls.quantization_modes
    for value in layer.arguments.values():
        for inner_value in value if isinstance(value, list) else [value]:
            if isinstance(inner_value, LayerObject):
                yield from _leaves(inner_value)

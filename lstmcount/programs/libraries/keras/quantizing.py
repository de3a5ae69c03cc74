"""`quantize` and `enable_lora`: they change arguments of layers."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lstmcount import layers as registry
from lstmcount.programs.language.provided import Native
from lstmcount.programs.libraries.keras import models
from lstmcount.programs.libraries.keras.objects import LayerObject, ModelObject

if TYPE_CHECKING:
    from lstmcount.programs.language.run import Run

_QUANTIZED = ("Dense", "EinsumDense", "Embedding", "ReversibleEmbedding")
_HIDING = ("MultiHeadAttention", "GroupQueryAttention", "GroupedQueryAttention")
# Modes as a dtype policy names them; int4 has the default block size.
_MODES = {"int8": "int8", "int4": "int4/128", "float8": "float8"}


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
    run.effects += 1
    mode = _MODES.get(str(args[0] if args else kwargs.get("mode")))
    for affected in _leaves(layer):
        if mode is None or affected.class_name in _HIDING:
            what = f"the effect of this on the weights of {affected.name} is not known"
            raise run.error(node, what)
        dtype = affected.arguments.get("dtype") or "float32"
        if isinstance(dtype, str) and "_from_" not in dtype:
            affected.arguments["dtype"] = f"{mode}_from_{dtype}"
            affected.built = None


def _leaves(layer: LayerObject) -> Iterator[LayerObject]:
    if isinstance(layer, ModelObject):
        for inner in models.inner_layers(layer):
            yield from _leaves(inner)
    elif layer.class_name in _QUANTIZED or layer.class_name in _HIDING:
        yield layer
    for value in layer.arguments.values():
        for inner_value in value if isinstance(value, list) else [value]:
            if isinstance(inner_value, LayerObject):
                yield from _leaves(inner_value)

"""The tensors, shapes and dtypes of one call."""

from __future__ import annotations

import math
from typing import Any

from lstmcount.config import LayerConfig
from lstmcount.errors import CALL_ERRORS
from lstmcount.graph.builder import create
from lstmcount.layers import registry
from lstmcount.programs.language.structures import replaced
from lstmcount.programs.libraries.keras.values.objects import CallRecord, LayerObject, ModelObject
from lstmcount.programs.libraries.keras.values.tensors import (
    SymbolicTensor,
    tensors_in,
    tensors_read,
)
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.shapes import Unknown
from lstmcount.structures import leaves, refilled


def output_tensors(output: Any, layer: LayerObject, node: int, dtype: str) -> Any:
    """The tensors of the call `node` of a layer, in the structure of its output's shapes."""
    shapes = [shape if type(shape) is tuple else None for shape in leaves(output)]
    tensors = [SymbolicTensor(layer, node, i, shape, dtype) for i, shape in enumerate(shapes)]
    return refilled(output, object, iter(tensors))


def depends_on(result: Any, words: list[str], before: float) -> bool:
    """Whether a result's shape names these unknowns or has more than `before` unknown sizes."""
    named = [
        d.text for tensor in tensors_in(result) for d in tensor.shape or () if type(d) is Unknown
    ]
    return not {*words}.isdisjoint(named) or unknown_sizes(result) > before


def are_known(record: CallRecord) -> bool:
    """Whether a call reads tensors, and all their ranks are known."""
    tensors = tensors_read(record)
    return bool(tensors) and all(tensor.shape is not None for tensor in tensors)


def are_known_inside(layer: LayerObject) -> bool:
    """Whether the ranks of a model's own inputs are known, if the layer is a model."""
    inputs = tensors_in(layer.inputs) if isinstance(layer, ModelObject) else []
    return all(tensor.shape is not None for tensor in inputs)


def unknown_sizes(value: Any) -> float:
    """The number of unknown dimensions of a structure's tensors; infinite for unknown ranks."""
    shapes = [tensor.shape for tensor in tensors_in(value)]
    if any(shape is None for shape in shapes):
        return math.inf
    return sum(isinstance(dim, Unknown) for shape in shapes for dim in shape)


def shape_of_operation(
    class_name: str, args: list[Any], kwargs: dict[str, Any], arguments: dict[str, Any]
) -> Any:
    """The shape of an operation's result on arrays, without a node; None if not known."""
    config = LayerConfig(class_name=class_name, kind="op", arguments=arguments, strict=False)
    try:
        operation = create(config)
        shapes, named = replaced([args, kwargs], Array, lambda array: tuple(array.shape))
        return operation and operation.output_shape(*shapes, **named)
    except CALL_ERRORS:
        return None


def call_dtype(layer: LayerObject, record: CallRecord) -> str:
    """The dtype of a call's result: the layer's own, or that of an operation's tensors."""
    dtype = layer.arguments.get("dtype")
    if isinstance(dtype, str):
        return dtype
    if layer.kind == "op":
        tensors = tensors_read(record)
        return tensors[0].dtype if tensors else "float32"
    return "float32"


def class_name_in(words: str) -> str:
    """The name of the layer or function in the source text of its call.

    >>> class_name_in("hub.KerasLayer('https://…', trainable=False)"), class_name_in("self.Dense")
    ('KerasLayer', 'self.Dense')
    >>> class_name_in("base.model.layers[0]"), class_name_in("CELLS['a']")
    ('layers', 'CELLS')
    """
    path = words.partition("(")[0]
    last = path.rpartition(".")[2]
    name = (last.partition("[")[0] or last).strip("[]'\" ") or "Unknown"
    return name if registry.find(name) is None else path  # avoid the name of a class that Keras has

"""The tensors, shapes and dtypes of one call."""

from __future__ import annotations

import math
import re
from typing import Any

from lstmcount.config import LayerConfig
from lstmcount.errors import CALL_ERRORS
from lstmcount.graph.builder import create
from lstmcount.layers import registry
from lstmcount.layers.ops.dtypes import FLOATX, Typed, result_dtypes
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

# By dtype: the functions of TensorFlow that return it, whatever tensors they take.
_TENSORFLOW_DTYPES = {
    "bool": r"(reduce_)?(any|all)|(not_)?equal|(greater|less)(_equal)?|is_\w+|logical_\w+|\w+_mask",
    "int64": "argmax|argmin|count_nonzero",
    "int32": "argsort|searchsorted|shape|size|rank|range|length",
    FLOATX: "one_hot",
}


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
    if layer.kind != "op":
        return FLOATX
    if layer.class_name == "TFOpLambda":
        return _dtype_of_tensorflow(str(layer.arguments.get("function")), record)
    args, kwargs = replaced(
        [record.args, record.kwargs], SymbolicTensor, lambda tensor: Typed(tensor.dtype)
    )
    return result_dtypes(layer.class_name, layer.arguments, [*args, *kwargs.values()], 1)[0]


def _dtype_of_tensorflow(function: str, record: CallRecord) -> str:
    """The dtype that a function of TensorFlow returns; of most, that of its first tensor."""
    name = function.rpartition(".")[2]
    if name == "cast":
        chosen = str([*record.args[1:], *record.kwargs.values(), FLOATX][0])
        return chosen.rpartition(".")[2]  # also of `tf.int32`
    for dtype, names in _TENSORFLOW_DTYPES.items():
        if re.fullmatch(names, name):
            return dtype
    tensors = tensors_read(record)
    return tensors[0].dtype if tensors else FLOATX


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

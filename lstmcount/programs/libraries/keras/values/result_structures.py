"""Whether calls return lists or tuples, which programs tell apart by `isinstance` and `+`.

Shapes are inferred as lists, because a tuple is the shape of one tensor.
"""

from __future__ import annotations

from typing import Any

from lstmcount.programs.language.objects.classes import is_named_tuple, tuple_like
from lstmcount.programs.language.values.provided import words
from lstmcount.programs.language.values.value import inner_of
from lstmcount.programs.libraries.keras.values.layer_classes import RECURRENT
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject, ModelObject

# Layers and operations of Keras that return tuples where they return several tensors.
_RECURRENT = {"RNN", *RECURRENT, "Bidirectional"}
_OF_TUPLES = _RECURRENT | words(
    "LSTMCell GRUCell SimpleRNNCell StackedRNNCells"
    " MultiHeadAttention GroupedQueryAttention Attention AdditiveAttention"
    " ArraySplit CTCDecode Eig Eigh FFT FFT2 Histogram IFFT2 LuFactor Moments Nonzero Qr RFFT"
    " Slogdet STFT SVD TopK"
)


def returned(layer: LayerObject, result: Any, *, is_keras_2: bool) -> Any:
    """The result of a call with tuples where Keras, or the program's `call`, returns them.

    Recurrent layers of Keras 2 return lists.
    """
    if not isinstance(result, list | dict) or (is_keras_2 and layer.class_name in _RECURRENT):
        return result
    while isinstance(layer, ModelObject) and layer.is_sequential and layer.layers:
        layer = layer.layers[-1]
    if isinstance(layer, Custom) and layer.is_core_alone and layer.core is not None:
        layer = layer.core
    if not isinstance(layer, ModelObject):
        return as_tuple(layer.class_name, result)
    if isinstance(layer, Custom) and not layer.is_graph:
        return as_in(layer.returned, result)
    return as_in(layer.tensors_out, result)


def as_tuple(class_name: str, result: Any) -> Any:
    """A list of tensors, arrays or shapes as the tuple that layers of a class return."""
    return tuple(result) if class_name in _OF_TUPLES and isinstance(result, list) else result


def as_in(structure: Any, result: Any) -> Any:
    """The result, with a tuple in the place of each list that is a tuple in the structure."""
    if is_named_tuple(structure):
        parts = as_in(inner_of(structure), result)
        return tuple_like(structure, list(parts)) if isinstance(parts, tuple) else result
    if isinstance(result, dict) and isinstance(structure, dict):
        return {key: as_in(structure.get(key), part) for key, part in result.items()}
    if not isinstance(result, list) or not isinstance(structure, list | tuple):
        return result
    if len(structure) != len(result):
        return result
    parts = [as_in(*pair) for pair in zip(structure, result, strict=True)]
    return tuple(parts) if isinstance(structure, tuple) else parts

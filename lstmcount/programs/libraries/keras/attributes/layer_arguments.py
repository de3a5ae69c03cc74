"""The arguments that layers of Keras keep as attributes, in the form in which Keras keeps them."""

from __future__ import annotations

import ast
import re
from typing import Any

import msgspec

from lstmcount.layers import registry
from lstmcount.layers.base import Layer
from lstmcount.layers.dtypes import policy
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.libraries.keras.session import construct
from lstmcount.programs.libraries.keras.values.layer_classes import KerasObject
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject, ModelObject

_OF_EACH_SIDE = ("padding", "cropping")
_OF_EACH_AXIS = ("kernel_size", "strides", "dilation_rate", "pool_size", "size", *_OF_EACH_SIDE)
_RANK = r"(?:Conv|Pooling|ConvLSTM|UpSampling|ZeroPadding|Cropping)(\d)D"
_ACTIVATIONS = ("activation", "recurrent_activation")
_OF_DATA = (
    "preprocessing",
    "lookups",
    "audio_preprocessing",
    "image_preprocessing",
    "image_augmentation",
)  # families of layers whose dtypes depend on their arguments


def argument(run: Run, layer: LayerObject, name: str, node: ast.AST) -> Any:
    if name in _ACTIVATIONS and name in (fields := fields_of(layer)):
        return _activation(layer.arguments.get(name, fields[name]))
    value = layer.arguments.get(name, MISSING)
    if name in _OF_EACH_AXIS:
        return _of_each_axis(run, layer, name, value, node)
    return tuple(value) if isinstance(value, list) else value


def _of_each_axis(run: Run, layer: LayerObject, name: str, value: Any, node: ast.AST) -> Any:
    """A size of a kernel, a stride and the like as Keras keeps it: one for each axis."""
    if value in (MISSING, None):
        value = fields_of(layer).get(name, MISSING)
        if value is None and name == "strides":  # of a pooling layer
            return argument(run, layer, "pool_size", node)
    rank = re.search(_RANK, layer.class_name)
    if name in _OF_EACH_SIDE:
        return _of_each_side(value, int(rank[1]) if rank is not None else 1)
    if type(value) is int and rank is not None and layer.class_name != "UpSampling1D":
        return (value,) * int(rank[1])
    return tuple(value) if isinstance(value, list) else value


def _of_each_side(value: Any, rank: int) -> Any:
    """A padding or cropping with its sizes before and after each axis."""
    sizes = [value] * rank if type(value) is int else value
    if not isinstance(sizes, list | tuple):
        return sizes
    if rank == 1:
        return (value, value) if type(value) is int else tuple(sizes)
    return tuple(
        [tuple(size) if isinstance(size, list | tuple) else (size, size) for size in sizes]
    )


def _activation(activation: Any) -> Any:
    from lstmcount.programs.libraries.keras.imported.backend import activation_of

    return activation_of(activation)


def dtype(layer: LayerObject, name: str) -> Any:
    """A dtype of a layer, or its dtype policy; MISSING for models and lookups of Keras."""
    if isinstance(layer, Custom):
        given = layer.dtype_policy
    elif isinstance(layer, ModelObject) or registry.family_of(layer.class_name) in _OF_DATA:
        return MISSING
    else:
        given = construct.as_argument(layer.arguments.get("dtype"))
    if not isinstance(given, str | None):
        return MISSING
    if name == "dtype_policy":
        return KerasObject("DTypePolicy", {"name": given or "float32"}, "dtype_policies")
    dtypes = policy(given)
    return dtypes.compute if name == "compute_dtype" else dtypes.variable


def fields_of(layer: LayerObject) -> dict[str, Any]:
    """The layer's arguments and their values if it is built, else their defaults."""
    built = layer.built.layer if layer.built is not None else None
    if isinstance(built, msgspec.Struct):
        return msgspec.structs.asdict(built)
    cls = (registry.find(layer.class_name) if layer.is_known else None) or Layer
    names, defaults = cls.__struct_encode_fields__, cls.__struct_defaults__
    return dict(zip(reversed(names), reversed(defaults), strict=False))

"""The sizes and other arguments of layers, in the form in which Keras keeps them."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec

from lstmcount.layers import registry
from lstmcount.layers.base import Layer
from lstmcount.programs.language.run import MISSING
from lstmcount.programs.libraries.keras.values.objects import LayerObject

_OF_EACH_SIDE = ("padding", "cropping")
_OF_EACH_AXIS = ("kernel_size", "strides", "dilation_rate", "pool_size", "size", *_OF_EACH_SIDE)
_RANK = r"(?:Conv|Pooling|ConvLSTM|UpSampling|ZeroPadding|Cropping)(\d)D"


def kept(layer: LayerObject, name: str) -> Any:
    """The argument as an attribute of the layer; MISSING if it is not passed and no size."""
    value = layer.arguments.get(name, MISSING)
    if name in _OF_EACH_AXIS:
        return _of_each_axis(layer, name, value)
    return tuple(value) if isinstance(value, list) else value


def _of_each_axis(layer: LayerObject, name: str, value: Any) -> Any:
    """A size of a kernel, a stride and the like as Keras keeps it: one for each axis."""
    if value in (MISSING, None):
        value = fields_of(layer).get(name, MISSING)
        if value is None and name == "strides":  # of a pooling layer
            return kept(layer, "pool_size")
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


def fields_of(layer: LayerObject) -> dict[str, Any]:
    """The layer's arguments and their values if it is built, else their defaults."""
    built = layer.built.layer if layer.built is not None else None
    if isinstance(built, msgspec.Struct):
        return msgspec.structs.asdict(built)
    return default_fields((registry.find(layer.class_name) if layer.is_known else None) or Layer)


@cache
def default_fields(cls: type[Layer]) -> dict[str, Any]:
    """The defaults of the arguments of a layer's class that have one."""
    names, defaults = cls.__struct_encode_fields__, cls.__struct_defaults__
    return dict(zip(reversed(names), reversed(defaults), strict=False))

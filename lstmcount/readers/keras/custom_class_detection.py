"""Detect custom classes that have the name of a Keras class."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from lstmcount.layers import registry
from lstmcount.layers.base import Layer
from lstmcount.layers.families import FAMILIES

_OF_KERAS_1 = FAMILIES["legacy.keras1"].split()  # whose arguments had other names
# Names common for custom layers → an argument that files always contain for Keras's class.
_OFTEN_OWN = frozenset(
    [
        *FAMILIES["attention"].split(),
        *FAMILIES["applications"].split(),
        "GroupNormalization",
        "Highway",
        "LayerNormalization",
        "MaxoutDense",
        "Merge",
        "RMSNormalization",
        "SpectralNormalization",
    ]
)


def is_other(class_name: str, config: dict[str, Any]) -> bool:
    """Whether the arguments do not fit Keras's class, in a file that names no modules.

    >>> is_other("Attention", {"step_dim": 50}), is_other("Attention", {"dropout": 0.0})
    (True, False)
    >>> is_other("MultiHeadAttention", {"head_num": 12, "use_bias": True})
    True
    """
    cls = registry.find(class_name) if class_name in _OFTEN_OWN else None
    if cls is None:
        return False
    if class_name not in _OF_KERAS_1 and not config.keys() >= _required(cls):
        return True
    own = set(cls.__struct_encode_fields__) - set(Layer.__struct_encode_fields__)
    return own.isdisjoint(config)


@cache
def _required(cls: type[Layer]) -> frozenset[str]:
    return frozenset(field.encode_name for field in msgspec.structs.fields(cls) if field.required)

"""The constructor arguments of layers that are sizes, and examples of those that are not."""

from __future__ import annotations

from functools import cache
from typing import Any

from msgspec import inspect

from lstmcount.layers import registry

_SHAPELESS = ("seed", "noise_shape", "mask_value", "num_hash_bins", "sampling_rate")
# Examples of arguments that shapes depend on, for messages.
EXAMPLES: dict[str, Any] = {
    "return_sequences": True, "return_state": False, "use_bias": True, "padding": "same",
    "data_format": "channels_last", "merge_mode": "concat", "target_shape": [-1, 1],
    "newshape": [-1, 1], "shared_axes": [1],
    "bias_axes": "d", "equation": "ab,bc->ac", "score_mode": "dot", "output_mode": "multi_hot",
    "mode": "log",
}  # fmt: skip


@cache
def size_arguments(class_name: str) -> frozenset[str]:
    """The arguments that are whole numbers or lists of them: shapes may depend on these."""
    cls = registry.find(class_name)
    if cls is None:
        return frozenset()
    struct = inspect.type_info(cls)
    assert isinstance(struct, inspect.StructType)
    return frozenset(
        field.encode_name
        for field in struct.fields
        if field.encode_name not in _SHAPELESS and _holds_whole_numbers(field.type)
    )


def _holds_whole_numbers(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.Metadata):
        return _holds_whole_numbers(kind.type)
    if isinstance(kind, inspect.UnionType):
        return any(map(_holds_whole_numbers, kind.types))
    if isinstance(kind, inspect.ListType | inspect.VarTupleType):
        return _holds_whole_numbers(kind.item_type)
    if isinstance(kind, inspect.TupleType):
        return any(map(_holds_whole_numbers, kind.item_types))
    return isinstance(kind, inspect.IntType)

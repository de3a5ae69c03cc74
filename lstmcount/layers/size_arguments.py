"""The constructor arguments of layers that are sizes."""

from __future__ import annotations

from functools import cache

from msgspec import inspect

from lstmcount.layers import registry

_SHAPELESS = ("seed", "noise_shape", "mask_value", "num_hash_bins", "sampling_rate")


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

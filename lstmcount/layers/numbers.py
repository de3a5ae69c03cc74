"""Which constructor arguments are numbers: an expression over variables may stand there."""

from __future__ import annotations

from functools import cache

from msgspec import inspect

from lstmcount.layers.base import Layer


@cache
def numeric_arguments(cls: type[Layer]) -> frozenset[str]:
    """
    >>> from lstmcount.layers.core import Dense
    >>> "units" in numeric_arguments(Dense), "activation" in numeric_arguments(Dense)
    (True, False)
    """
    struct = inspect.type_info(cls)
    assert isinstance(struct, inspect.StructType)
    return frozenset(field.encode_name for field in struct.fields if _is_number(field.type))


def _is_number(kind: inspect.Type) -> bool:
    """A number, or a list of numbers, and nothing that is a text."""
    if isinstance(kind, inspect.Metadata):
        return _is_number(kind.type)
    if isinstance(kind, inspect.UnionType):
        texts = (inspect.StrType, inspect.DictType, inspect.AnyType)
        inner = [k.type if isinstance(k, inspect.Metadata) else k for k in kind.types]
        return any(map(_is_number, inner)) and not any(isinstance(k, texts) for k in inner)
    if isinstance(kind, inspect.ListType | inspect.VarTupleType):
        return _is_number(kind.item_type)
    if isinstance(kind, inspect.TupleType):
        return all(map(_is_number, kind.item_types))
    return isinstance(kind, inspect.IntType | inspect.FloatType)

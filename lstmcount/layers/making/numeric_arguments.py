"""Find the numeric constructor arguments, which in a spec may be expressions over variables."""

from __future__ import annotations

from functools import cache

from msgspec import Struct, inspect

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


@cache
def fractional_arguments(cls: type[Layer]) -> frozenset[str]:
    """The numeric arguments that need not be integers.

    >>> from lstmcount.layers.regularization import Dropout
    >>> sorted(fractional_arguments(Dropout))
    ['rate']
    """
    struct = inspect.type_info(cls)
    assert isinstance(struct, inspect.StructType)
    return frozenset(f.encode_name for f in struct.fields if _is_number(f.type, _FLOATS))


@cache
def optional_sizes(cls: type[Struct]) -> frozenset[str]:
    """The arguments that are an integer or None.

    >>> from lstmcount.layers.attention import MultiHeadAttention
    >>> "value_dim" in optional_sizes(MultiHeadAttention)
    True
    """
    struct = inspect.type_info(cls)
    assert isinstance(struct, inspect.StructType)
    return frozenset(f.encode_name for f in struct.fields if _is_integer_or_none(f.type))


def _is_integer_or_none(kind: inspect.Type) -> bool:
    if isinstance(kind, inspect.Metadata):
        return _is_integer_or_none(kind.type)
    inner = kind.types if isinstance(kind, inspect.UnionType) else ()
    plain = {type(k.type if isinstance(k, inspect.Metadata) else k) for k in inner}
    return plain == {inspect.IntType, inspect.NoneType}


_FLOATS = (inspect.FloatType,)


def _is_number(
    kind: inspect.Type,
    types: tuple[type[inspect.Type], ...] = (inspect.IntType, inspect.FloatType),
) -> bool:
    """Whether a type allows numbers or lists of numbers, but no strings."""
    if isinstance(kind, inspect.Metadata):
        return _is_number(kind.type, types)
    if isinstance(kind, inspect.UnionType):
        texts = (inspect.StrType, inspect.DictType, inspect.AnyType)
        inner = [k.type if isinstance(k, inspect.Metadata) else k for k in kind.types]
        return any(_is_number(k, types) for k in inner) and not any(
            isinstance(k, texts) for k in inner
        )
    if isinstance(kind, inspect.ListType | inspect.VarTupleType):
        return _is_number(kind.item_type, types)
    if isinstance(kind, inspect.TupleType):
        return all(_is_number(k, types) for k in kind.item_types)
    return isinstance(kind, types)

"""Texts in the attributes of an HDF5 file, as all versions of Keras and h5py wrote them."""

from __future__ import annotations

from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.readers.text.text import MAX_BYTES, decode

MAX_PARTS = 5_000  # at most 64 KiB each
MAX_TEXTS = 200_000


def text(group: Any, attribute: str) -> str | None:
    """The text in an attribute: a string, bytes, or chunks of either; None if it is absent."""
    parts = _parts(group, attribute)
    return None if parts is None else decode(b"".join(parts))


def names(group: Any, attribute: str) -> list[str] | None:
    """The list of names in an attribute; None if it is absent."""
    parts = _parts(group, attribute)
    return None if parts is None else [part.decode("utf-8", "replace") for part in parts]


def _parts(group: Any, attribute: str) -> list[bytes] | None:
    """The parts of a value; a value too long for one attribute is stored in numbered ones."""
    numbered = [attribute] if attribute in group.attrs else []
    while numbered != [attribute] and f"{attribute}{len(numbered)}" in group.attrs:
        numbered.append(f"{attribute}{len(numbered)}")
        if len(numbered) > MAX_PARTS:
            raise LstmcountError(f"{attribute} stands in more than {MAX_PARTS:,} attributes")
    if not numbered:
        return None
    if sum(_count(group.attrs.get_id(each)) for each in numbered) > MAX_TEXTS:
        raise LstmcountError(f"{attribute} holds more than {MAX_TEXTS:,} texts")
    if sum(_size(group.attrs.get_id(each)) for each in numbered) > MAX_BYTES:
        raise LstmcountError(f"{attribute} is larger than {MAX_BYTES // 2**20} MiB")
    return [part for each in numbered for part in _bytes(group.attrs[each], attribute)]


def _count(stored: Any) -> int:
    count: int = stored.get_space().get_simple_extent_npoints()
    return count


def _size(stored: Any) -> int:
    """The attribute's size in bytes, without variable-length texts."""
    size: int = stored.get_type().get_size() * _count(stored)
    return size


def _bytes(value: Any, attribute: str) -> list[bytes]:
    if isinstance(value, bytes):
        return [value]
    if isinstance(value, str):
        return [value.encode("utf-8", "surrogateescape")]
    if getattr(value, "ndim", 0) == 1 and (value.dtype.kind in "SO" or not len(value)):
        return [part for each in value for part in _bytes(each, attribute)]
    raise LstmcountError(f"{attribute} is no text")

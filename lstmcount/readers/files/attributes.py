"""Texts in the attributes of an HDF5 file, as all versions of Keras and h5py wrote them."""

from __future__ import annotations

from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.readers.text.text import MAX_BYTES, decode

MAX_PARTS = 5_000  # at most 64 KiB each
MAX_TEXTS = 200_000


def text(group: Any, attribute: str) -> str | None:
    """The text of bytes, a string, or chunks of either; None without such an attribute."""
    parts = _parts(group, attribute)
    return None if parts is None else decode(b"".join(parts))


def names(group: Any, attribute: str) -> list[str] | None:
    """A list of names."""
    parts = _parts(group, attribute)
    return None if parts is None else [part.decode("utf-8", "replace") for part in parts]


def _parts(group: Any, attribute: str) -> list[bytes] | None:
    """The parts of a value that is too long for one attribute and stored in numbered ones."""
    found = [attribute] if attribute in group.attrs else []
    while found != [attribute] and f"{attribute}{len(found)}" in group.attrs:
        found.append(f"{attribute}{len(found)}")
        if len(found) > MAX_PARTS:
            raise LstmcountError(f"{attribute} stands in more than {MAX_PARTS:,} attributes")
    if not found:
        return None
    if sum(_count(group.attrs.get_id(each)) for each in found) > MAX_TEXTS:
        raise LstmcountError(f"{attribute} holds more than {MAX_TEXTS:,} texts")
    if sum(_size(group.attrs.get_id(each)) for each in found) > MAX_BYTES:
        raise LstmcountError(f"{attribute} is larger than {MAX_BYTES // 2**20} MiB")
    return [part for each in found for part in _bytes(group.attrs[each], attribute)]


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

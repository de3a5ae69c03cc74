"""Shapes of the arrays in an OCDBT store, which TensorStore writes, read without TensorStore.

A manifest names the root of a tree whose nodes hold keys in order, each with its value. The shape
of an array is in a small value, `zarr.json` or `.zarray` under the array's name. Nodes are packed
by Zstandard. The format: https://google.github.io/tensorstore/kvstore/ocdbt/index.html
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from glob import glob
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.isolation import Guard, isolated
from lstmcount.readers.text.regular import inside, read_regular
from lstmcount.readers.text.text import decode, parse_json

MANIFEST = "manifest.ocdbt"
_MANIFEST_MAGIC, _NODE_MAGIC = b"\x0c\xdb\x3a\x2a", b"\x0c\xdb\x20\xde"
_HEADER = 14  # magic, length, version and compression
_CHECKSUM = 4
_ARRAY = re.compile(rb"(.+)/(?:zarr\.json|\.zarray)", re.DOTALL)
MAX_MANIFEST = 2**20
MAX_PACKED = 2**27
MAX_NODE = 2**27  # TensorStore's nodes have up to 100 MB
MAX_NODES = 1_000
MAX_FILES = 500
MAX_KEY = 4_096

_Place = tuple[str, int, int]  # file, offset and length of a node
_Found = tuple[bytes, _Place]  # a node, and what its keys begin with


def array_shapes(folder: str) -> dict[str, Any]:
    """The `shape` of each array in the store, by the array's name, as its metadata says it."""
    try:
        data = read_regular(os.path.join(folder, MANIFEST), MAX_MANIFEST)
        shapes: dict[str, Any] = isolated(_array_shapes, folder, data, subject="tree")
        return shapes
    except LstmcountError as error:
        error.message = f"the packed index is damaged: {error.message}"
        raise


def library() -> Any:
    """The module that unpacks Zstandard; None if there is none."""
    with suppress(ImportError):
        from compression import zstd  # from Python 3.14 on

        return zstd
    with suppress(ImportError):
        from backports import zstd

        return zstd
    return None


# -- in a child process, whose limits hold for all nodes together ---------------------------------


def _array_shapes(guard: Guard, folder: str, data: bytes) -> dict[str, Any]:
    zstd = library()
    try:
        files = _opened(folder)
    except OSError as error:
        raise LstmcountError(f"{error.strerror}") from None
    guard()
    nodes: list[_Found] = [(b"", _root(data, zstd))]
    shapes: dict[str, Any] = {}
    count = 0
    while nodes:
        prefix, place = nodes.pop()
        count += 1
        if count > MAX_NODES:
            raise LstmcountError(f"more than {MAX_NODES:,} nodes")
        inner, of_arrays = _node(_unpacked(_packed(files, place), _NODE_MAGIC, zstd), prefix)
        nodes += inner
        shapes |= of_arrays
    return shapes


def _opened(folder: str) -> dict[str, int]:
    """Descriptors of the store's files, by name; a link is no such file."""
    files: dict[str, int] = {}
    for data in ("d", *glob("ocdbt.process_*/d", root_dir=folder)):
        path = os.path.join(folder, data)
        if not os.path.isdir(path):
            continue
        with os.scandir(inside(path, folder)) as entries:
            for entry in entries:
                if not entry.is_file(follow_symlinks=False):
                    continue
                if len(files) == MAX_FILES:
                    raise LstmcountError(f"more than {MAX_FILES} files")
                files[f"{data}/{entry.name}"] = os.open(entry.path, os.O_RDONLY)
    return files


def _packed(files: dict[str, int], place: _Place) -> bytes:
    name, offset, length = place
    if name not in files:
        raise LstmcountError(f"a node in {name!r:.100}, which is no file of the store")
    if length > MAX_PACKED:
        raise LstmcountError(f"a node of more than {MAX_PACKED // 2**20} MiB")
    if offset + length > os.fstat(files[name]).st_size:
        raise LstmcountError("it is cut off, or something else")
    return os.pread(files[name], length, offset)


def _root(data: bytes, zstd: Any) -> _Place:
    """The place of the newest root."""
    fields = _Fields(_unpacked(data, _MANIFEST_MAGIC, zstd))
    fields.take(16)  # an identifier
    if fields.number() != 0:
        raise LstmcountError("a list of manifests, which are not read")
    fields.numbers(2)
    fields.take(1)
    if fields.number() == 1:
        fields.take(4)  # the level of compression
    files = _files(fields)
    count = fields.number()
    fields.numbers(count)
    fields.take(count)
    places = _places(fields, files, count)
    if not places:
        raise LstmcountError("no version of its contents")
    return places[-1]


def _node(body: bytes, prefix: bytes) -> tuple[list[_Found], dict[str, Any]]:
    """The nodes below a node, and the shapes of the arrays whose metadata it holds."""
    fields = _Fields(body)
    is_leaf = fields.take(1) == b"\0"
    files = _files(fields)
    count = fields.number()
    shared, lengths = _lengths(fields, count)
    common = [] if is_leaf else fields.numbers(count)
    keys = list(_texts(fields, shared, lengths))
    if is_leaf:
        return [], dict(_shapes(fields, [prefix + key for key in keys]))
    starts = [prefix + key[:length] for key, length in zip(keys, common, strict=True)]
    return list(zip(starts, _places(fields, files, count), strict=True)), {}


def _unpacked(data: bytes, magic: bytes, zstd: Any) -> bytes:
    if data[:4] != magic or int.from_bytes(data[4:12], "little") != len(data):
        raise LstmcountError("it is cut off, or something else")
    version, compression = data[12:_HEADER]
    if version or compression > 1:
        raise LstmcountError("a version that is not known")
    body = data[_HEADER:-_CHECKSUM]
    if not compression:
        return body
    try:
        unpacked: bytes = zstd.ZstdDecompressor().decompress(body, MAX_NODE + 1)
    except zstd.ZstdError as error:
        raise LstmcountError(f"{error}") from None
    if len(unpacked) > MAX_NODE:
        raise LstmcountError(f"more than {MAX_NODE // 2**20} MiB in one node")
    return unpacked


class _Fields:
    """The fields of a node, one after another."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, length: int) -> bytes:
        start, self.at = self.at, self.at + length
        if self.at > len(self.data):
            raise LstmcountError("it ends too early")
        return self.data[start : self.at]

    def number(self) -> int:
        """A number in groups of seven bits, the lowest first."""
        value = shift = 0
        while True:
            (byte,) = self.take(1)
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
            if shift > 63:
                raise LstmcountError("a number that is too large")

    def numbers(self, count: int) -> list[int]:
        return [self.number() for _ in range(count)]


def _files(fields: _Fields) -> list[str]:
    count = fields.number()
    shared, lengths = _lengths(fields, count)
    fields.numbers(count)  # how much of each path is that of a folder
    return list(map(decode, _texts(fields, shared, lengths)))


def _lengths(fields: _Fields, count: int) -> tuple[list[int], list[int]]:
    """How much of each text is shared with the one before it, and how much is its own."""
    shared = [0, *fields.numbers(count - 1)] if count else []
    return shared, fields.numbers(count)


def _texts(fields: _Fields, shared: list[int], lengths: list[int]) -> Iterator[bytes]:
    """Texts, each without what it shares with the start of the one before it."""
    text = b""
    for start, length in zip(shared, lengths, strict=True):
        if start + length > MAX_KEY:
            raise LstmcountError("a key that is too long")
        text = text[:start] + fields.take(length)
        yield text


def _places(fields: _Fields, files: list[str], count: int) -> list[_Place]:
    indices, offsets, lengths = (fields.numbers(count) for _ in range(3))
    if any(index >= len(files) for index in indices):
        raise LstmcountError("a file that it does not name")
    return [
        (files[index], offset, length)
        for index, offset, length in zip(indices, offsets, lengths, strict=True)
    ]


def _shapes(fields: _Fields, keys: list[bytes]) -> Iterator[tuple[str, Any]]:
    lengths = fields.numbers(len(keys))
    is_elsewhere = fields.take(len(keys))
    fields.numbers(2 * sum(map(bool, is_elsewhere)))  # the places of values that are not here
    for key, length, elsewhere in zip(keys, lengths, is_elsewhere, strict=True):
        if elsewhere:
            continue
        value = fields.take(length)
        if array := _ARRAY.fullmatch(key):
            metadata = parse_json(decode(value))
            if isinstance(metadata, dict):
                yield decode(array[1]), metadata.get("shape")

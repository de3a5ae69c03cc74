"""The model's config in TensorFlow's SavedModel folders, where Keras 2 wrote it as JSON.

It is in `keras_metadata.pb` since TensorFlow 2.5, before that in `saved_model.pb`. A model
exported for serving has only operations, and no config.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lstmcount.errors import Location, LstmcountError
from lstmcount.isolation import Guard, isolated
from lstmcount.readers.text.pipes import read_up_to
from lstmcount.readers.text.regular import open_regular

if TYPE_CHECKING:
    from pathlib import Path

FILES = ("keras_metadata.pb", "saved_model.pb")
_KINDS = (b"_tf_keras_network", b"_tf_keras_sequential", b"_tf_keras_model")

# Fields of the protocol buffers: SavedMetadata.nodes, and the path to SavedObject.user_object.
_NODES = (1,)
_OBJECTS = (2, 7, 1, 4)  # meta_graphs, object_graph_def, nodes, user_object
_OF_METADATA = (4, 5)  # identifier, metadata
_OF_OBJECT = (1, 3)

Range = tuple[int, int]  # start and end of a text or a message

MAX_FIELDS = 500_000


def in_folder(folder: Path, limit: int) -> bytes | None:
    """The JSON of the model saved in `folder`; None if there is none."""
    for name in FILES:
        if (folder / name).is_file():
            with open_regular(folder / name) as file:
                config = model_json(read_up_to(file, limit), str(folder))
            if config is not None:
                return config
    return None


def model_json(data: bytes, name: str | None = None) -> bytes | None:
    """The JSON in the bytes of either file; None if there is none.

    Raises `LstmcountError` with the file's `name` if the search takes too long.

    >>> model_json(b'\\x0a\\x19"\\x11_tf_keras_network*\\x04{  }')
    b'{  }'
    """
    if data[:1] not in (b"\n", b"\x08") or not any(kind in data for kind in _KINDS):
        return None
    try:
        config: bytes | None = isolated(_json, data, subject="a damaged SavedModel")
    except LstmcountError as error:
        error.location = Location(source=name)
        raise
    return config


def _json(guard: Guard, data: bytes) -> bytes | None:
    guard()
    try:
        ways = (_NODES, _OF_METADATA), (_OBJECTS, _OF_OBJECT)
        way, (identifier, metadata) = ways[data[:1] == b"\x08"]
        message = _Message(data)
        for node in message.at(way, (0, len(data))):
            first: dict[int, Range] = {}
            for number, inner in message.fields(node):
                first.setdefault(number, inner)
            start, end = first.get(identifier, (0, 0))
            if data[start:end] in _KINDS and metadata in first:
                return data[slice(*first[metadata])]
    except (ValueError, IndexError):
        pass
    return None


class _Message:
    """A protocol buffer, read in place; counts the fields passed."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.passed = 0

    def at(self, way: tuple[int, ...], within: Range) -> Iterator[Range]:
        """The values at the end of a path of fields through nested messages."""
        for number, inner in self.fields(within):
            if number == way[0] and len(way) == 1:
                yield inner
            elif number == way[0]:
                yield from self.at(way[1:], inner)

    def fields(self, within: Range) -> Iterator[tuple[int, Range]]:
        """The texts and messages in a message, with their field numbers."""
        position, end = within
        while position < end:
            self.passed += 1
            if self.passed > MAX_FIELDS:
                raise LstmcountError(f"a SavedModel of more than {MAX_FIELDS:,} fields")
            key, position = _number(self.data, position)
            kind = key & 7
            if kind == 0:
                _, position = _number(self.data, position)
            elif kind == 2:
                length, position = _number(self.data, position)
                if length > end - position:
                    raise ValueError("a field that is longer than its message")
                yield key >> 3, (position, position + length)
                position += length
            elif kind in (1, 5):
                position += 8 if kind == 1 else 4
            else:
                raise ValueError("a field of no kind")


def _number(data: bytes, position: int) -> tuple[int, int]:
    value = shift = 0
    while shift < 70:
        byte = data[position]
        position += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, position
        shift += 7
    raise ValueError("a number that does not end")

"""TensorFlow's SavedModel folders: the JSON in which Keras 2 wrote the model's config into them.

From TensorFlow 2.5 on it stands in `keras_metadata.pb`, before that in `saved_model.pb`. What was
exported for serving only holds operations, and no config.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lstmcount.readers.pipes import read_up_to

if TYPE_CHECKING:
    from pathlib import Path

FILES = ("keras_metadata.pb", "saved_model.pb")
_KINDS = (b"_tf_keras_network", b"_tf_keras_sequential", b"_tf_keras_model")

# Fields of the protocol buffers: SavedMetadata.nodes, and the way to SavedObject.user_object.
_NODES = (1,)
_OBJECTS = (2, 7, 1, 4)  # meta_graphs, object_graph_def, nodes, user_object
_OF_METADATA = (4, 5)  # identifier, metadata
_OF_OBJECT = (1, 3)

Fields = dict[int, list[bytes]]


def in_folder(folder: Path, limit: int) -> bytes | None:
    """The JSON of the model saved in `folder`; None where there is none."""
    for name in FILES:
        if (folder / name).is_file():
            with (folder / name).open("rb") as file:
                found = model_json(read_up_to(file, limit))
            if found is not None:
                return found
    return None


def model_json(data: bytes) -> bytes | None:
    """The JSON in one of the two files; None where `data` is neither or has none.

    >>> model_json(b'\\x0a\\x19"\\x11_tf_keras_network*\\x04{  }')
    b'{  }'
    """
    if data[:1] not in (b"\n", b"\x08") or not any(kind in data for kind in _KINDS):
        return None
    try:
        ways = (_NODES, _OF_METADATA), (_OBJECTS, _OF_OBJECT)
        way, (identifier, metadata) = ways[data[:1] == b"\x08"]
        for node in _messages(data, way):
            fields = _fields(node)
            if fields.get(identifier, [b""])[0] in _KINDS and metadata in fields:
                return fields[metadata][0]
    except (ValueError, IndexError):
        pass
    return None


def _messages(data: bytes, way: tuple[int, ...]) -> Iterator[bytes]:
    """What stands at the end of a way of fields, from message to message."""
    for inner in _fields(data).get(way[0], []):
        if len(way) == 1:
            yield inner
        else:
            yield from _messages(inner, way[1:])


def _fields(data: bytes) -> Fields:
    """The texts and messages of a message by the numbers of their fields; numbers are left out."""
    found: Fields = {}
    position = 0
    while position < len(data):
        key, position = _number(data, position)
        kind = key & 7
        if kind == 0:
            _, position = _number(data, position)
        elif kind == 2:
            length, position = _number(data, position)
            if length > len(data) - position:
                raise ValueError("a field that is longer than its message")
            found.setdefault(key >> 3, []).append(data[position : position + length])
            position += length
        elif kind in (1, 5):
            position += 8 if kind == 1 else 4
        else:
            raise ValueError("a field of no kind")
    return found


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

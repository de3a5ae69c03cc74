"""TensorFlow's SavedModel folders: the model's config, as Keras 2's JSON, and its variables.

The config is in `keras_metadata.pb` since TensorFlow 2.5, before that in `saved_model.pb`, which
lists the variables. A model exported for serving has operations and variables, and no config.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from lstmcount.errors import Location, LstmcountError, NoTensorsError
from lstmcount.isolation import Guard, isolated
from lstmcount.readers.text.pipes import read_up_to
from lstmcount.readers.text.regular import open_regular
from lstmcount.readers.text.text import MAX_BYTES

if TYPE_CHECKING:
    from pathlib import Path

    from lstmcount.config import ModelConfig

FILES = ("keras_metadata.pb", "saved_model.pb")
_KINDS = (b"_tf_keras_network", b"_tf_keras_sequential", b"_tf_keras_model")

# Fields of the protocol buffers: SavedMetadata.nodes, and the path to SavedObject.user_object.
_NODES = (1,)
_OBJECTS = (2, 7, 1, 4)  # meta_graphs, object_graph_def, nodes, user_object
_OF_METADATA = (4, 5)  # identifier, metadata
_OF_OBJECT = (1, 3)
_GRAPH_NODES = (2, 7, 1)
_CHILD, _VARIABLE = 1, 7  # of a node
_DTYPES = {
    1: "float32", 2: "float64", 3: "int32", 4: "uint8", 6: "int8", 7: "string", 9: "int64",
    10: "bool", 14: "bfloat16", 19: "float16",
}  # fmt: skip

Range = tuple[int, int]  # start and end of a number, a text or a message

MAX_FIELDS = 500_000
MAX_DEPTH = 200  # limit for a variable's name, in which slashes separate groups
MAX_RANK = 64
MAX_SIZE = 2**63  # limit for one axis


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


def variables(folder: str) -> dict[str, Any] | None:
    """The model's variables, like `tensors.listed`; None if they are not listed."""
    try:
        with open_regular(os.path.join(folder, FILES[1])) as file:
            data = read_up_to(file, MAX_BYTES + 1)
    except FileNotFoundError:
        return None
    tensors = isolated(_variables, data, subject="a damaged SavedModel")
    listed = {"tensors": tensors, "groups": [], "unshaped": [], "by_variable": True}
    return listed if tensors else None


def attach_variables(config: ModelConfig, folder: str) -> None:
    """Give the layers of a model access to their variables."""
    from lstmcount.readers.files.stored import Stored, attach

    attach(config, Stored(lambda: required_variables(folder), config.name))


def weights_alone(folder: str, why: str) -> ModelConfig:
    from lstmcount.readers.files.stored import weights_only

    return weights_only(required_variables(folder), why)


def required_variables(folder: str) -> dict[str, Any]:
    listed = variables(folder)
    if listed is None:
        raise NoTensorsError("this SavedModel does not list the model's variables")
    return listed


def _variables(guard: Guard, data: bytes) -> list[tuple[str, list[int], str]]:
    """The name, shape and dtype of each variable of the root's list `variables`."""
    guard()
    message = _Message(data)
    try:
        nodes = list(message.at(_GRAPH_NODES, (0, len(data))))
        model = message.children(nodes[0])
        numbered = message.children(nodes[model["variables"]])
        places = dict.fromkeys(numbered[name] for name in sorted(numbered, key=int))
        listed = [message.variable(nodes[place]) for place in places]
    except (ValueError, LookupError):
        return []
    for name, shape, _ in listed:
        if name.count("/") > MAX_DEPTH or len(shape) > MAX_RANK or max(shape, default=0) > MAX_SIZE:
            return []
    names = {name for name, _, _ in listed}
    return [(_today(name, names), shape, dtype) for name, shape, dtype in listed]


def _today(name: str, names: set[str]) -> str:
    """Today's name of a variable; Keras 2 named the kernel of a depthwise convolution otherwise.

    >>> _today("d/depthwise_kernel", {"d/depthwise_kernel", "d/bias"})
    'd/kernel'
    >>> _today("s/depthwise_kernel", {"s/depthwise_kernel", "s/pointwise_kernel"})
    's/depthwise_kernel'
    """
    layer, _, own = name.rpartition("/")
    is_alone = f"{layer}/pointwise_kernel" not in names
    return f"{layer}/kernel" if own == "depthwise_kernel" and is_alone else name


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

    def children(self, node: Range) -> dict[str, int]:
        """The objects that an object holds: their names in it, and the numbers of their nodes."""
        references = [dict(self.fields(child)) for child in self.at((_CHILD,), node)]
        return {self.text(each[2]): self.number(each.get(1)) for each in references}

    def variable(self, node: Range) -> tuple[str, list[int], str]:
        fields = dict(self.fields(next(self.at((_VARIABLE,), node), (0, 0))))
        dims = [dict(self.fields(dim)) for dim in self.at((2,), fields[2])]
        dtype = self.number(fields.get(1))
        name = self.text(fields[6]).removesuffix(":0")
        return name, [self.number(dim.get(1)) for dim in dims], _DTYPES.get(dtype, str(dtype))

    def text(self, within: Range) -> str:
        return self.data[slice(*within)].decode()

    def number(self, within: Range | None) -> int:
        return 0 if within is None else _number(self.data, within[0])[0]

    def fields(self, within: Range) -> Iterator[tuple[int, Range]]:
        """The numbers, texts and messages in a message, with their field numbers."""
        position, end = within
        while position < end:
            self.passed += 1
            if self.passed > MAX_FIELDS:
                raise LstmcountError(f"a SavedModel of more than {MAX_FIELDS:,} fields")
            key, position = _number(self.data, position)
            kind = key & 7
            if kind == 0:
                start = position
                _, position = _number(self.data, start)
                yield key >> 3, (start, position)
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

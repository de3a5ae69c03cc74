"""Recognise files without a readable model, and describe them for error messages."""

from __future__ import annotations

import os
import re
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

ORBAX_TREE = os.path.join("pytree", "_METADATA")  # in the folder of a step
UNPACKED_WEIGHTS = ("model.weights.h5", "model.weights.json")
_PACKED = "it is packed: unpack it first"
_NO_LAYERS = "it holds operations, not Keras's layers"

_WEIGHTS = "it holds weights, not Keras's layers"
_PYTORCH = "a PyTorch model"
_TENSORFLOW = f"a graph of TensorFlow: {_NO_LAYERS}"
_GRAPH = re.compile(rb"\n.{1,5}\n.[\w./-]+\x12.[A-Z]\w+", re.DOTALL)  # a node's name and operation
_CHECKPOINT = f"a checkpoint of TensorFlow: {_WEIGHTS}"
_COREML = f"a Core ML model: {_NO_LAYERS}"
_LENGTH = rb"[\x80-\xff]{0,4}[\0-\x7f]"
_INPUT = re.compile(  # the version, and a description whose first field is an input with a name
    rb"\x08[\x01-\x20]\x12" + _LENGTH + rb"\n" + _LENGTH + rb"\n[\x01-\x7f][ -~]+[\x12\x1a]"
)
_MATLAB = "a file of MATLAB: it holds arrays, not Keras's layers"
_PICKLE = "a Python pickle, which is code: it is not opened"
_MODELS = (".keras", ".h5", ".hdf5", ".weights.json")
MOST_NAMES = 1000  # of a folder that are looked at
LONGEST = 2**16  # bytes of a large file in which a signature is looked for

# Signatures of file types: (position, bytes, description).
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x1f\x8b", f"a gzip file; {_PACKED}"),
    (0, b"BZh", f"a bzip2 file; {_PACKED}"),
    (0, b"\xfd7zXZ\0", f"an xz file; {_PACKED}"),
    (0, b"\x28\xb5\x2f\xfd", f"a Zstandard file; {_PACKED}"),
    (0, b"7z\xbc\xaf\x27\x1c", f"a 7-Zip archive; {_PACKED}"),
    (0, b"Rar!\x1a\x07", f"a RAR archive; {_PACKED}"),
    (257, b"ustar", f"a tar archive; {_PACKED}"),
    (4, b"TFL3", f"a TensorFlow Lite model: {_NO_LAYERS}"),
    (0, b"GGUF", f"a GGUF file: {_WEIGHTS}"),
    (6, b'\0\0{"', f"a safetensors file: {_WEIGHTS}"),
    (0, b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19", _PYTORCH),  # before PyTorch 1.6
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"%PDF", "a PDF document"),
    (0, b"\x93NUMPY", "a NumPy array"),
    (0, b"MATLAB ", _MATLAB),
    (0, b"\0\0\6\x08\x01\x1a\x02\x08\x01", _CHECKPOINT),
    (0, b"\x7fELF", "a program"),
    (0, b"PK\x05\x06", "an archive with nothing in it"),
)

# Endings of names, for files without a signature.
_ENDINGS: tuple[tuple[tuple[str, ...], str], ...] = (
    ((".onnx",), f"an ONNX model: {_NO_LAYERS}"),
    ((".tflite",), f"a TensorFlow Lite model: {_NO_LAYERS}"),
    ((".pb", ".pbtxt"), _TENSORFLOW),
    ((".pt", ".pth", ".ptl"), _PYTORCH),
    ((".pkl", ".pickle", ".joblib", ".dill"), _PICKLE),
    ((".mlmodel", ".mlpackage"), _COREML),
    ((".npy", ".npz"), "NumPy arrays"),
    ((".mat",), _MATLAB),
    ((".safetensors",), f"a safetensors file: {_WEIGHTS}"),
    ((".gguf", ".ggml"), f"a GGUF file: {_WEIGHTS}"),
    ((".msgpack",), f"a file of Flax: {_WEIGHTS}"),
    ((".pdmodel", ".pdparams"), "a PaddlePaddle model"),
    ((".caffemodel", ".prototxt"), "a Caffe model"),
    ((".engine", ".plan"), f"a TensorRT engine: {_NO_LAYERS}"),
    ((".ckpt", ".index", ".data-00000-of-00001"), _CHECKPOINT),
)

_TEXTS: tuple[tuple[bytes, str], ...] = (
    (
        b"version https://git-lfs.github.com/spec/",
        "a pointer of Git LFS in the place of the file: `git lfs pull` fetches the file",
    ),
    (b"<!doctype html", "a web page, and not the file that it shows"),
    (b"<html", "a web page, and not the file that it shows"),
    (b"<?xml", "an XML document"),
)


def foreign(data: bytes) -> str | None:
    """Describe a file that begins with `data` and is not a Keras model.

    >>> foreign(b"\\x1c\\0\\0\\0TFL3")
    "a TensorFlow Lite model: it holds operations, not Keras's layers"
    """
    for position, mark, description in _SIGNATURES:
        if data[position : position + len(mark)] == mark:
            return description
    if data[:1] == b"\x80" and data[1:2] in b"\2\3\4\5":
        return _PICKLE
    start = data[:200].lstrip().lower()
    for mark, description in _TEXTS:
        if start.startswith(mark):
            return description
    if data[:3] == b"\x08\x01\x12" and b"serve" in data:
        return f"the graph of a TensorFlow SavedModel, exported without its config: {_NO_LAYERS}"
    if data[:1] == b"\x08" and (b"onnx" in data[:4096].lower() or _has_onnx_graph(data)):
        return f"an ONNX model: {_NO_LAYERS}"
    if _INPUT.match(data):
        return _COREML
    if _GRAPH.match(data):
        return _TENSORFLOW
    return None


def by_name(name: str) -> str | None:
    """Describe a file by the ending of its name; None for others.

    >>> by_name("net.mlmodel")
    "a Core ML model: it holds operations, not Keras's layers"
    """
    return next(
        (description for endings, description in _ENDINGS if name.lower().endswith(endings)), None
    )


_ONNX_TEXTS = b"\x12\x1a\x22\x32\x42\x72"  # strings such as the producer's name, each with a length
_ONNX_NUMBER, _ONNX_GRAPH = 0x28, 0x3A


def _has_onnx_graph(data: bytes) -> bool:
    """Whether a protocol buffer has the fields of an ONNX model up to its graph.

    >>> _has_onnx_graph(b"\\x08\\x08\\x12\\x01x\\x3a\\x68")
    True
    """
    at = 2  # after the version
    for _ in range(16):
        tag = data[at] if at < len(data) else 0
        if tag == _ONNX_GRAPH:
            return True
        if tag not in (*_ONNX_TEXTS, _ONNX_NUMBER):
            return False
        number = re.match(rb"[\x80-\xff]{0,9}[\x00-\x7f]", data[at + 1 : at + 11])
        if number is None:
            return False
        at += 1 + number.end()
        if tag != _ONNX_NUMBER:
            at += sum((byte & 0x7F) << 7 * place for place, byte in enumerate(number[0]))
    return False


def of_members(names: list[str]) -> str:
    """Describe a zip archive without `config.json` by the names of its members."""
    if any(name.endswith("/data.pkl") or name == "data.pkl" for name in names):
        return _PYTORCH
    if names and all(name.endswith(".npy") for name in names):
        return "NumPy arrays (.npz)"
    inner = next((name for name in names if name.endswith("/config.json")), None)
    if inner is None and (kind := next(filter(None, map(by_name, names)), None)) is not None:
        return f"an archive with {kind}"
    there = "" if inner is None else f", only {inner}"
    return f"not a .keras archive: there is no config.json in it{there}"


def of_damaged_zip(data: bytes) -> str | None:
    """Describe a truncated zip archive by the name of its first member; None for a `.keras`.

    >>> of_damaged_zip(b"PK\\3\\4" + bytes(22) + b"\\x0c\\0\\0\\0net/data.pkl")
    'a PyTorch model'
    """
    name = data[30 : 30 + int.from_bytes(data[26:28], "little")].decode("utf-8", "replace")
    return of_members([name]) if name.endswith(("data.pkl", ".npy")) else None


def is_unpacked_archive(path: Path) -> bool:
    """Whether Keras saved a folder with `zipped=False`, or it is an unpacked `.keras` archive."""
    has_weights = any((path / name).is_file() for name in UNPACKED_WEIGHTS)
    return (path / "config.json").is_file() and has_weights


def orbax_step(folder: str) -> str | None:
    """The folder of an Orbax checkpoint's latest step, or `folder` if it is one; else None."""
    if os.path.isfile(os.path.join(folder, ORBAX_TREE)):
        return folder
    steps = [name for name in os.listdir(folder) if name.isascii() and name.isdecimal()]
    for name in sorted(steps, key=int, reverse=True):
        if os.path.isfile(os.path.join(folder, name, ORBAX_TREE)):
            return os.path.join(folder, name)
    return None


def of_folder(path: Path) -> str | None:
    """Describe a folder that people mistake for a model file."""
    if (path / "saved_model.pb").is_file():
        return f"a TensorFlow SavedModel without the model's config: {_NO_LAYERS}"
    with os.scandir(path) as entries:
        names = sorted(entry.name for entry in islice(entries, MOST_NAMES))
    kinds = (by_name(name) for name in (path.name, *names))
    if (kind := next(filter(None, kinds), None)) is not None:
        return f"a folder with {kind}"
    for name in names:
        if name in ("model.json", "config.json") or name.endswith(_MODELS):
            return f"a folder: give the {name} in it"
    return None

"""Folders of `keras.callbacks.OrbaxCheckpoint`, read without Orbax.

Each step has a folder with the model's config as a text, and the tree of the model's variables:
`_METADATA` lists them with their shapes. If several devices wrote a variable, or a backend other
than JAX, `_METADATA` lacks its shape, which only a packed index has (`ocdbt`).
"""

from __future__ import annotations

import os
import re
from typing import Any

from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError
from lstmcount.layers.custom.known import CustomLayers
from lstmcount.readers.files.archive import model_of
from lstmcount.readers.files.stored import weights_only
from lstmcount.readers.text.file_signatures import ORBAX_TREE as TREE
from lstmcount.readers.text.regular import read_regular
from lstmcount.readers.text.text import MAX_BYTES, decode, parse_json

CONFIG = os.path.join("model_config", "_strings.json")
SHARDING = os.path.join("pytree", "_sharding")
MAX_VARIABLES = 100_000
MAX_DEPTH = 64
MAX_RANK = 64
MAX_SIZE = 2**63
_VARIABLES = ("trainable_variables", "non_trainable_variables")
_SEEDS = re.compile(r"seed_generator_state(_\d+)?")


def read_checkpoint(step: str, custom: CustomLayers) -> ModelConfig:
    """The model of a step, or only its weights if it was saved without the config."""
    if os.path.exists(os.path.join(step, CONFIG)):
        config = _json(step, CONFIG)
        text = config.get("config")
        if not isinstance(text, str):
            raise LstmcountError(f"{CONFIG} holds no config of a model")
        return model_of(text.encode(), custom, CONFIG)
    listed = variables(step)
    if listed["unshaped"]:
        raise LstmcountError(
            f"{listed['unshaped'][0]}: {listed['why_unshaped']}, and the step was saved without "
            "the model's config; give the model"
        )
    return weights_only(listed, "only weights are stored here, all taken for float32")


def variables(step: str) -> dict[str, Any]:
    """The `tensors` of a step, as (path, shape, dtype), and the `unshaped` ones' paths.

    `why_unshaped` says why these have no shape.
    """
    entries = _json(step, TREE).get("tree_metadata")
    if not isinstance(entries, dict) or len(entries) > MAX_VARIABLES:
        raise LstmcountError(f"{TREE} lists no variables, or over {MAX_VARIABLES:,}")
    in_parts = _in_parts(step)
    tensors: list[Any] = []
    elsewhere: dict[str, str] = {}  # variables with shapes in the index: path → name in it
    kinds = set()
    for entry in entries.values():
        kind, *words = _words(entry)
        kinds.add(kind)
        value = entry.get("value_metadata")
        if kind not in _VARIABLES or not words or not isinstance(value, dict):
            continue
        if value.get("skip_deserialize") or _SEEDS.fullmatch(words[-1]):
            continue  # an empty value, or the state of a random generator
        path = "/".join(words)
        shape, name = _shape(value, path), ".".join((kind, *words))
        if shape is None or name in in_parts:
            elsewhere[path] = name
        else:
            tensors.append((path, shape, "float32"))
    if not kinds.intersection(_VARIABLES):
        raise LstmcountError(f"{TREE} lists no {_VARIABLES[0]}: this is no checkpoint of Keras's")
    indexed, why_unshaped = _indexed(step) if elsewhere else ({}, "")
    for path, name in elsewhere.items():
        if name in indexed:
            tensors.append((path, _shape({"write_shape": indexed[name]}, path), "float32"))
    return {
        "tensors": tensors,
        "groups": [],
        "by_variable": True,
        "unshaped": [path for path, name in elsewhere.items() if name not in indexed],
        "why_unshaped": why_unshaped,
    }


def _indexed(step: str) -> tuple[dict[str, Any], str]:
    """The shapes in the packed index, by name; why one that is not there is not known."""
    from lstmcount.extras import install
    from lstmcount.readers.files import ocdbt

    tree = os.path.join(step, "pytree")
    if not os.path.exists(os.path.join(tree, ocdbt.MANIFEST)):
        return {}, f"its shape stands in a packed index, {ocdbt.MANIFEST}, which is not there"
    if ocdbt.library() is None:
        return (
            {},
            f"its shape stands in a packed index, which needs backports.zstd ({install('orbax')})",
        )
    return ocdbt.array_shapes(tree), "its shape does not stand in the packed index"


def _words(entry: Any) -> list[str]:
    """The names of a variable's groups, and its own."""
    try:
        words = [str(each["key"]) for each in entry["key_metadata"]]
    except (TypeError, KeyError):
        words = []
    if not words or len(words) > MAX_DEPTH or any("/" in word for word in words):
        raise LstmcountError(f"{TREE}: a variable without the names of Keras's")
    return words


def _shape(value: dict[str, Any], path: str) -> list[int] | None:
    """The shape in a variable's entry; None if the entry has none."""
    shape = [] if value.get("value_type") == "scalar" else value.get("write_shape")
    if shape is None:
        return None
    if (
        not isinstance(shape, list)
        or len(shape) > MAX_RANK
        or not all(type(size) is int and 0 <= size < MAX_SIZE for size in shape)
    ):
        raise LstmcountError(f"{TREE}: {path} has no shape, but {shape!r:.60}")
    return shape


def _in_parts(step: str) -> set[str]:
    """Paths of variables that several devices wrote: each lists the shape of one part only."""
    import base64
    import binascii

    if not os.path.exists(os.path.join(step, SHARDING)):
        return set()
    paths = set()
    for name, sharding in _json(step, SHARDING).items():
        if not _is_on_one_device(sharding):
            try:
                paths.add(decode(base64.b64decode(name, validate=True)))
            except (binascii.Error, ValueError):
                raise LstmcountError(f"{SHARDING} names no variable: {name!r:.60}") from None
    return paths


def _is_on_one_device(sharding: Any) -> bool:
    """Whether the text of a sharding names a single device, or a mesh of one device."""
    data = parse_json(sharding) if isinstance(sharding, str) else None
    if not isinstance(data, dict):
        return False
    mesh = data.get("shape")
    is_mesh_of_one = isinstance(mesh, list) and all(size == 1 for size in mesh)
    return data.get("sharding_type") == "SingleDeviceSharding" or is_mesh_of_one


def _json(step: str, name: str) -> dict[str, Any]:
    try:
        data = parse_json(decode(read_regular(os.path.join(step, name), MAX_BYTES)))
    except OSError as error:
        raise LstmcountError(f"{name}: {(error.strerror or str(error)).lower()}") from None
    except LstmcountError as error:
        error.message = f"{name}: {error.message}"
        raise
    if not isinstance(data, dict):
        raise LstmcountError(f"{name} is no JSON object")
    return data

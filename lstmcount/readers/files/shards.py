"""Weights in several HDF5 files, and the `.weights.json` that lists the weights of each file."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError
from lstmcount.readers.files.opening import Binary
from lstmcount.readers.files.stored import Stored, weights_only
from lstmcount.readers.files.tensors import is_state, read_tensors
from lstmcount.readers.text.regular import read_regular, refuse_special
from lstmcount.readers.text.text import MAX_BYTES, decode, parse_json

MAX_SHARDS = 200
_MAP = "weight_map"


def is_shard_list(data: Any) -> bool:
    return isinstance(data, dict) and isinstance(data.get(_MAP), dict)


def read_shards(data: dict[str, Any], opened: Callable[[str], Binary]) -> ModelConfig:
    """A model of the weights alone; `opened` opens a shard, which lies beside the list, by name."""
    listed = shard_tensors(data, opened)
    config = weights_only(listed, "only weights are stored here")
    config.stored = Stored(lambda: listed)
    return config


def read_shard_list(path: str) -> dict[str, Any]:
    """The tensors of the shards that a file lists, all in its folder."""
    data = parse_json(decode(read_regular(path, MAX_BYTES)))
    if not is_shard_list(data):
        raise LstmcountError(f"{os.path.basename(path)} has no {_MAP}")
    return shard_tensors(data, lambda name: os.path.join(os.path.dirname(path), name))


def shard_tensors(data: dict[str, Any], opened: Callable[[str], Binary]) -> dict[str, Any]:
    """The result of `tensors.listed` for all shards together, restricted to the list's tensors.

    Raises `LstmcountError` if a shard is absent, or lacks tensors that the list names.
    """
    wanted = {(group, shard) for group, names in data[_MAP].items() for shard in _names(names)}
    shards = sorted({shard for _, shard in wanted})
    if len(shards) > MAX_SHARDS:
        raise LstmcountError(f"more than {MAX_SHARDS} files of weights", path=(_MAP,))
    together: dict[str, Any] = {"tensors": [], "groups": []}
    shard_of: dict[str, str] = {}
    for shard in shards:
        listed = _listed(shard, opened)
        together["groups"] += listed["groups"]
        held = [each for each in listed["tensors"] if (_group(each[0]), shard) in wanted]
        groups = {"/vars", *(f"/{name}/vars" for name, _ in listed["groups"])}
        for group, name in wanted:
            if name == shard and group not in groups and not is_state(group.lstrip("/")):
                raise LstmcountError(f"{shard} holds nothing in {group}", path=(_MAP,))
        for path, _, _ in held:
            if shard_of.setdefault(path, shard) != shard:
                raise LstmcountError(f"{path} stands in both {shard_of[path]} and {shard}")
        together["tensors"] += held
    return together


def _names(value: Any) -> list[str]:
    """The shards that hold a group's tensors: plain names of HDF5 files."""
    names = value if isinstance(value, list) else [value]
    for name in names:
        if not isinstance(name, str) or not name.endswith(".h5"):
            raise LstmcountError(
                f"expected names of .h5 files, as Keras lists them, got {name!r:.100}; "
                "the model itself is in none of the files",
                path=(_MAP,),
            )
        if os.path.basename(name) != name or "\\" in name or "\0" in name:
            raise LstmcountError(f"{name!r:.100} does not lie beside the list", path=(_MAP,))
    return names


def _listed(shard: str, opened: Callable[[str], Binary]) -> dict[str, Any]:
    try:
        source = opened(shard)
        if isinstance(source, str):
            refuse_special(os.stat(source))
        return read_tensors(source)
    except (LstmcountError, OSError) as error:
        reason = error.message if isinstance(error, LstmcountError) else error.strerror or ""
        raise LstmcountError(f"{shard}: {reason[:1].lower()}{reason[1:]}", path=(_MAP,)) from None


def _group(path: str) -> str:
    """
    >>> _group("layers/dense/vars/0")
    '/layers/dense/vars'
    """
    return "/" + path.rpartition("/")[0]

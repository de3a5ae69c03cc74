"""`.keras` archives and HDF5 files, recognised by their first bytes, and Keras's folders."""

from __future__ import annotations

import os
from typing import Any, TypeGuard

from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError, UnlistedLayersError
from lstmcount.layers.custom.known import CustomLayers
from lstmcount.readers.files import saved_model
from lstmcount.readers.files.opening import Binary, opened

ZIP = b"PK\x03\x04"
HDF5 = b"\x89HDF\r\n\x1a\n"
SHARDS = "model.weights.json"


def is_binary(start: bytes) -> bool:
    return start.startswith((ZIP, HDF5))


def read_binary(source: Binary, custom: CustomLayers) -> ModelConfig:
    """The model in an archive or an HDF5 file. Raises `LstmcountError` if there is none."""
    from lstmcount.readers.files.stored import Stored, attach, weights_only

    try:
        config = _read(source, custom)
    except UnlistedLayersError as error:
        try:
            return weights_only(stored_tensors(source), error.message)
        except LstmcountError:
            raise error from None
    attach(config, Stored(lambda: stored_tensors(source), config.name))
    return config


def _read(source: Binary, custom: CustomLayers) -> ModelConfig:
    if _is_folder(source):
        from lstmcount.readers.files.archive import CONFIG, read_folder

        if os.path.exists(os.path.join(source, CONFIG)):
            return read_folder(source, custom)
        if os.path.exists(os.path.join(source, saved_model.FILES[1])):
            return saved_model.weights_alone(source, "a SavedModel without the model's config")
        from lstmcount.readers.files.orbax import read_checkpoint

        return read_checkpoint(source, custom)
    with opened(source) as file:
        is_hdf5 = file.read(len(HDF5)) == HDF5
    if is_hdf5:
        from lstmcount.readers.files.hdf5 import read_hdf5

        return read_hdf5(source, custom)
    from lstmcount.readers.files.archive import read_archive

    return read_archive(source, custom)


def stored_tensors(source: Binary) -> dict[str, Any]:
    """The result of `tensors.listed`. Raises `LstmcountError` if there are no tensors."""
    from lstmcount.readers.files.tensors import WEIGHTS, read_tensors

    if not _is_folder(source):
        return read_tensors(source)
    if os.path.exists(weights := os.path.join(source, WEIGHTS)):
        return read_tensors(weights)
    if os.path.exists(shards := os.path.join(source, SHARDS)):
        from lstmcount.readers.files.shards import read_shard_list

        return read_shard_list(shards)
    if os.path.exists(os.path.join(source, saved_model.FILES[1])):
        return saved_model.required_variables(source)
    from lstmcount.readers.files.orbax import variables

    return variables(source)


def _is_folder(source: Binary) -> TypeGuard[str]:
    return isinstance(source, str) and os.path.isdir(source)

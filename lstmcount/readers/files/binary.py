"""`.keras` archives and HDF5 files, recognised by their first bytes."""

from __future__ import annotations

import os
from typing import Any

from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError, UnlistedLayersError
from lstmcount.layers.custom.known import NONE, CustomLayers
from lstmcount.readers.files.opening import Binary, opened

ZIP = b"PK\x03\x04"
HDF5 = b"\x89HDF\r\n\x1a\n"


def is_binary(start: bytes) -> bool:
    return start.startswith((ZIP, HDF5))


def read_binary(source: Binary, custom: CustomLayers = NONE) -> ModelConfig:
    """The model in an archive or an HDF5 file. Raises `LstmcountError` if there is none."""
    from lstmcount.readers.files.stored import Stored, attach, weights_only

    try:
        config = _read(source, custom)
    except UnlistedLayersError as error:
        try:
            return weights_only(_tensors(source), error.message)
        except LstmcountError:
            raise error from None
    attach(config, Stored(lambda: _tensors(source)))
    return config


def _read(source: Binary, custom: CustomLayers) -> ModelConfig:
    if isinstance(source, str) and os.path.isdir(source):
        from lstmcount.readers.files.archive import read_folder

        return read_folder(source, custom)
    with opened(source) as file:
        is_hdf5 = file.read(len(HDF5)) == HDF5
    if is_hdf5:
        from lstmcount.readers.files.hdf5 import read_hdf5

        return read_hdf5(source, custom)
    from lstmcount.readers.files.archive import read_archive

    return read_archive(source, custom)


def _tensors(source: Binary) -> dict[str, Any]:
    from lstmcount.readers.files.tensors import read_tensors

    return read_tensors(source)

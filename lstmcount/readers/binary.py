"""`.keras` archives and HDF5 files, told by their first bytes."""

from __future__ import annotations

from contextlib import nullcontext
from typing import IO, Any

from lstmcount.config import ModelConfig
from lstmcount.custom import NONE, CustomLayers
from lstmcount.errors import LstmcountError, UnlistedLayersError

ZIP = b"PK\x03\x04"
HDF5 = b"\x89HDF\r\n\x1a\n"

Binary = str | IO[bytes]  # a path or a stream


def is_binary(start: bytes) -> bool:
    return start.startswith((ZIP, HDF5))


def read_binary(source: Binary, custom: CustomLayers = NONE) -> ModelConfig:
    """The model in an archive or an HDF5 file. Raises `LstmcountError` where there is none."""
    from lstmcount.readers.stored import Stored, attach, weights_only

    with open(source, "rb") if isinstance(source, str) else nullcontext(source) as file:
        try:
            config = _read(file, custom)
        except UnlistedLayersError as error:
            try:
                return weights_only(_tensors(source), error.message)
            except LstmcountError:
                raise error from None
    attach(config, Stored(lambda: _tensors(source)))
    return config


def _read(file: IO[bytes], custom: CustomLayers) -> ModelConfig:
    start = file.read(len(HDF5))
    file.seek(0)
    if start.startswith(HDF5):
        return read_hdf5(file, custom)
    from lstmcount.readers.archive import read_archive

    return read_archive(file, custom)


def _tensors(source: Binary) -> dict[str, Any]:
    from lstmcount.readers.tensors import read_tensors

    return read_tensors(source)


def read_hdf5(file: IO[bytes], custom: CustomLayers = NONE) -> ModelConfig:
    """An HDF5 file that holds a model's config, or only its weights."""
    try:
        import h5py
    except ImportError:
        raise LstmcountError(
            "this is an HDF5 file: reading it needs h5py (pip install 'lstmcount[hdf5]')"
        ) from None
    from lstmcount.readers.apart import apart
    from lstmcount.readers.hdf5 import contents, model_of

    def found() -> dict[str, Any]:
        with h5py.File(file, "r") as opened:
            return contents(opened)

    return model_of(apart(found, "a damaged HDF5 file"), custom)

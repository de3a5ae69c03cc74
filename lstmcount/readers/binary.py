"""`.keras` archives and HDF5 files, told by their first bytes."""

from __future__ import annotations

import zipfile
from pathlib import Path as FilePath
from typing import IO, Any

from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError
from lstmcount.readers.keras_json import find_model, read_keras
from lstmcount.readers.text import MAX_BYTES, decode, parse_json

ZIP = b"PK\x03\x04"
HDF5 = b"\x89HDF\r\n\x1a\n"
MAX_MEMBERS = 10_000

Binary = FilePath | IO[bytes]


def is_binary(start: bytes) -> bool:
    return start.startswith((ZIP, HDF5))


def read_binary(source: Binary) -> ModelConfig:
    """The model in an archive or an HDF5 file. Raises `LstmcountError` where there is none."""
    with source.open("rb") if isinstance(source, FilePath) else source as file:
        start = file.read(len(HDF5))
        file.seek(0)
        return read_archive(file) if start.startswith(ZIP) else read_hdf5(file)


def read_archive(file: IO[bytes]) -> ModelConfig:
    """A `.keras` file: `config.json` says everything."""
    try:
        with zipfile.ZipFile(file) as archive:
            if len(archive.infolist()) > MAX_MEMBERS:
                raise LstmcountError(f"an archive of more than {MAX_MEMBERS:,} files")
            text = decode(_member(archive, "config.json"))
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise LstmcountError(f"a damaged archive: {error}") from None
    model = find_model(parse_json(text))
    if model is None:
        raise LstmcountError("config.json in the archive does not describe a model")
    return read_keras(model)


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """A member's bytes, bounded whatever the archive says of its size."""
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise LstmcountError(f"not a .keras archive: there is no {name} in it") from None
    try:
        with archive.open(info) as member:
            return member.read(MAX_BYTES + 1)
    except Exception as error:  # zlib, lzma and bz2 each raise their own
        raise LstmcountError(f"a damaged archive: {error}") from None


def read_hdf5(file: IO[bytes]) -> ModelConfig:
    """An HDF5 file that holds a model's config, or only its weights."""
    try:
        import h5py
    except ImportError:
        raise LstmcountError(
            "this is an HDF5 file: reading it needs h5py (pip install 'lstmcount[hdf5]')"
        ) from None
    from lstmcount.readers.hdf5 import model_of

    try:
        with h5py.File(file, "r") as opened:
            return model_of(opened)
    except LstmcountError:
        raise
    except Exception as error:  # h5py raises whatever its C library stumbles over
        raise LstmcountError(f"a damaged HDF5 file: {error}") from None


def as_text(value: Any) -> str:
    """An HDF5 attribute as text: bytes, a string, or chunks of either."""
    if isinstance(value, bytes):
        return decode(value)
    if isinstance(value, str):
        return value
    return "".join(as_text(chunk) for chunk in value)

"""`.keras` archives."""

from __future__ import annotations

import zipfile
from typing import IO

from lstmcount.config import ModelConfig
from lstmcount.custom import NONE, CustomLayers
from lstmcount.errors import LstmcountError
from lstmcount.readers.keras_json import find_model, read_keras
from lstmcount.readers.text import MAX_BYTES, decode, parse_json

MAX_MEMBERS = 10_000


def read_archive(file: IO[bytes], custom: CustomLayers = NONE) -> ModelConfig:
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
    return read_keras(model, custom)


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

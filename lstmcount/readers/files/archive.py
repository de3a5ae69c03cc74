"""`.keras` archives."""

from __future__ import annotations

import os
import zipfile

from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError
from lstmcount.isolation import Guard, isolated
from lstmcount.layers.custom.known import CustomLayers
from lstmcount.readers.files.opening import Binary, opened
from lstmcount.readers.files.zip_directory import open_zip, require_known_method
from lstmcount.readers.keras.reader import find_model, read_keras
from lstmcount.readers.keras.shared_layers import mark
from lstmcount.readers.text.file_signatures import LONGEST, of_damaged_zip, of_members
from lstmcount.readers.text.regular import read_regular
from lstmcount.readers.text.text import MAX_BYTES, decode, parse_json

CONFIG = "config.json"


def read_archive(source: Binary, custom: CustomLayers) -> ModelConfig:
    """Read a `.keras` file from its `config.json`."""
    data = isolated(_config, source, subject="a damaged archive")
    return model_of(data, custom, f"{CONFIG} in the archive")


def read_folder(path: str, custom: CustomLayers) -> ModelConfig:
    """Read a folder that Keras saved with `zipped=False`; it holds the files of an archive."""
    return model_of(read_regular(os.path.join(path, CONFIG), MAX_BYTES), custom, CONFIG)


def model_of(data: bytes, custom: CustomLayers, name: str) -> ModelConfig:
    """The model in the bytes of a config; errors call the config `name`."""
    try:
        model = find_model(parse_json(decode(data)))
    except LstmcountError as error:
        error.message = f"{name}: {error.message}"
        raise
    if model is None:
        raise LstmcountError(f"{name} does not describe a model")
    config = read_keras(model[0], custom, model[1])
    mark(config, model[0], len(model[1]))
    return config


def _config(guard: Guard, source: Binary) -> bytes:
    """The bytes of the config."""
    with opened(source) as file:
        guard()
        try:
            with open_zip(file) as archive:
                return _member(archive, CONFIG)
        except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, RuntimeError) as error:
            file.seek(0)
            known = of_damaged_zip(file.read(LONGEST))
            text = f"this is {known}, and damaged" if known else "a damaged archive"
            raise LstmcountError(f"{text}: {error}") from None


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """A member's bytes; the limit holds even if the archive states a smaller size."""
    if archive.namelist().count(name) > 1:
        raise LstmcountError(f"{name} stands twice in the archive")
    try:
        info = archive.getinfo(name)
    except KeyError:
        raise LstmcountError(f"this is {of_members(archive.namelist())}") from None
    require_known_method(info)
    try:
        with archive.open(info) as member:
            data = member.read(MAX_BYTES + 1)
    except MemoryError:
        raise LstmcountError(f"unpacking {name} takes more memory than there is") from None
    except Exception as error:  # zlib, lzma and bz2 raise exceptions of their own
        raise LstmcountError(f"a damaged archive: {error}") from None
    if len(data) < min(info.file_size, MAX_BYTES):
        raise LstmcountError(f"a damaged archive: {name} is smaller than the archive says")
    return data

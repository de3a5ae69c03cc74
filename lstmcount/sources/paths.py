"""Open a file, a folder or the bytes of a stream as a source."""

from __future__ import annotations

import os
import stat

from lstmcount.errors import LstmcountError
from lstmcount.readers.files import saved_model
from lstmcount.readers.files.binary import HDF5, is_binary
from lstmcount.readers.text import file_signatures
from lstmcount.readers.text import text as texts
from lstmcount.readers.text.pipes import read_pipe, read_up_to
from lstmcount.readers.text.regular import open_regular
from lstmcount.sources.names import like_a_file
from lstmcount.sources.source import Source, located, with_source


def open_path(path: str | os.PathLike[str]) -> Source:
    name = os.fsdecode(path)
    folder = os.path.dirname(name)
    try:
        mode = os.stat(name).st_mode
        if stat.S_ISFIFO(mode):
            return of_bytes(name, read_pipe(name, texts.MAX_BYTES + 1))
        if stat.S_ISDIR(mode):
            return _open_folder(name)
        with open_regular(name) as file:
            start = read_up_to(file, len(HDF5))
            if is_binary(start):
                return Source(name, binary=name, folder=folder)
            if os.fstat(file.fileno()).st_size > texts.MAX_BYTES:
                start += file.read(file_signatures.LONGEST)
                kind = file_signatures.foreign(start) or file_signatures.by_name(name)
                reason = f"this is {kind}" if kind else texts.TOO_LARGE
                raise LstmcountError(reason)
            data = read_up_to(file, texts.MAX_BYTES + 1, start)
    except LstmcountError as error:
        raise with_source(error, name) from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or str(error)).lower()
        if isinstance(error, FileNotFoundError):
            reason += like_a_file(name)
        raise located(LstmcountError(reason), name) from None
    json = saved_model.model_json(data, name)
    if os.path.basename(name) not in saved_model.FILES:
        return Source(name, json or data, folder=folder)
    if json is None:
        return _open_folder(folder or os.curdir)
    return Source(name, json, folder=folder, saved_model=folder)


def _open_folder(name: str) -> Source:
    from pathlib import Path as FilePath

    path = FilePath(name)
    if file_signatures.is_unpacked_archive(path):
        return Source(name, binary=name, folder=name)
    step = file_signatures.orbax_step(name)
    if step is not None:
        return Source(name, binary=step, folder=name)
    data = saved_model.in_folder(path, texts.MAX_BYTES + 1)
    if data is not None:
        return Source(name, data, folder=os.path.dirname(name), saved_model=name)
    if saved_model.variables(name) is not None:
        return Source(name, binary=name, folder=os.path.dirname(name))
    kind = file_signatures.of_folder(path) or "a directory: name a model in it"
    raise located(LstmcountError(f"this is {kind}"), name)


def of_bytes(name: str | None, data: bytes) -> Source:
    """The source with the bytes of a stream."""
    if is_binary(data):
        if len(data) > texts.MAX_BYTES:
            raise located(LstmcountError(texts.TOO_LARGE), name)
        return Source(name, binary=data)
    return Source(name, saved_model.model_json(data, name) or data)

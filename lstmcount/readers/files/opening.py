"""Open binary sources (a path, or the bytes of a stream), and load the library that reads HDF5."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO, Any

from lstmcount.errors import LstmcountError
from lstmcount.readers.text.regular import open_regular

Binary = str | bytes


def opened(source: Binary) -> IO[bytes]:
    """A file opened for reading from its start."""
    if isinstance(source, bytes):
        return io.BytesIO(source)
    try:
        return open_regular(source)
    except OSError as error:  # it existed when the command began
        raise LstmcountError((error.strerror or str(error)).lower()) from None


def library(purpose: str) -> Any:
    """The module h5py. Raises `LstmcountError` that begins with `purpose` if it is missing."""
    try:
        import h5py
    except ImportError:
        from lstmcount.extras import install

        raise LstmcountError(f"{purpose} needs h5py ({install('hdf5')})") from None
    return h5py


@contextmanager
def damaged(description: str) -> Iterator[None]:
    """Turn errors of the HDF5 library into an `LstmcountError` that begins with `description`."""
    try:
        yield
    except (LstmcountError, MemoryError, RecursionError):
        raise
    except Exception as error:  # the library raises exceptions of any class
        raise LstmcountError(f"{description}: {error}") from None


def load_library() -> None:
    """Import h5py if it is installed."""
    with suppress(ImportError):
        import h5py  # noqa: F401

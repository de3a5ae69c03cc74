"""Zip archives, opened with a limit on the size of their directory."""

from __future__ import annotations

import io
import os
import zipfile
from typing import IO, Any

from lstmcount.errors import LstmcountError

MAX_MEMBERS = 10_000
MAX_DIRECTORY = 4 * 2**20  # limit for the bytes of the directory
# Methods that Keras or other tools use; Python decompresses the others without limit.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def open_zip(file: IO[bytes]) -> zipfile.ZipFile:
    """The archive in `file`. Raises `LstmcountError` if its directory is too large."""
    bounded = _Bounded(file)
    archive = zipfile.ZipFile(bounded)
    if len(archive.infolist()) > MAX_MEMBERS:
        raise _too_many()
    bounded.limit = None
    return archive


def require_known_method(info: zipfile.ZipInfo) -> None:
    """Refuse a member with a compression method that Keras does not use."""
    if info.compress_type not in _METHODS:
        raise LstmcountError(f"{info.filename} is packed in a way that Keras does not use")


class StoredMember(io.RawIOBase):
    """A member that is not compressed, read in place: `zipfile` seeks by reading."""

    def __init__(self, file: IO[bytes], info: zipfile.ZipInfo) -> None:
        file.seek(info.header_offset)
        header = file.read(30)
        if header[:4] != b"PK\x03\x04" or info.flag_bits & 1:
            raise LstmcountError(f"a damaged archive: {info.filename} is not where it should be")
        lengths = (header[26:28], header[28:30])  # of its name and of extra fields
        self._file = file
        self._start = info.header_offset + 30 + sum(int.from_bytes(n, "little") for n in lengths)
        self._size = info.file_size
        self._position = 0

    def readinto(self, buffer: Any) -> int:
        self._file.seek(self._start + self._position)
        data = self._file.read(max(0, min(len(buffer), self._size - self._position)))
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def tell(self) -> int:
        return self._position

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True


class _Bounded:
    """A file that refuses a single read above the limit; archives may state any size."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.limit: int | None = MAX_DIRECTORY

    def read(self, size: int = -1) -> bytes:
        if self.limit is None:
            return self._file.read(size)
        data = self._file.read(self.limit + 1 if size < 0 else min(size, self.limit + 1))
        if len(data) > self.limit:
            raise _too_many()
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()


def _too_many() -> LstmcountError:
    return LstmcountError(f"an archive of more than {MAX_MEMBERS:,} files")

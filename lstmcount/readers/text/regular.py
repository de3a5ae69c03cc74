"""Files beside the model (project files, baselines, inputs): regular and of bounded size."""

from __future__ import annotations

import os
import stat
from typing import IO

from lstmcount.errors import LstmcountError
from lstmcount.readers.text.pipes import read_pipe, read_up_to

_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def read_regular(path: str | os.PathLike[str], limit: int, *, pipe: bool = False) -> bytes:
    """The bytes of a file of at most `limit` bytes; with `pipe` it may also be a pipe.

    The size is checked before reading, and nothing waits for a writer. Raises
    `LstmcountError` for anything that is not a file or is too large, `OSError` as `open` does.
    """
    if pipe and stat.S_ISFIFO(os.stat(path).st_mode):
        data: bytes | None = read_pipe(os.fspath(path), limit + 1)
    else:
        with open_regular(path) as file:
            size = os.fstat(file.fileno()).st_size
            data = read_up_to(file, limit + 1) if size <= limit else None
    if data is None or len(data) > limit:
        raise LstmcountError(f"the file is larger than {limit // 2**20} MiB")
    return data


def open_regular(path: str | os.PathLike[str]) -> IO[bytes]:
    """A file opened for reading, which never waits: not even in /proc, where some files do.

    Raises `LstmcountError` for anything that is not a file, `OSError` as `open` does.
    """
    refuse_special(os.stat(path))  # before opening it, which would affect some devices
    file = open(path, "rb", opener=_without_waiting)  # noqa: SIM115
    try:
        refuse_special(os.fstat(file.fileno()))
    except LstmcountError:
        file.close()
        raise
    return file


def refuse_special(status: os.stat_result) -> None:
    """Raise `LstmcountError` unless this is a regular file.

    >>> refuse_special(os.stat(os.devnull))
    Traceback (most recent call last):
    lstmcount.errors.LstmcountError: this is a device, not a file
    """
    if not stat.S_ISREG(status.st_mode):
        kind = next((name for test, name in _KINDS if test(status.st_mode)), "something else")
        raise LstmcountError(f"this is {kind}, not a file")


def inside(path: str | os.PathLike[str], folder: str | os.PathLike[str]) -> str:
    """The resolved path; raises `LstmcountError` if it is outside the folder.

    >>> inside("docs/../..", ".")
    Traceback (most recent call last):
    lstmcount.errors.LstmcountError: it leads out of its folder
    """
    try:
        target, around = os.path.realpath(path), os.path.realpath(folder)
    except ValueError:  # a NUL character
        raise LstmcountError("not the name of a file") from None
    if target != around and not target.startswith(os.path.join(around, "")):
        raise LstmcountError("it leads out of its folder")
    return target


def all_inside(path: str | os.PathLike[str], folder: str | os.PathLike[str]) -> None:
    """Raise `LstmcountError` if a file or a folder, or anything in that folder, is outside."""
    inside(path, folder)
    for at, folders, files in os.walk(path):
        for name in (*folders, *files):
            inside(os.path.join(at, name), folder)


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))

"""Bounded reading from streams and from named pipes, and links that lead to them."""

from __future__ import annotations

import os
import time
from typing import IO

from lstmcount.errors import LstmcountError

PATIENCE = 3.0  # seconds to wait for a writer
_CHUNK = 2**20  # size of a single read
_SYSTEM = ("/dev/", "/proc/", "/sys/")


def read_up_to(stream: IO[bytes], limit: int, start: bytes = b"") -> bytes:
    """`start` and the bytes that follow in the stream, at most `limit` bytes in all.

    A single read of `limit` would allocate all of it at once.
    """
    chunks, left = [start], limit - len(start)
    while left > 0 and (chunk := stream.read(min(left, _CHUNK))):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)


def read_pipe(path: str, limit: int) -> bytes:
    """The bytes written to a named pipe, up to `limit`.

    Raises `LstmcountError` if no writer appears.
    """
    refuse_hidden_device(path)
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with open(descriptor, "rb", buffering=0) as pipe:
        start, until = b"", time.monotonic() + PATIENCE
        while not start:
            received = pipe.read(min(limit, _CHUNK))
            if received is None:  # a writer has connected and not written yet
                break
            start = received
            if not start:
                if time.monotonic() > until:
                    raise LstmcountError("no process writes to this pipe")
                time.sleep(0.02)
        os.set_blocking(descriptor, True)
        return read_up_to(pipe, limit, start)


def refuse_hidden_device(path: str) -> None:
    """Raise `LstmcountError` for a link to a device, a terminal or a stream of a process.

    Such a link in somebody else's folder could make a command wait. Under their own names, such as
    /dev/stdin, they may be used.
    """
    if os.path.realpath(path).startswith(_SYSTEM) and not os.path.abspath(path).startswith(_SYSTEM):
        raise LstmcountError("this is a link to a device, not a file")

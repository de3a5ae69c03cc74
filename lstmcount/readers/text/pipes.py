"""Reading what has no known end: bounded, and from named pipes, which wait for a writer."""

from __future__ import annotations

import os
import time
from typing import IO

from lstmcount.errors import LstmcountError

PATIENCE = 3.0  # seconds for the writer to come
_CHUNK = 2**20  # what one read asks for, however much may come


def read_up_to(stream: IO[bytes], limit: int, start: bytes = b"") -> bytes:
    """`start` and what follows it in the stream, `limit` bytes at most in all.

    A single read of `limit` would take the memory for all of it at once.
    """
    chunks, left = [start], limit - len(start)
    while left > 0 and (chunk := stream.read(min(left, _CHUNK))):
        chunks.append(chunk)
        left -= len(chunk)
    return b"".join(chunks)


def read_pipe(path: str, limit: int) -> bytes:
    """What is written to it, up to `limit` bytes.

    Raises `LstmcountError` where nobody comes to write.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with open(descriptor, "rb", buffering=0) as pipe:
        start, until = b"", time.monotonic() + PATIENCE
        while not start:
            found = pipe.read(min(limit, _CHUNK))
            if found is None:  # a writer is there and has not written yet
                break
            start = found
            if not start:
                if time.monotonic() > until:
                    raise LstmcountError("a pipe that nobody writes to")
                time.sleep(0.02)
        os.set_blocking(descriptor, True)
        return read_up_to(pipe, limit, start)

"""Named pipes, which block whoever opens them until somebody writes."""

from __future__ import annotations

import os
import time

from lstmcount.errors import LstmcountError

PATIENCE = 3.0  # seconds for the writer to come


def read_pipe(path: str, limit: int) -> bytes:
    """What is written to it, up to `limit` bytes.

    Raises `LstmcountError` where nobody comes to write.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with open(descriptor, "rb", buffering=0) as pipe:
        start, until = b"", time.monotonic() + PATIENCE
        while not start:
            found = pipe.read(limit)
            if found is None:  # a writer is there and has not written yet
                break
            start = found
            if not start:
                if time.monotonic() > until:
                    raise LstmcountError("a pipe that nobody writes to")
                time.sleep(0.02)
        os.set_blocking(descriptor, True)
        chunks = [start]
        while (left := limit - sum(map(len, chunks))) > 0 and (chunk := pipe.read(left)):
            chunks.append(chunk)
    return b"".join(chunks)

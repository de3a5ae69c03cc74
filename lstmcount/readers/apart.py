"""Work in a process of its own: a library that hangs or crashes on a file takes nothing along."""

from __future__ import annotations

import json
import os
import select
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from lstmcount.errors import LstmcountError

SECONDS = 60.0  # that the work may take
MEMORY = 2**30  # and bytes, more than there are when it begins


def apart(task: Callable[[], Any], what: str) -> Any:
    """What `task` returns, which is plain data; here itself where processes cannot fork.

    Raises `LstmcountError` that begins with `what` for whatever goes wrong in it.
    """
    if not hasattr(os, "fork"):
        return _value(_outcome(task, what))
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            _bound_memory()
            with open(writer, "wb") as pipe:
                pipe.write(json.dumps(_outcome(task, what)).encode())
        finally:
            os._exit(0)
    os.close(writer)
    try:
        text = _read(reader, time.monotonic() + SECONDS)
    finally:
        os.close(reader)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    if text is None:
        raise LstmcountError(f"{what}: reading it takes more than {SECONDS:.0f} seconds")
    if not text:
        raise LstmcountError(f"{what}: it crashes the library that reads it")
    return _value(json.loads(text))


def _outcome(task: Callable[[], Any], what: str) -> dict[str, Any]:
    try:
        return {"value": task()}
    except LstmcountError as error:
        return {"error": error.message}
    except MemoryError:
        return {"error": f"{what}: reading it takes more than {MEMORY // 2**20} MiB"}
    except Exception as error:  # a C library raises whatever it stumbles over
        return {"error": f"{what}: {error}"}


def _value(outcome: dict[str, Any]) -> Any:
    if "error" in outcome:
        raise LstmcountError(outcome["error"])
    return outcome["value"]


def _bound_memory() -> None:
    """Where the system says how much there is."""
    try:
        import resource

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + MEMORY
        resource.setrlimit(resource.RLIMIT_AS, (limit, resource.getrlimit(resource.RLIMIT_AS)[1]))
    except (ImportError, OSError, ValueError):
        pass


def _read(reader: int, until: float) -> bytes | None:
    """What comes until the other end closes; None where that takes too long."""
    chunks: list[bytes] = []
    while select.select([reader], [], [], max(0, until - time.monotonic()))[0]:
        chunk = os.read(reader, 2**20)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)
    return None

"""Standard streams: closed ones, limited encodings, and readers that go away."""

from __future__ import annotations

import atexit
import io
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn


class ClosedPipeError(Exception):
    """The reader has closed the pipe. (click would turn a BrokenPipeError into status 1.)"""


def open_streams() -> None:
    """Replace closed standard streams by empty ones, and let every stream take any text.

    If the locale's encoding lacks box drawing and Greek (Latin-1, Windows' for pipes and files),
    the output is UTF-8, as click does for ASCII.
    """
    sys.stdin = sys.stdin or open(os.devnull)  # noqa: SIM115
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and "utf" not in stream.encoding.lower():
            stream.reconfigure(encoding="utf-8")


def die_quietly() -> None:
    """Let a closed pipe end the process at once, as shells expect."""
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def ignore_interrupts_at_exit() -> None:
    """Ignore Ctrl-C while the interpreter shuts down."""
    atexit.register(ignore_interrupts)


def ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def tidily() -> Iterator[None]:
    """Turn a closed pipe into an exception here, so that temporary files are removed."""
    if not hasattr(signal, "SIGPIPE"):
        yield
        return
    before = signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise ClosedPipeError from None
    finally:
        signal.signal(signal.SIGPIPE, before)


def ended() -> NoReturn:
    """End the process as `die_quietly` would have, after cleaning up."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    die_quietly()
    if hasattr(signal, "SIGPIPE"):
        os.kill(os.getpid(), signal.SIGPIPE)
    sys.exit(2)

"""Standard streams: closed ones, ones of few characters, and readers that go away."""

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
    """Nobody reads any more. (click turns a BrokenPipeError into status 1.)"""


def open_streams() -> None:
    """Standard streams that the shell has closed are empty; what is written can be any text.

    Where a locale's encoding lacks box drawing and Greek (Windows' for pipes and files, Latin-1),
    the output is UTF-8, as click has it for ASCII.
    """
    sys.stdin = sys.stdin or open(os.devnull)  # noqa: SIM115
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and "utf" not in stream.encoding.lower():
            stream.reconfigure(encoding="utf-8")


def die_quietly() -> None:
    """A closed pipe ends the process at once, as shells expect it."""
    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def ignore_interrupts_at_exit() -> None:
    """While the interpreter ends there is nothing left to interrupt."""
    atexit.register(ignore_interrupts)


def ignore_interrupts() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def tidily() -> Iterator[None]:
    """Within this a closed pipe is an exception, so that temporary files and processes go."""
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
    """What `die_quietly` would have done, late."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    die_quietly()
    if hasattr(signal, "SIGPIPE"):
        os.kill(os.getpid(), signal.SIGPIPE)
    sys.exit(2)

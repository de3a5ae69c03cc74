"""A task in a fork of this process: the quick way, for a process of one thread."""

from __future__ import annotations

import os
import select
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

from lstmcount.isolation import child, limits

if TYPE_CHECKING:
    from lstmcount.isolation import Task


def is_possible() -> bool:
    """Whether this process may fork: in the copy, locks of its other threads would stay locked."""
    return hasattr(os, "fork") and threading.active_count() == 1 and _system_threads() == 1


def _system_threads() -> int:
    """The threads of this process, those of native libraries too, where the system lists them."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 1


def answer(task: Task, args: tuple[Any, ...]) -> bytes | str:
    """What `task` answers in a fork, as `plain.load` takes it; or why there is no answer."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(reader)
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends it without a word
            child.work(task, args, writer)
        finally:
            os._exit(1)
    os.close(writer)
    try:
        found = _read(reader, time.monotonic() + limits.WAIT_SECONDS)
    finally:
        os.close(reader)
        status = _end(pid)
    return found or child.ending(status)


def _end(pid: int) -> int:
    """The exit status of a child, which is killed if it still runs."""
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if not ended:
            os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
    except ChildProcessError:  # this process ignores SIGCHLD, so that nobody keeps the status
        return 0
    return os.waitstatus_to_exitcode(status)


def _read(reader: int, until: float) -> bytes | str:
    """What comes until the other end closes; words where that takes too long or is too much."""
    chunks: list[bytes] = []
    size = 0
    while select.select([reader], [], [], max(0.0, until - time.monotonic()))[0]:
        chunk = os.read(reader, 2**20)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)
        size += len(chunk)
        if size > limits.ANSWER:
            return limits.TOO_LARGE
    return limits.TOO_LATE

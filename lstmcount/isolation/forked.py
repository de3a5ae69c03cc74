"""Run a task in a fork of this process: the quick way, for a process with one thread."""

from __future__ import annotations

import os
import select
import signal
import stat
import sys
import threading
import time
from contextlib import suppress
from typing import Any

from lstmcount.isolation import child, limits
from lstmcount.isolation.task import Task


def is_possible() -> bool:
    """Whether this process has one thread: locks of other threads would stay locked in a fork."""
    return hasattr(os, "fork") and threading.active_count() == 1 and _system_threads() == 1


def _system_threads() -> int:
    """The number of threads of this process, including threads of native libraries on Linux."""
    try:
        return len(os.listdir("/proc/self/task"))
    except OSError:
        return 1


def answer(task: Task, args: tuple[Any, ...]) -> bytes | str:
    """Run `task` in a fork. Return its answer as bytes for `plain.load`, or the reason for none."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            _close_inherited(writer)
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # Ctrl-C ends the child silently
            os.environ.update(limits.ONE_THREAD)
            child.work(task, args, writer)
        finally:
            os._exit(1)
    os.close(writer)
    try:
        data_or_reason = _read(reader, time.monotonic() + limits.WAIT_SECONDS)
    finally:
        os.close(reader)
        status = _end(pid)
    return data_or_reason or child.ending(status)


def _close_inherited(writer: int) -> None:
    """Close what the parent has open, except the pipe for the answer and files opened for reading.

    So the child cannot write to a terminal, a file or a connection of its parent. A source may be
    named as an open file, such as /dev/fd/3.
    """
    inherited = [each for each in _open_descriptors() if each != writer]
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in inherited:
        if not _is_file_to_read(descriptor):
            if descriptor in (0, 1, 2):
                os.dup2(nowhere, descriptor)
            else:
                with suppress(OSError):  # the descriptor that listed the others is closed
                    os.close(descriptor)
    sys.stdout = sys.stderr = open(os.devnull, "w")  # noqa: SIM115


def _open_descriptors() -> list[int]:
    for folder in ("/dev/fd", "/proc/self/fd"):
        with suppress(OSError):
            return sorted(map(int, os.listdir(folder)))
    return [0, 1, 2]


def _is_file_to_read(descriptor: int) -> bool:
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return False
        import fcntl  # Windows, which cannot fork, has none

        return fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY
    except OSError:
        return False


def _end(pid: int) -> int:
    """Kill a child that still runs, and return the child's exit status."""
    try:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if not ended:
            os.kill(pid, signal.SIGKILL)
            _, status = os.waitpid(pid, 0)
    except ChildProcessError:  # this process ignores SIGCHLD, so the system drops the status
        return 0
    return os.waitstatus_to_exitcode(status)


def _read(reader: int, until: float) -> bytes | str:
    """Read until the other end closes. Return the bytes, or the limit that was exceeded."""
    chunks: list[bytes] = []
    size = 0
    while is_readable(reader, until):
        chunk = os.read(reader, 2**20)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)
        size += len(chunk)
        if size > limits.ANSWER:
            return limits.TOO_LARGE
    return limits.TOO_LATE


def is_readable(descriptor: int, until: float) -> bool:
    """Wait until there is something to read, or the time is over."""
    ready = select.poll()  # `select.select` knows only the first 1024 descriptors
    ready.register(descriptor, select.POLLIN | select.POLLHUP)
    return bool(ready.poll(1000 * max(0.0, until - time.monotonic())))

"""Run tasks in a separate interpreter, for processes that have threads or cannot fork.

One interpreter is started and kept. It has one thread and forks for every task. On systems without
fork it runs one task itself and ends.
"""

from __future__ import annotations

import atexit
import os
import pickle
import signal
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import cache, partial
from typing import IO, Any

from lstmcount.errors import LstmcountError
from lstmcount.isolation import child, forked, limits
from lstmcount.isolation.task import Preparation, Task

_START = "import sys; sys.path[:] = {path!r}; from lstmcount.isolation.fresh import serve; serve()"
_SIZE = struct.Struct("<Q")  # the message's length in bytes, in front of every message
_GRACE = 2.0  # seconds that the other interpreter may take to start


def answer(task: Task, args: tuple[Any, ...], prepare: Preparation | None = None) -> bytes | str:
    """Run `task` in the interpreter. Return bytes for `plain.load`, or why there is no answer."""
    pickled_task = pickle.dumps((prepare, task, args))
    return _interpreter(os.getpid()).answer(pickle.dumps((_folder(), _path(), pickled_task)))


def _path() -> list[str]:
    """This process's module path, which may have grown since the interpreter was started."""
    return [os.path.abspath(entry) for entry in sys.path if entry]


def _folder() -> str | None:
    """The current folder; None if it was deleted."""
    try:
        return os.getcwd()
    except OSError:
        return None


@cache
def _interpreter(owner: int) -> _Interpreter:
    """The interpreter of process `owner`: a fork of this process starts another interpreter."""
    return _Interpreter()


class _Interpreter:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self._end)

    def answer(self, request: bytes) -> bytes | str:
        with self._lock:
            process = self._process or self._start()
            assert process.stdin is not None
            assert process.stdout is not None
            until = time.monotonic() + limits.WAIT_SECONDS + _GRACE
            try:
                _send(process.stdin, request)
                data_or_reason = _receive(process.stdout, until)
            except OSError:
                data_or_reason = None
            if data_or_reason is None:
                late = time.monotonic() > until
                status = self._end()
                return limits.TOO_LATE if late else child.ending(status)
            return data_or_reason

    def _start(self) -> subprocess.Popen[bytes]:
        if not sys.executable:
            raise LstmcountError("this Python cannot start a process to read it")
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _START.format(path=_path())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **limits.ONE_THREAD},
            start_new_session=True,  # a process group, so that forks can be killed with it
        )
        return self._process

    def _end(self) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.2)  # after a crash, the exit status tells the reason
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.communicate()
        return process.returncode


def serve() -> None:
    """The main loop of the separate interpreter: run tasks until the requests end."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # keep libraries from printing into the answers
    while size := requests.read(_SIZE.size):
        folder, sys.path[:], pickled_task = pickle.loads(requests.read(*_SIZE.unpack(size)))
        if folder is not None:
            os.chdir(folder)  # the task's paths may be relative
        prepare, task, args = pickle.loads(pickled_task)
        if prepare is not None:
            prepare()
        if hasattr(os, "fork"):
            _send(answers, _packed(forked.answer(task, args)))
        else:
            _send(answers, _packed(child.answer(task, args, partial(_stop, answers))))
            return


def _stop(answers: IO[bytes], attempt: str) -> None:
    _send(answers, _packed(child.stopped_answer(attempt)))


def _packed(data_or_reason: bytes | str) -> bytes:
    if isinstance(data_or_reason, bytes):
        return b"=" + data_or_reason
    return b"!" + data_or_reason.encode()


def _unpacked(message: bytes) -> bytes | str:
    return message[1:] if message[:1] == b"=" else message[1:].decode()


def _send(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(_SIZE.pack(len(message)) + message)
    pipe.flush()


def _receive(pipe: IO[bytes], until: float) -> bytes | str | None:
    """The next message; None if the other end closes or the message takes too long."""
    data = bytearray()
    while len(data) < _SIZE.size or len(data) < _SIZE.size + _SIZE.unpack_from(data)[0]:
        is_windows = os.name == "nt"  # it can only wait for sockets
        if not is_windows and not forked.is_readable(pipe.fileno(), until):
            return None
        chunk = os.read(pipe.fileno(), 2**20)
        if not chunk:
            return None
        data += chunk
    return _unpacked(bytes(data[_SIZE.size :]))

"""Tasks in an interpreter of their own: for processes that have threads or that cannot fork.

One such interpreter is started and kept. It has one thread and forks for every task; where the
system has no fork it does one task itself and ends.
"""

from __future__ import annotations

import atexit
import os
import pickle
import select
import signal
import struct
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import cache, partial
from typing import IO, TYPE_CHECKING, Any

from lstmcount.errors import LstmcountError
from lstmcount.isolation import child, forked, limits

if TYPE_CHECKING:
    from lstmcount.isolation import Preparation, Task

_START = "import sys; sys.path[:] = {path!r}; from lstmcount.isolation.fresh import serve; serve()"
_SIZE = struct.Struct("<Q")  # in front of every message
_ONE_THREAD = dict.fromkeys(["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"], "1")
_GRACE = 2.0  # seconds that the other interpreter may take to start


def answer(task: Task, args: tuple[Any, ...], prepare: Preparation | None = None) -> bytes | str:
    """What `task` answers there, as `plain.load` takes it; or why there is no answer."""
    asked = pickle.dumps((prepare, task, args))
    return _interpreter(os.getpid()).answer(pickle.dumps((_folder(), _path(), asked)))


def _path() -> list[str]:
    """Where this process finds modules now: more than when the interpreter was started, perhaps."""
    return [os.path.abspath(entry) for entry in sys.path if entry]


def _folder() -> str | None:
    """The current one, where it is still there."""
    try:
        return os.getcwd()
    except OSError:
        return None


@cache
def _interpreter(owner: int) -> _Interpreter:
    """The one that belongs to a process: a fork of it gets its own."""
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
                found = _receive(process.stdout, until)
            except OSError:
                found = None
            if found is None:
                late = time.monotonic() > until
                status = self._end()
                return limits.TOO_LATE if late else child.ending(status)
            return found

    def _start(self) -> subprocess.Popen[bytes]:
        if not sys.executable:
            raise LstmcountError("this Python cannot start the process that would read it")
        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _START.format(path=_path())],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **_ONE_THREAD},
            start_new_session=True,  # a group of processes, to be ended with those that it forks
        )
        return self._process

    def _end(self) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.2)  # where it has ended by itself, its own status tells why
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.communicate()
        return process.returncode


def serve() -> None:
    """What the other interpreter does: one task after the other, until nobody asks any more."""
    given, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    while size := given.read(_SIZE.size):
        folder, sys.path[:], asked = pickle.loads(given.read(*_SIZE.unpack(size)))
        if folder is not None:
            os.chdir(folder)  # paths may be relative to it
        prepare, task, args = pickle.loads(asked)
        if prepare is not None:
            prepare()
        if hasattr(os, "fork"):
            _send(answers, _packed(forked.answer(task, args)))
        else:
            _send(answers, _packed(child.answer(task, args, partial(_stop, answers))))
            return


def _stop(answers: IO[bytes], what: str) -> None:
    _send(answers, _packed(child.stopped_answer(what)))


def _packed(found: bytes | str) -> bytes:
    return b"=" + found if isinstance(found, bytes) else b"!" + found.encode()


def _unpacked(message: bytes) -> bytes | str:
    return message[1:] if message[:1] == b"=" else message[1:].decode()


def _send(pipe: IO[bytes], message: bytes) -> None:
    pipe.write(_SIZE.pack(len(message)) + message)
    pipe.flush()


def _receive(pipe: IO[bytes], until: float) -> bytes | str | None:
    """The next message; None where the other end has closed, or where it takes too long."""
    data = bytearray()
    while len(data) < _SIZE.size or len(data) < _SIZE.size + _SIZE.unpack_from(data)[0]:
        if not _is_readable(pipe, until):
            return None
        chunk = os.read(pipe.fileno(), 2**20)
        if not chunk:
            return None
        data += chunk
    return _unpacked(bytes(data[_SIZE.size :]))


def _is_readable(pipe: IO[bytes], until: float) -> bool:
    if os.name == "nt":  # where only sockets can be waited for; the child's limits must do
        return True
    return bool(select.select([pipe], [], [], max(0.0, until - time.monotonic()))[0])

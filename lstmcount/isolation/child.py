"""The child process's side: run one task, guarded and limited, and send one answer."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import Any

from lstmcount.errors import LstmcountError, no_text
from lstmcount.isolation import guard, limits, plain
from lstmcount.isolation.task import Guard, Task

TOO_DEEP = "it is nested too deeply to be read"
CRASHED = "it crashes its reader"


def work(task: Task, args: tuple[Any, ...], writer: int) -> None:
    """Run `task`, write its answer to the pipe `writer`, and end this process."""

    def stopped(attempt: str) -> None:
        _write(writer, stopped_answer(attempt))

    _write(writer, answer(task, args, stopped))
    os._exit(0)


def answer(task: Task, args: tuple[Any, ...], stopped: Callable[[str], None]) -> bytes:
    """Run `task` in this process and return its serialised answer.

    The process stays guarded and limited afterwards. If the task attempts something forbidden,
    `stopped` is called with a description of the attempt before the process ends.
    """

    def guarded(scratch: int = 0) -> None:
        limits.apply(scratch)
        guard.watch(stopped)

    return _dumped(_outcome(task, args, guarded))


def stopped_answer(attempt: str) -> bytes:
    """The serialised answer of a child that its guard ends."""
    return plain.dump(plain.Answer(reason=f"stopped, because reading it attempted {attempt}"))


def ending(status: int) -> str:
    """The reason why a child with this exit status gave no answer."""
    if hasattr(signal, "SIGXCPU") and status in (-signal.SIGXCPU, -signal.SIGKILL):
        return limits.TOO_LONG
    return CRASHED


def _outcome(task: Task, args: tuple[Any, ...], guarded: Guard) -> plain.Answer:
    try:
        return plain.Answer(value=task(guarded, *args))
    except LstmcountError as error:
        return plain.Answer(error=error)
    except UnicodeEncodeError as error:
        return plain.Answer(error=no_text(error))
    except MemoryError:
        return plain.Answer(reason=limits.TOO_MUCH)
    except RecursionError:
        return plain.Answer(reason=TOO_DEEP)
    except Exception as error:
        return plain.Answer(bug=f"{type(error).__name__}: {error}", trace=_trace(error))


def _trace(error: Exception) -> str:
    """The call stack of an exception, without source lines: a guarded child cannot read them."""
    from traceback import walk_tb

    return "".join(
        f"  {frame.f_code.co_filename}:{line} in {frame.f_code.co_name}\n"
        for frame, line in walk_tb(error.__traceback__)
    )


def _dumped(answer: plain.Answer) -> bytes:
    try:
        return plain.dump(answer)
    except MemoryError:
        return plain.dump(plain.Answer(reason=limits.TOO_MUCH))
    except RecursionError:
        return plain.dump(plain.Answer(reason=TOO_DEEP))


def _write(writer: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(writer, view) :]

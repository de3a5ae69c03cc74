"""What a child process does: one task, guarded and limited, and one answer."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from lstmcount.errors import LstmcountError
from lstmcount.isolation import guard, limits, plain

if TYPE_CHECKING:
    from lstmcount.isolation import Task

TOO_DEEP = "it is nested too deeply to be read"
CRASHED = "it crashes what reads it"


def work(task: Task, args: tuple[Any, ...], writer: int) -> None:
    """Write to a pipe what `task` answers, and end this process."""

    def stopped(what: str) -> None:
        _write(writer, stopped_answer(what))

    _write(writer, answer(task, args, stopped))
    os._exit(0)


def answer(task: Task, args: tuple[Any, ...], stopped: Callable[[str], None]) -> bytes:
    """What `task` answers in this process, which is guarded and limited from then on.

    `stopped` is called with what the task attempts, before the process ends for it.
    """

    def guarded() -> None:
        limits.apply()
        guard.watch(stopped)

    return _dumped(_outcome(task, args, guarded))


def stopped_answer(what: str) -> bytes:
    """What a child answers that its guard ends."""
    return plain.dump(plain.Answer(reason=f"stopped, because reading it attempted {what}"))


def ending(status: int) -> str:
    """Why a child that ended with this status gave no answer."""
    if hasattr(signal, "SIGXCPU") and status in (-signal.SIGXCPU, -signal.SIGKILL):
        return limits.TOO_LONG
    return CRASHED


def _outcome(task: Task, args: tuple[Any, ...], guarded: Callable[[], None]) -> plain.Answer:
    try:
        return plain.Answer(value=task(guarded, *args))
    except LstmcountError as error:
        return plain.Answer(error=error)
    except MemoryError:
        return plain.Answer(reason=limits.TOO_MUCH)
    except RecursionError:
        return plain.Answer(reason=TOO_DEEP)
    except Exception as error:
        return plain.Answer(bug=f"{type(error).__name__}: {error}", trace=_trace(error))


def _trace(error: Exception) -> str:
    """Where an exception was raised, without the lines: they would have to be read from files."""
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

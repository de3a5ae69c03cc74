"""Run a reader in a child process, under limits and watched, so that a file cannot reach the host.

This is the second of two walls. The first is that no reader lets a name or a value from a source
reach the host interpreter; this one holds where the first has a hole. A task reads one source. It
opens what it needs, calls `guard()`, reads, and returns plain data: from `guard()` on, the child
ends on any attempt to start a process, to write a file, to connect, or to run code that is not
installed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lstmcount.errors import FORMULA_ERRORS, LstmcountError
from lstmcount.layers.custom.known import NONE, CustomLayers

Guard = Callable[[], None]
Task = Callable[..., Any]  # task(guard, *args)
Preparation = Callable[[], None]


class ReaderBugError(RuntimeError):
    """An exception in a child that its task does not foresee: a bug in lstmcount."""


def isolated(
    task: Task,
    *args: Any,
    what: str,
    custom: CustomLayers = NONE,
    prepare: Preparation | None = None,
) -> Any:
    """What `task(guard, *args)` returns in a child process: plain data (see `isolation.plain`).

    `task` is a function of a module and `args` are plain data; `what` names the source in errors;
    `custom` holds the declarations that the answer may name; `prepare` imports what many tasks
    need, where one interpreter of its own reads for all of them.

    Raises the task's `LstmcountError`, one that begins with `what` where the child exceeds a limit,
    crashes or is ended by its guard, and `ReaderBugError` for any other exception in it.
    """
    from pickle import UnpicklingError

    from lstmcount.isolation import plain

    given = _answer(task, args, prepare)
    if isinstance(given, str):
        raise LstmcountError(f"{what}: {given}")
    try:
        answer = plain.load(given, custom)
        if not isinstance(answer, plain.Answer):
            raise UnpicklingError(f"{type(answer).__name__} is no answer")
    except (UnpicklingError, EOFError, *FORMULA_ERRORS) as error:
        raise LstmcountError(f"{what}: what was read of it is no answer") from error
    if answer.error is not None:
        raise answer.error
    if answer.bug is not None:
        bug = ReaderBugError(answer.bug)
        bug.add_note(answer.trace)
        raise bug
    if answer.reason is not None:
        raise LstmcountError(f"{what}: {answer.reason}")
    return answer.value


def _answer(task: Task, args: tuple[Any, ...], prepare: Preparation | None) -> bytes | str:
    from lstmcount.isolation import forked

    if forked.is_possible():
        return forked.answer(task, args)
    from lstmcount.isolation import fresh

    return fresh.answer(task, args, prepare)


__all__ = ["Guard", "ReaderBugError", "isolated"]

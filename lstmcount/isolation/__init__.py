"""Run a reader in a child process, under limits and watched, so that a file cannot reach the host.

This is the second of two walls. The first is that no reader lets a name or a value from a source
reach the host interpreter; the second must hold if the first has a hole. A task reads one source.
It opens the files that it needs, calls `guard()`, reads, and returns plain data. After `guard()`,
any attempt to start a process, write a file, connect, or run code that is not installed ends the
child.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from lstmcount.errors import FORMULA_ERRORS, LstmcountError
from lstmcount.isolation.task import Guard, Preparation, Task
from lstmcount.layers.custom.known import NONE, CustomLayers

FEW = 3  # for so few tasks, importing in each takes less time than another interpreter
_prepared = Counter[Preparation]()


class ReaderBugError(RuntimeError):
    """An unexpected exception in a child process: a bug in lstmcount."""


def isolated(
    task: Task,
    *args: Any,
    subject: str,
    custom: CustomLayers = NONE,
    prepare: Preparation | None = None,
) -> Any:
    """Run `task(guard, *args)` in a child process and return its result.

    `task` is a module-level function; `args` and the result are plain data (see `isolation.plain`).
    `subject` begins the error if the child gives no answer. `custom` holds the declarations that
    the answer may name. `prepare` imports modules that many tasks need, if a separate interpreter
    runs the tasks.

    Raises the `LstmcountError` that the task raises; an `LstmcountError` that begins with `subject`
    if the child exceeds a limit, crashes or is ended by its guard; and `ReaderBugError` for any
    other exception in the child.
    """
    from pickle import UnpicklingError

    from lstmcount.isolation import plain

    data_or_reason = _answer(task, args, prepare)
    if isinstance(data_or_reason, str):
        raise LstmcountError(f"{subject}: {data_or_reason}")
    try:
        answer = plain.load(data_or_reason, custom)
        if not isinstance(answer, plain.Answer):
            raise UnpicklingError(f"expected an Answer, got {type(answer).__name__}")
    except (UnpicklingError, EOFError, MemoryError, *FORMULA_ERRORS) as error:
        raise LstmcountError(f"{subject}: the process that read it gave no valid answer") from error
    if answer.error is not None:
        raise answer.error
    if answer.bug is not None:
        bug = ReaderBugError(answer.bug)
        bug.add_note(answer.trace)
        raise bug
    if answer.reason is not None:
        raise LstmcountError(f"{subject}: {answer.reason}")
    return answer.value


def _answer(task: Task, args: tuple[Any, ...], prepare: Preparation | None) -> bytes | str:
    from lstmcount.isolation import forked

    if forked.is_possible() and not _is_frequent(prepare):
        return forked.answer(task, args)
    from lstmcount.isolation import fresh

    return fresh.answer(task, args, prepare)


def _is_frequent(prepare: Preparation | None) -> bool:
    """Whether more than `FEW` tasks used these imports, so that importing them once is faster."""
    if prepare is not None:
        _prepared[prepare] += 1
    return prepare is not None and _prepared[prepare] > FEW


__all__ = ["Guard", "ReaderBugError", "isolated"]

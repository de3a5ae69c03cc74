"""The entry point of the command line, which turns every exception into a one-line message.

Only modules that Python has already loaded are imported at the top, so that Ctrl-C and lack of
memory are handled while everything else is imported.
"""

from __future__ import annotations

import gc
import os
import sys

LIVE_OBJECTS = 50_000  # objects made by loading modules; collecting garbage earlier does not pay
BUG = 70  # EX_SOFTWARE of sysexits.h
DEBUG = "LSTMCOUNT_DEBUG"


def main() -> None:
    """Run the command line.

    Exit status: 0 fine, 1 a check failed, 2 bad input or usage, 70 a bug of lstmcount, 130
    interrupted, 141 the reader of the output has closed it.
    """
    sys.unraisablehook = _unraisable
    gc.set_threshold(LIVE_OBJECTS)
    try:
        from lstmcount import memory
        from lstmcount.cli import pipes

        memory.require(memory.TO_START)
        pipes.die_quietly()
        pipes.open_streams()
        status = _run()
        pipes.ignore_interrupts_at_exit()
    except KeyboardInterrupt:
        status = 130
    except Exception as error:
        status = _report(error)
    gc.freeze()  # at exit Python would search everything for garbage, a tenth of a short command
    sys.exit(status)


def _run() -> int:
    from lstmcount.cli.pipes import ClosedPipeError, ended

    try:
        from lstmcount.cli.commands import run

        return run()
    except ClosedPipeError:
        ended()


def _report(error: Exception) -> int:
    """Report in one line what ended the command; returns the exit status."""
    from lstmcount import memory

    if os.environ.get(DEBUG):
        import traceback

        traceback.print_exception(error)
    causes = _causes(error)
    if any(isinstance(cause, KeyboardInterrupt) for cause in causes):
        return 130  # an import or a library turned it into another exception
    if _is_lack_of_memory(causes):
        _say(memory.TOO_LITTLE)
        return 2
    from lstmcount.errors import reason_of

    reason = reason_of(error)
    if reason is not None:
        _say(_plain(reason))
        return 2
    hint = "" if os.environ.get(DEBUG) else f"; {DEBUG}=1 shows where"
    _say(f"this is a bug: {_described(error)}{hint}")
    return BUG


def _causes(error: BaseException) -> list[BaseException]:
    """The exception, its causes and its contexts."""
    causes: list[BaseException] = []
    todo: list[BaseException | None] = [error]
    while todo:
        cause = todo.pop()
        if cause is not None and cause not in causes:
            causes.append(cause)
            todo += [cause.__cause__, cause.__context__]
    return causes


def _is_lack_of_memory(causes: list[BaseException]) -> bool:
    """Libraries report lack of memory in several ways: as a failed import, or an internal error."""
    from errno import ENOMEM

    from lstmcount import memory

    for cause in causes:
        if isinstance(cause, MemoryError) or getattr(cause, "errno", None) == ENOMEM:
            return True
    return memory.is_short(memory.TO_START)


def _described(error: Exception) -> str:
    name = type(error).__name__
    try:
        text = _plain(" ".join(str(error).split()))
    except Exception:  # its message cannot be built
        return name
    return f"{name}: {text}" if text else name


def _plain(text: str) -> str:
    from lstmcount.errors import LstmcountError

    return str(LstmcountError(text))  # bounds the text and escapes control characters


def _say(text: str) -> None:
    print(f"lstmcount: {text}", file=sys.stderr)


def _unraisable(unraisable: sys.UnraisableHookArgs) -> None:
    """End the process on Ctrl-C in a callback, where Python would print a traceback and go on."""
    if isinstance(unraisable.exc_value, KeyboardInterrupt):
        os._exit(130)
    sys.__unraisablehook__(unraisable)

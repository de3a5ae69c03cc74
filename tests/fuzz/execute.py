"""Run one command in this process as a shell would, and find its failures."""

from __future__ import annotations

import gc
import io
import os
import re
import resource
import signal
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lstmcount import cli
from tests.fuzz import outputs
from tests.fuzz.watch import Watch

SECONDS = 5  # of processor time, for a command with its children
MEBIBYTES = 500  # more than there were before
STATUSES = (0, 1, 2)
_IN_PACKAGE = re.compile(r'File "[^"]*?/(lstmcount/[^"]*)", line (\d+),? in (\S+)')


class OverTimeError(BaseException):
    """Raised in the running command when its time is over."""


@dataclass
class Outcome:
    status: int | None
    kind: str | None = None  # of failure; None where all is well
    details: str = ""


def execute(watch: Watch, folder: Path, args: Sequence[str], stdin: bytes) -> Outcome:
    """Run `lstmcount ARGS` in the folder, which is the current one."""
    out, err = io.BytesIO(), io.BytesIO()
    before, children = _memory(reset=True), _seconds_of_children()
    status: Any = None
    kind, details = None, ""
    with watch.watched(folder) as doings, _streams(args, stdin, out, err):
        try:
            with _timed():
                cli.main()
        except SystemExit as end:
            status = end.code
        except OverTimeError:
            details = traceback.format_exc()
            kind = f"over {SECONDS} s: {task(details)}"
        except BaseException as error:
            details = traceback.format_exc()
            kind = f"{type(error).__name__}: {place(details)}"
    if kind is None and status not in STATUSES:
        details = err.getvalue().decode("utf-8", "replace")
        kind = f"status {status}: {_last_line(details)}: {place(details)}"
    if kind is None and doings:
        kind, details = f"did {doings[0]}", "\n".join(doings)
    if kind is None and (more := _memory() - before) > MEBIBYTES * 1024:
        kind = f"over {MEBIBYTES} MB: {more // 1024} MB by {args[0]}"
    if kind is None and _seconds_of_children() - children > SECONDS:
        kind = f"over {SECONDS} s: a child of {args[0]}"
    if kind is None:
        wrong = outputs.complaint(args, status, out.getvalue(), err.getvalue())
        if wrong:
            kind, details = (
                f"output of {args[0]}: {wrong}",
                out.getvalue().decode("utf-8", "replace"),
            )
    return Outcome(status, kind, details[-20_000:])


def place(text: str) -> str:
    """Where in the package a traceback ends."""
    found = _IN_PACKAGE.findall(text)
    if not found:
        return "?"
    file, line, function = found[-1]
    return f"{file}:{line} {function}"


def task(text: str) -> str:
    """The part that ran when a command's time was over: its first calls of other modules."""
    found = _IN_PACKAGE.findall(text)
    calls = [f"{file} {name}" for file, _, name in found if not file.startswith("lstmcount/cli/")]
    return ", ".join(dict.fromkeys(calls[:2])) or "?"


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1][:120] if lines else ""


def limit_memory() -> None:
    """Limit the memory, so that a command cannot exhaust the machine's."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    most = pages * resource.getpagesize() + 2**30
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _memory(*, reset: bool = False) -> int:
    """The peak of resident memory since the last reset, in KiB."""
    if reset:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    status = Path("/proc/self/status").read_bytes()
    return int(status.partition(b"VmHWM:")[2].split(None, 1)[0])


def _seconds_of_children() -> float:
    times = os.times()
    return times.children_user + times.children_system


@contextmanager
def _timed() -> Iterator[None]:
    def over(*_: object) -> None:
        raise OverTimeError

    signal.signal(signal.SIGPROF, over)
    signal.setitimer(signal.ITIMER_PROF, SECONDS, 1)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


@contextmanager
def _streams(args: Sequence[str], stdin: bytes, out: io.BytesIO, err: io.BytesIO) -> Iterator[None]:
    before = sys.argv, sys.stdin, sys.stdout, sys.stderr
    sys.argv = ["lstmcount", *args]
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")
    sys.stdout = io.TextIOWrapper(out, encoding="utf-8", errors="surrogateescape")
    sys.stderr = io.TextIOWrapper(err, encoding="utf-8", errors="backslashreplace")
    try:
        yield
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
            stream.detach()
        sys.argv, sys.stdin, sys.stdout, sys.stderr = before
        gc.enable()  # as it is at the start of a process

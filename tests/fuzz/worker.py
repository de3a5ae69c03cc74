"""Child processes that run cases: crashes, hangs and leaks of memory end with them."""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from tests.fuzz.cases import case
from tests.fuzz.execute import execute, limit_memory, place
from tests.fuzz.sources.base import Source
from tests.fuzz.watch import Watch

HANGING = 60  # seconds on the clock

Event = dict[str, Any]
Put = Callable[[Event], None]


def cases(seed: int, numbers: Iterable[int]) -> Iterator[Event]:
    """The outcome of each command of each case; after a crash, the other cases are left."""

    def work(put: Put, dump: IO[str]) -> None:
        watch = _ready(dump)
        for number in numbers:
            put({"making": number})
            made = case(seed, number)
            with folder_of(made.source) as folder:
                for index, args in enumerate(made.commands):
                    start = {
                        "case": number,
                        "index": index,
                        "args": args,
                        "source": made.source.kind,
                    }
                    put(start)
                    put(start | run_one(watch, folder, made.source, args))
        put({"end": True})

    return apart(work)


def attempt(source: Source, args: tuple[str, ...]) -> str | None:
    """The kind of failure of one command over a source."""

    def work(put: Put, dump: IO[str]) -> None:
        watch = _ready(dump)
        with folder_of(source) as folder:
            put({"args": args})
            put({"args": args} | run_one(watch, folder, source, args))
        put({"end": True})

    kinds = [event["kind"] for event in apart(work) if event.get("kind")]
    return kinds[0] if kinds else None


def run_one(watch: Watch, folder: Path, source: Source, args: tuple[str, ...]) -> Event:
    stdin = source.files[source.name] if "-" in args else b""
    outcome = execute(watch, folder, args, stdin)
    return {"status": outcome.status, "kind": outcome.kind, "details": outcome.details}


def _ready(dump: IO[str]) -> Watch:
    limit_memory()
    faulthandler.register(signal.SIGUSR1, file=dump)  # says where, also within a long C call
    os.environ["LSTMCOUNT_DEBUG"] = "1"  # so that a bug says where it is
    return Watch()


@contextlib.contextmanager
def folder_of(source: Source) -> Iterator[Path]:
    """A folder with the source's files, as the current folder."""
    before = os.getcwd()
    folder = Path(tempfile.mkdtemp(prefix="fuzzed-"))
    tempfile.tempdir = str(folder)
    try:
        for name, data in source.files.items():
            (folder / name).write_bytes(data)
        os.chdir(folder)
        if source.git:
            _commit(folder / source.name)
        yield folder
    finally:
        os.chdir(before)
        tempfile.tempdir = None
        shutil.rmtree(folder, ignore_errors=True)


def _commit(model: Path) -> None:
    """Make the folder a repository with another version of the model."""
    data = model.read_bytes()
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main")
    model.write_bytes(b"input_shape: [5, 3]\nlayers: [{LSTM: 3}, {Dense: 2}]\n")
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "a")):
        subprocess.run(("git", *who, *command), check=False, capture_output=True)
    model.write_bytes(data)


def apart(work: Callable[[Put, IO[str]], None]) -> Iterator[Event]:
    """What `work` puts, in a child process; how it ended where that is not by itself."""
    reader, writer = os.pipe()
    with tempfile.TemporaryFile("w+") as dump:
        child = os.fork()
        if child == 0:
            _as_child(work, reader, writer, dump)
        os.close(writer)
        last: Event = {}
        ended = False
        for event in _lines(reader, child):
            last = event
            ended = ended or "end" in event
            yield event
        os.close(reader)
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        _, how = os.waitpid(child, 0)
        if not ended:
            dump.seek(0)
            details = dump.read()
            kind = f"ended by {how}: {place(_outermost_last(details))}"
            yield last | {"status": None, "kind": kind, "details": details, "died": True}


def _as_child(
    work: Callable[[Put, IO[str]], None], reader: int, writer: int, dump: IO[str]
) -> None:
    try:
        os.close(reader)
        work(lambda event: _put(writer, event), dump)
    except BaseException:
        dump.write(traceback.format_exc())
        dump.flush()
    finally:
        os._exit(0)


def _put(writer: int, event: Event) -> None:
    data = json.dumps(event).encode() + b"\n"
    while data:
        data = data[os.write(writer, data) :]


def _outermost_last(dump: str) -> str:
    """faulthandler begins with the innermost call; tracebacks end with it."""
    return "\n".join(reversed(dump.splitlines())) if "most recent call first" in dump else dump


def _lines(reader: int, child: int) -> Iterator[Event]:
    """The lines until the other end closes; a process that is silent too long shows a traceback."""
    rest = b""
    while select.select([reader], [], [], HANGING)[0]:
        chunk = os.read(reader, 2**16)
        if not chunk:
            return
        *lines, rest = (rest + chunk).split(b"\n")
        yield from map(json.loads, lines)
    os.kill(child, signal.SIGUSR1)
    time.sleep(1)

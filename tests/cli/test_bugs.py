"""An unexpected exception is one line with a status of its own, never a failed check."""

from __future__ import annotations

import errno
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from lstmcount import cli
from tests.conftest import ROOT, Call

SPEC = "configs/lstm_cell.yaml"


class UnprintableError(Exception):
    def __str__(self) -> str:
        raise ValueError("it has no text")


def _raising(error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    def run() -> int:
        raise error

    monkeypatch.setattr("lstmcount.cli.commands.run", run)


def _from(error: Exception, cause: BaseException) -> Exception:
    error.__cause__ = cause
    return error


BUGS = [
    (TypeError("unhashable type: 'dict'"), "TypeError: unhashable type: 'dict'"),
    (AssertionError(), "AssertionError;"),
    (KeyError("a\n\x1b[31mb"), r"KeyError: 'a\n\x1b[31mb';"),
    (ValueError("red \x1b[31m \u202e and\nmore"), r"ValueError: red \x1b[31m \u202e and more;"),
    (ValueError("word " * 10_000), "word word  …;"),
    (ValueError("\ud800"), r"ValueError: \ud800;"),
    (UnprintableError(), "UnprintableError;"),
]


@pytest.mark.parametrize(("error", "words"), BUGS, ids=[type(e).__name__ for e, _ in BUGS])
def test_an_unexpected_exception_is_reported_as_a_bug(
    call: Call, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    _raising(error, monkeypatch)
    monkeypatch.delenv(cli.DEBUG, raising=False)
    done = call("count", SPEC, cwd=ROOT)
    assert (done.returncode, done.stdout) == (cli.BUG, "")
    assert done.stderr.startswith("lstmcount: this is a bug: ")
    assert done.stderr.endswith("; LSTMCOUNT_DEBUG=1 shows where\n")
    assert words in done.stderr
    assert done.stderr.removesuffix("\n").isprintable()
    assert len(done.stderr) < 3000


def test_where_a_bug_is(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    _raising(TypeError("no"), monkeypatch)
    monkeypatch.setenv(cli.DEBUG, "1")
    done = call("count", SPEC, cwd=ROOT)
    assert done.returncode == cli.BUG
    assert done.stderr.startswith("Traceback (most recent call last):\n")
    assert "test_bugs.py" in done.stderr
    assert done.stderr.endswith("\nlstmcount: this is a bug: TypeError: no\n")


ENDS = [
    (MemoryError(), 2, "it takes more memory than there is"),
    (OSError(errno.ENOMEM, "Cannot allocate memory"), 2, "it takes more memory than there is"),
    (_from(ImportError("no"), MemoryError()), 2, "it takes more memory than there is"),
    (RecursionError("maximum recursion depth"), 2, "nested too deep"),
    (OSError(errno.ENOSPC, "No space left on device"), 2, "No space left on device"),
    (OSError("\x1b[31m"), 2, r"\x1b[31m"),
    (KeyboardInterrupt(), 130, None),
    (_from(RuntimeError("of a library"), KeyboardInterrupt()), 130, None),
]


@pytest.mark.parametrize(("error", "status", "words"), ENDS, ids=[repr(e) for e, _, _ in ENDS])
def test_ends_that_are_no_bugs_have_their_own_status(
    call: Call,
    monkeypatch: pytest.MonkeyPatch,
    error: BaseException,
    status: int,
    words: str | None,
) -> None:
    _raising(error, monkeypatch)
    done = call("count", SPEC, cwd=ROOT)
    assert done.returncode == status
    assert done.stderr == (f"lstmcount: {words}\n" if words else "")


# What happens while a library is imported → status, and the line.
IMPORTS = {
    "interrupt": ("import os, signal; os.kill(os.getpid(), signal.SIGINT)", 130, ""),
    "interrupt in a callback": (
        "import os, signal, weakref\n"
        "class Dropped: pass\n"
        "it = Dropped()\n"
        "gone = weakref.ref(it, lambda _: os.kill(os.getpid(), signal.SIGINT))\n"
        "del it\n",
        130,
        "",
    ),
    "memory": ("raise MemoryError", 2, "lstmcount: it takes more memory than there is\n"),
}


@pytest.mark.parametrize(("program", "status", "line"), IMPORTS.values(), ids=list(IMPORTS))
def test_an_exception_during_imports_has_a_status_of_its_own(
    call: Call, tmp_path: Path, program: str, status: int, line: str
) -> None:
    (tmp_path / "click.py").write_text(program)
    done = subprocess.run(
        [sys.executable, "-m", "lstmcount", "count", SPEC],
        cwd=ROOT,
        env={"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (status, "", line)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of address space")
@pytest.mark.parametrize("command", ["summary", "trace", "report"])
@pytest.mark.parametrize("megabytes", [24, 32, 48, 64, 80, 112, 160])
def test_little_memory(tmp_path: Path, command: str, megabytes: int) -> None:
    path = tmp_path / "model.yaml"
    path.write_text("input_shape: [4, 3]\nlayers:\n- LSTM: 2\n")

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * 2**20, megabytes * 2**20))

    output = ["-o", "-"] if command == "report" else []
    done = subprocess.run(
        [sys.executable, "-m", "lstmcount", command, str(path), *output],
        cwd=ROOT,
        preexec_fn=bounded,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode:
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr == "lstmcount: it takes more memory than there is\n"
    else:
        assert done.stderr == ""


def test_a_small_file_needs_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    path.write_text("input_shape: [3]\nlayers:\n- Dense: 2\n")

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (80_000 * 1024, 80_000 * 1024))

    done = subprocess.run(
        [sys.executable, "-m", "lstmcount", "count", str(path)],
        cwd=ROOT,
        preexec_fn=bounded,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "8\n", "")

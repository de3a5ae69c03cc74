"""`lstmcount` in a process with little memory and little time."""

from __future__ import annotations

import atexit
import functools
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conftest import ROOT

MEMORY = 2**30
SECONDS = 60
MODEL = json.dumps(
    {
        "class_name": "Sequential",
        "config": {
            "name": "m",
            "layers": [
                {"class_name": "InputLayer", "config": {"batch_shape": [None, 3], "name": "x"}},
                {"class_name": "Dense", "config": {"units": 2, "name": "d"}},
            ],
        },
    }
)


@functools.cache
def server() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.safety.forking"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(process.communicate)
    return process


def run(*args: str, cwd: Path = ROOT, seconds: int = SECONDS) -> subprocess.CompletedProcess[str]:
    """`lstmcount` with no more memory and time than a small machine has."""
    requests, answers = server().stdin, server().stdout
    assert requests is not None
    assert answers is not None
    with TemporaryDirectory() as folder:
        output = [Path(folder, name) for name in ("stdout", "stderr")]
        command = {
            "args": args, "cwd": str(cwd), "output": [str(file) for file in output],
            "memory": MEMORY, "seconds": seconds,
        }  # fmt: skip
        requests.write(json.dumps(command) + "\n")
        requests.flush()
        status = int(answers.readline())
        return subprocess.CompletedProcess(args, status, *(file.read_text() for file in output))


def assert_refused(path: Path, words: str, *args: str, seconds: int = SECONDS) -> None:
    done = run(*(args or ("summary",)), str(path), seconds=seconds)
    assert done.returncode == 2, (done.returncode, done.stderr[-500:])
    assert words in done.stderr, done.stderr[-500:]
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.removesuffix("\n").isprintable()
    assert len(done.stderr) < 5000

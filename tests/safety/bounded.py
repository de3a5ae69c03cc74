"""`lstmcount` in a process with little memory and little time."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

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


def run(*args: str, cwd: Path = ROOT, seconds: int = SECONDS) -> subprocess.CompletedProcess[str]:
    """`lstmcount` with no more memory and time than a small machine has."""

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))

    return subprocess.run(
        [sys.executable, "-m", "lstmcount", *args],
        capture_output=True,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"},
        timeout=2 * SECONDS,
        preexec_fn=bounded,
        stdin=subprocess.DEVNULL,
        check=False,
    )


def assert_refused(path: Path, words: str, *args: str, seconds: int = SECONDS) -> None:
    done = run(*(args or ("summary",)), str(path), seconds=seconds)
    assert done.returncode == 2, (done.returncode, done.stderr[-500:])
    assert words in done.stderr, done.stderr[-500:]
    assert "Traceback" not in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.removesuffix("\n").isprintable()
    assert len(done.stderr) < 5000

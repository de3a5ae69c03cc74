"""Ctrl-C during a sweep keeps what is done."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT

SPEC = "configs/variable_sizes.yaml"
GRID = ("--set", "units=1..900000000")


def interrupted(file: Path, fmt: str) -> subprocess.CompletedProcess[str]:
    """A sweep that is interrupted after the first points are written."""
    command = [
        sys.executable,
        "-m",
        "lstmcount",
        "sweep",
        SPEC,
        *GRID,
        "--format",
        fmt,
        "-o",
        str(file),
    ]
    process = subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    give_up = time.monotonic() + 60
    while not has_content(file.parent) and time.monotonic() < give_up:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return subprocess.CompletedProcess(command, process.returncode, out, err)


def has_content(folder: Path) -> bool:
    """Whether something was written there, also to a temporary file."""
    return any(entry.stat().st_size for entry in folder.iterdir())


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize("fmt", ["csv", "jsonl"])
def test_what_is_done_is_whole(tmp_path: Path, fmt: str) -> None:
    file = tmp_path / "points"
    done = interrupted(file, fmt)
    assert done.returncode == 130
    assert re.fullmatch(r"interrupted: [\d,]+ of 900,000,000 points are done\n", done.stderr)
    text = file.read_text()
    assert text.endswith("\n")
    if fmt == "csv":
        rows = [{k: int(v) for k, v in row.items()} for row in csv.DictReader(io.StringIO(text))]
    else:
        rows = [json.loads(line) for line in text.splitlines()]
    assert [row["units"] for row in rows] == list(range(1, len(rows) + 1))
    assert rows[63]["params"] == 181_123

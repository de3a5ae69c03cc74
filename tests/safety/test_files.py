"""Pipes, devices, and files that name each other."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from tests.safety.bounded import MODEL, assert_refused, run


def test_a_pipe_without_a_writer(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    os.mkfifo(path)
    assert_refused(path, "no process writes")


def test_a_pipe_that_is_written_to(tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    os.mkfifo(path)
    writer = subprocess.Popen(["sh", "-c", f"sleep 1; printf '%s' '{MODEL}' > '{path}'"])
    done = run("summary", str(path))
    writer.wait()
    assert done.returncode == 0
    assert "d (Dense)" in done.stdout


@pytest.mark.parametrize(
    ("path", "words"),
    [("/dev/zero", "larger than"), ("/dev/null", "empty"), ("/", "directory")],
)
def test_device(path: str, words: str) -> None:
    assert_refused(Path(path), words, "explain")


def test_models_that_contain_each_other(tmp_path: Path) -> None:
    for one, other in (("a", "b"), ("b", "a")):
        text = f"input_shape: [3]\nlayers:\n  - model: {other}.yaml\n"
        (tmp_path / f"{one}.yaml").write_text(text)
    assert_refused(tmp_path / "a.yaml", "contains itself")


def test_models_that_contain_the_next_one_many_times(tmp_path: Path) -> None:
    for i in range(15):
        names = [f"  - model: m{i + 1}.yaml\n    name: n{k}\n" for k in range(10)]
        inner = "".join(names) if i < 14 else "  - Activation: relu\n"
        (tmp_path / f"m{i}.yaml").write_text(f"input_shape: [3]\nlayers:\n{inner}")
    assert_refused(tmp_path / "m0.yaml", "the nested models have more than 2000 models or")

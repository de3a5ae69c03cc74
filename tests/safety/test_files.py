"""Pipes, devices, and files that name each other."""

from __future__ import annotations

import os
import subprocess
import sys
import time
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
    [("/dev/zero", "a device"), ("/dev/ptmx", "a device"), ("/", "directory")],
)
def test_a_device_is_refused(path: str, words: str) -> None:
    assert_refused(Path(path), words, "explain")


@pytest.mark.parametrize("name", ["model.yaml", "model.keras"])
@pytest.mark.parametrize("target", ["/dev/stdin", "/proc/self/fd/0", "/dev/tty", "/dev/ptmx"])
def test_a_link_to_a_stream_does_not_wait(tmp_path: Path, name: str, target: str) -> None:
    """Standard input is a pipe that stays open, into which nobody writes."""
    (tmp_path / name).symlink_to(target)
    (tmp_path / "m.yaml").write_text(MODEL)
    for args in (["count", name], ["count", "m.yaml", "-o", name], ["verify", "m.yaml", name]):
        done = with_open_input(args, tmp_path)
        assert done.returncode == 2, done.stderr
        assert done.stderr.startswith(f"lstmcount: {name}: "), done.stderr
        assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not os.path.exists("/proc/kmsg"), reason="Linux")
def test_a_file_of_the_system_that_waits(tmp_path: Path) -> None:
    (tmp_path / "saved_model.pb").symlink_to("/proc/kmsg")
    (tmp_path / "m.yaml").symlink_to("/proc/kmsg")
    for source in (".", "m.yaml"):
        assert with_open_input(["count", source], tmp_path).returncode == 2


def with_open_input(args: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    reader, writer = os.pipe()
    try:
        return subprocess.run(
            [sys.executable, "-m", "lstmcount", *args],
            cwd=folder,
            stdin=reader,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    finally:
        os.close(reader)
        os.close(writer)


def test_output_to_a_pipe(tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(MODEL)
    os.mkfifo(tmp_path / "pipe")
    done = run("count", "m.json", "-o", "pipe", cwd=tmp_path)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    command = f"{sys.executable} -m lstmcount count m.json"
    for target in (">(cat > copy; rm pipe)", "/dev/stdout >> copy"):
        subprocess.run(["bash", "-c", f"{command} -o {target}"], cwd=tmp_path, check=True)
        while (tmp_path / "pipe").exists():
            time.sleep(0.01)
    assert (tmp_path / "copy").read_text() == "8\n8\n"


@pytest.mark.parametrize(
    "args",
    [
        ["count", "m.json", "--config", "loop.yaml"],
        ["init", "--update", "-o", "loop.yaml"],
        ["check", "loop.yaml", "--max-params", "9"],
        ["check", "m.json", "--baseline", "loop.yaml", "--max-increase", "1"],
    ],
)
def test_a_link_to_itself(tmp_path: Path, args: list[str]) -> None:
    (tmp_path / "m.json").write_text(MODEL)
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    done = run(*args, cwd=tmp_path)
    assert done.returncode == 2, done.stderr
    assert "loop.yaml: too many levels of symbolic links" in done.stdout + done.stderr


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

"""`lstmcount check` of many models: errors, interruptions, patterns, progress."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.checks import SMALL, failures
from tests.conftest import ROOT, Call
from tests.repository import spec


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    for i in range(300):
        path = folder / "models" / f"{i % 7}" / f"{i:03}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(spec({"Dense": i + 1}, budget={"max_params": 2000}))
    (folder / "models" / "3" / "broken.json").write_text('{"layers": [')
    return folder


def test_one_broken_file_is_one_error_among_many_results(call: Call, many: Path) -> None:
    done = call("check", "models/**/*.json", "--quiet", cwd=many)
    assert done.returncode == 2
    assert done.stderr == ("lstmcount: models/3/broken.json:1:13: not JSON: Expecting value\n")
    assert len(failures(done.stdout)) == 300 - 2000 // 9
    assert done.stdout.splitlines()[-1] == "301 models, 78 over budget, 1 could not be checked"


def test_a_glob_that_matches_nothing(call: Call, many: Path) -> None:
    done = call("check", "nope/*.json", cwd=many)
    assert (done.returncode, done.stderr) == (2, "lstmcount: no file matches 'nope/*.json'\n")


def test_a_closed_pipe_leaves_neither_files_nor_processes(many: Path) -> None:
    command = (
        f"'{sys.executable}' -m lstmcount check 'models/**/*.json' --report sarif=r.sarif "
        "| head -n 1; echo ${PIPESTATUS[0]}"
    )
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=many,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,
    )
    assert done.stdout.splitlines()[1:] == ["141"]
    assert os.listdir(many) == ["models"]


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_leaves_neither_files_nor_processes(tmp_path: Path) -> None:
    for i in range(5000):
        (tmp_path / f"{i}.json").write_text(spec({"Dense": 1}, budget={"max_params": 9}))
    command = [sys.executable, "-m", "lstmcount", "check", "--output", "out/r.txt", "*.json"]
    (tmp_path / "out").mkdir()
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    deadline = time.monotonic() + 30
    while not os.listdir(tmp_path / "out") and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in errors
    assert os.listdir(tmp_path / "out") == []
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_links_in_circles_do_not_make_a_glob_endless(call: Call, tmp_path: Path) -> None:
    (tmp_path / "models" / "a").mkdir(parents=True)
    (tmp_path / "models" / "a" / "m.yaml").write_text(SMALL)
    (tmp_path / "models" / ".hidden.yaml").write_text("not a model")
    for i in range(5):
        (tmp_path / "models" / f"loop{i}").symlink_to(".")
    done = call("check", "models/**/*.yaml", "--max-params", "1k", cwd=tmp_path)
    assert done.stdout == "ok   models/a/m.yaml: params 562 of 1,000 (56 %)\n"
    done = call("check", f"{tmp_path}/**/m.yaml", "--max-params", "1k", cwd=tmp_path / "models")
    assert done.stdout == f"ok   {tmp_path}/models/a/m.yaml: params 562 of 1,000 (56 %)\n"
    done = call("check", "**/m.yaml", "./**/*.yaml", "--max-params", "1k", cwd=tmp_path)
    assert done.stdout.splitlines()[0] == "ok   models/a/m.yaml: params 562 of 1,000 (56 %)"


def test_progress_is_shown_on_a_terminal_and_gives_way(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from lstmcount.cli import progress

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setattr(progress, "EVERY", 0)
    assert list(progress.with_progress("abc", 3)) == ["a", "b", "c"]
    shown = capsys.readouterr().err.split("\r\x1b[K")
    assert shown == ["1 of 3 (33%)", "2 of 3 (67%)", "3 of 3 (100%)", ""]
    monkeypatch.setattr(sys.stderr, "isatty", lambda: False, raising=False)
    assert list(progress.with_progress("abc", 3)) == ["a", "b", "c"]
    assert capsys.readouterr().err == ""

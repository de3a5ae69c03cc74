"""`lstmcount check` against a base in git, or against recorded numbers."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.checks import LARGE, SMALL, failures
from tests.conftest import ROOT, Call
from tests.repository import Repository, spec


@pytest.fixture
def project(tmp_path: Path) -> Repository:
    """`feature` has a larger m.yaml than `main`."""
    found = Repository(tmp_path / "project")
    found.commit(**{"models/m.yaml": SMALL})
    found.git("checkout", "-q", "-b", "feature")
    found.commit(**{"models/m.yaml": LARGE})
    return found


def test_growth_since_a_branch(call: Call, project: Repository) -> None:
    arguments = ["check", "models/m.yaml", "--max-increase", "5% or 100"]
    done = call(*arguments, "--base", "main", cwd=project.folder)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "FAIL models/m.yaml: params 562 -> 1,634 (+1,072, +190.7%; allowed +5% or 100, 662)",
        "     lstm (LSTM) grew most: 544 -> 1,600 (+1,056)",
    ]
    assert call(*arguments, "--base", "feature", cwd=project.folder).returncode == 0


def test_growth_without_a_base_is_an_error_that_says_what_to_do(
    call: Call, project: Repository
) -> None:
    done = call("check", "models/m.yaml", "--max-increase", "5%", cwd=project.folder)
    assert done.returncode == 2
    assert "--base REF" in done.stderr
    assert "--update-baseline" in done.stderr


def test_a_new_model_has_nothing_to_be_compared_with(call: Call, project: Repository) -> None:
    project.write("new.yaml", LARGE)
    done = call("check", "new.yaml", "--max-increase", "0%", "--base", "main", cwd=project.folder)
    assert done.returncode == 0
    assert done.stdout == "note new.yaml: not in main: nothing to compare with\n"


def test_a_base_that_cannot_be_read_is_named(call: Call, project: Repository) -> None:
    project.git("checkout", "-q", "main")
    project.commit(**{"models/m.yaml": "layers:\n  - LSTMM: 3\n"})
    project.git("checkout", "-q", "-b", "other")
    project.commit(**{"models/m.yaml": LARGE})
    done = call(
        "check", "models/m.yaml", "--max-increase", "5%", "--base", "main", cwd=project.folder
    )
    assert done.returncode == 2
    assert done.stderr == (
        "lstmcount: main:models/m.yaml:2:5: $.layers[0]: unknown layer class 'LSTMM'. "
        "Did you mean LSTM?\n"
    )


def test_a_recorded_baseline(call: Call, project: Repository) -> None:
    project.git("checkout", "-q", "main")
    done = call("check", "models/m.yaml", "--update-baseline", cwd=project.folder)
    assert done.returncode == 0
    assert done.stdout.splitlines()[0] == "models/m.yaml: params none -> 562"
    lock = (project.folder / "lstmcount.lock").read_text()
    assert json.loads(lock)["models"]["models/m.yaml"]["values"]["params"] == 562
    project.write("models/m.yaml", LARGE)
    done = call("check", "models/m.yaml", "--max-increase", "5%", cwd=project.folder)
    assert failures(done.stdout) == [
        "FAIL models/m.yaml: params 562 -> 1,634 (+1,072, +190.7%; allowed +5%, 590)"
    ]
    assert "lstm (LSTM) grew most: 544 -> 1,600 (+1,056)" in done.stdout
    assert (project.folder / "lstmcount.lock").read_text() == lock
    elsewhere = project.folder / "elsewhere"
    elsewhere.mkdir()
    same = call(
        "check", "../models/m.yaml", "--max-increase", "5%", "--baseline", "../lstmcount.lock",
        cwd=elsewhere,
    )  # fmt: skip
    assert same.returncode == 1


def test_the_lock_file_is_stable_and_forgets_what_is_gone(call: Call, tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        (tmp_path / f"{name}.yaml").write_text(SMALL)
    call("check", "c.yaml", "b.yaml", "a.yaml", "--update-baseline", cwd=tmp_path)
    first = (tmp_path / "lstmcount.lock").read_text()
    assert list(json.loads(first)["models"]) == ["a.yaml", "b.yaml", "c.yaml"]
    call("check", "a.yaml", "--update-baseline", cwd=tmp_path)
    assert (tmp_path / "lstmcount.lock").read_text() == first
    (tmp_path / "c.yaml").unlink()
    call("check", "a.yaml", "--update-baseline", cwd=tmp_path)
    assert list(json.loads((tmp_path / "lstmcount.lock").read_text())["models"]) == [
        "a.yaml", "b.yaml"
    ]  # fmt: skip


WRONG_LOCKS = ["", "{", "[]", '{"version": 99}', '{"models": 3}', "\ud800", '{"models": {"m": {}}}']


@pytest.mark.parametrize("text", WRONG_LOCKS, ids=ascii)
def test_wrong_lock_files(call: Call, tmp_path: Path, text: str) -> None:
    (tmp_path / "m.yaml").write_text(SMALL)
    (tmp_path / "x.lock").write_bytes(text.encode("utf-8", "surrogatepass"))
    done = call("check", "m.yaml", "--max-increase", "1%", "--baseline", "x.lock", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("lstmcount: x.lock: ")
    done = call("check", "m.yaml", "--update-baseline", "--baseline", "x.lock", cwd=tmp_path)
    assert done.returncode == 2
    assert (tmp_path / "x.lock").read_bytes() == text.encode("utf-8", "surrogatepass")


def test_two_runs_on_one_lock_file_lose_nothing(tmp_path: Path) -> None:
    names = [f"m{i}.yaml" for i in range(6)]
    for name in names:
        (tmp_path / name).write_text(SMALL)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "lstmcount", "check", "--update-baseline"]
    running = [
        subprocess.Popen([*command, name], cwd=tmp_path, env=environment, stdout=subprocess.DEVNULL)
        for name in names
    ]
    assert [process.wait(60) for process in running] == [0] * len(names)
    assert list(json.loads((tmp_path / "lstmcount.lock").read_text())["models"]) == names
    assert sorted(os.listdir(tmp_path)) == ["lstmcount.lock", *names]


def test_a_baseline_that_cannot_be_written(call: Call, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(SMALL)
    done = call("check", "m.yaml", "--update-baseline", "--baseline", "no/x.lock", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "lstmcount: no/x.lock: cannot write: no such file or directory\n"
    done = call("check", "-", "--update-baseline", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert os.listdir(tmp_path) == ["m.yaml"]


def test_numbers_that_are_open_are_recorded_as_such(call: Call, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("input_shape: [null, 8]\nlayers:\n  - LSTM: 4\n")
    assert call("check", "m.yaml", "--update-baseline", cwd=tmp_path).returncode == 0
    values = json.loads((tmp_path / "lstmcount.lock").read_text())["models"]["m.yaml"]["values"]
    assert (values["params"], values["macs"]) == (208, None)
    done = call("check", "m.yaml", "--max-increase", "1%", "--timesteps", "5", cwd=tmp_path)
    assert done.returncode == 2
    assert "was recorded for the models' own batch, not for timesteps 5" in done.stderr
    arguments = ["check", "m.yaml", "--timesteps", "5", "--batch", "2"]
    assert call(*arguments, "--update-baseline", cwd=tmp_path).returncode == 0
    done = call(*arguments, "--max-increase-macs", "1%", cwd=tmp_path)
    assert done.stdout.startswith("ok   m.yaml: MACs 960 -> 960 (+0")


def test_a_part_in_another_file_that_grew_is_growth(call: Call, tmp_path: Path) -> None:
    """The outer file has not changed by a byte."""
    repository = Repository(tmp_path / "r")
    outer = spec({"model": "parts/inner.yaml"}, {"Dense": 2})
    repository.commit(**{"outer.yaml": outer, "parts/inner.yaml": SMALL})
    repository.write("parts/inner.yaml", LARGE)
    arguments = ["outer.yaml", "--max-increase", "0%", "--base", "main"]
    done = call("check", *arguments, cwd=repository.folder)
    assert failures(done.stdout) == [
        "FAIL outer.yaml: params 568 -> 1,640 (+1,072, +188.7%; allowed +0%, 568)"
    ]


def test_what_did_not_change_is_counted_and_not_listed(call: Call, tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    names = [f"m{i}.yaml" for i in range(4)]
    repository.commit(**dict.fromkeys(names, SMALL))
    repository.write("m1.yaml", spec({"LSTM": 8}, {"Dense": 3}))
    repository.write("m4.yaml", SMALL)
    done = call("check", "--max-params", "1k", "--base", "main", *names, "m4.yaml", cwd=tmp_path)
    assert [line.split(":")[0].split()[-1] for line in done.stdout.splitlines()[:-1]] == [
        "m1.yaml", "m4.yaml", "m4.yaml"
    ]  # fmt: skip
    assert done.stdout.splitlines()[-1] == "5 models, 0 over budget, 3 unchanged"
    done = call("check", "--max-params", "5", "--base", "main", *names, cwd=tmp_path)
    assert done.stdout.count("FAIL") == 4
    done = call("check", "--max-params", "1k", "--base", "main", "m0.yaml", cwd=tmp_path)
    assert done.stdout == "ok   m0.yaml: params 562 of 1,000 (56 %)\n"

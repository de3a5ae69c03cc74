"""`lstmcount check` from outside: where budgets come from, what is compared, what is written."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Call
from tests.repository import Repository, spec

SMALL, LARGE = spec({"LSTM": 8}, {"Dense": 2}), spec({"LSTM": 16}, {"Dense": 2})  # 562, 1,634


@pytest.fixture
def project(tmp_path: Path) -> Repository:
    """`feature` has a larger m.yaml than `main`."""
    found = Repository(tmp_path / "project")
    found.commit(**{"models/m.yaml": SMALL})
    found.git("checkout", "-q", "-b", "feature")
    found.commit(**{"models/m.yaml": LARGE})
    return found


def failures(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("FAIL")]


# -- where budgets come from -------------------------------------------------------------------


def test_options_then_the_spec_then_the_project(call: Call, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "m.yaml").write_text(
        spec({"Dense": 1}, budget={"max_params": 1, "max_layers": 0})
    )
    (tmp_path / "lstmcount.yaml").write_text(
        'budgets:\n  "models/*.yaml":\n    max_params: 2\n    max_layers: 3\n    max_depth: 0\n'
    )
    done = call("check", "models/m.yaml", "--max-params", "3", cwd=tmp_path)
    assert done.returncode == 1
    assert [line for line in done.stdout.splitlines() if ": " in line and "models" in line[:11]]
    assert done.stdout.splitlines() == [
        "FAIL models/m.yaml: params 9 > 3 (over by 6, +200.0%)",
        "     largest layer: dense (Dense), 9, 100.0%",
        "FAIL models/m.yaml: layers 1 > 0 (over by 1)",
        "     models/m.yaml:13:19: max_layers",
        "FAIL models/m.yaml: depth 1 > 0 (over by 1)",
        "     lstmcount.yaml:5:16: max_depth",
    ]


def test_pyproject_is_found_upward_and_later_globs_win(call: Call, tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"
    folder.mkdir(parents=True)
    (folder / "m.yaml").write_text(LARGE)
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.lstmcount.budgets]\n"**/*.yaml" = {max_params = "1k", max_layers = 9}\n\n'
        '[tool.lstmcount.budgets."a/b/*"]\nmax_params = "1.5k"\nmessage = "ask us"\n'
    )
    done = call("check", "m.yaml", cwd=folder)
    assert done.stdout.splitlines() == [
        "FAIL m.yaml: params 1,634 > 1,500 (over by 134, +8.9%)",
        f"     {tmp_path}/pyproject.toml:5:14: max_params",
        "     largest layer: lstm (LSTM), 1,600, 97.9%",
        "     ask us",
        "ok   m.yaml: layers 2 of 9 (22 %)",
    ]


def test_without_sources_the_project_says_which(call: Call, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.yaml").write_text(SMALL)
    (tmp_path / "lstmcount.yaml").write_text(
        'budgets:\n  "[ab].yaml": {max_params: 1k}\n  "b*": {max_layers: 9}\n'
    )
    done = call("check", cwd=tmp_path)
    assert done.returncode == 0
    assert done.stdout.splitlines() == [
        "ok   a.yaml: params 562 of 1,000 (56 %)",
        "ok   b.yaml: layers 2 of 9 (22 %)",
        "ok   b.yaml: params 562 of 1,000 (56 %)",
        "2 models, 0 over budget",
    ]
    (tmp_path / "lstmcount.yaml").write_text('budgets: {"nope/*": {max_params: 1k}}\n')
    done = call("check", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (2, "lstmcount: no file matches 'nope/*'\n")
    (tmp_path / "lstmcount.yaml").write_text(
        'budgets: {"nope/*": {max_params: 1k, optional: true}, "a.yaml": {max_params: 1k}}\n'
    )
    assert call("check", cwd=tmp_path).returncode == 0
    assert call("check", cwd=ROOT).returncode == 2


WRONG_PROJECTS = [
    ("lstmcount.yaml", "budget: {}\n", "lstmcount.yaml:1:1: $.budget: unknown key 'budget'"),
    (
        "lstmcount.yaml",
        'budgets:\n  "*.yaml":\n    max_parms: 1\n',
        "lstmcount.yaml:3:5: $.budgets['*.yaml'].max_parms: unknown key",
    ),
    ("lstmcount.yaml", 'budgets: {"*": {max_params: .nan}}', "lstmcount.yaml:1:29: "),
    ("lstmcount.yaml", "budgets: [\n", "lstmcount.yaml:2:1: not YAML"),
    ("lstmcount.yaml", "batch: 0\n", "lstmcount.yaml:1:8: $.batch: expected"),
    ("lstmcount.yaml", "- a\n", "a mapping"),
    ("pyproject.toml", "[tool\n", "pyproject.toml: not TOML"),
    ("pyproject.toml", "[tool.lstmcount]\nbase = 3\n", "pyproject.toml:2:8: $.tool.lstmcount.base"),
    (
        "pyproject.toml",
        '[tool.lstmcount.budgets."*"]\nmax_params = 1e400\n',
        "pyproject.toml:2:14: ",
    ),
    (
        "pyproject.toml",
        '[tool.lstmcount.budgets."*"]\nmax_size = "1 kB"\n',
        "pyproject.toml:2:12: $.tool.lstmcount.budgets['*'].max_size: 'kB' can mean several things",
    ),
]


@pytest.mark.parametrize(
    ("name", "text", "words"), WRONG_PROJECTS, ids=[w[1] for w in WRONG_PROJECTS]
)
def test_wrong_projects(call: Call, tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text)
    (tmp_path / "m.yaml").write_text(SMALL)
    done = call("check", "m.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert done.stderr.count("\n") == 1


WRONG_BUDGETS = [
    "-1",
    "nan",
    ".nan",
    "1e400",
    "-.inf",
    "1e-400",
    "1 kB",
    "[1]",
    "{a: 1}",
    "yes",
    "''",
]


@pytest.mark.parametrize("amount", WRONG_BUDGETS)
def test_wrong_budgets_in_the_spec(call: Call, tmp_path: Path, amount: str) -> None:
    (tmp_path / "m.yaml").write_text(
        f"input_shape: [3]\nlayers:\n  - Dense: 1\nbudget:\n  max_params: {amount}\n"
    )
    done = call("check", "m.yaml", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("lstmcount: m.yaml:5:15: $.budget.max_params: ")
    assert done.stderr.count("\n") == 1


def test_a_glob_of_layers_that_matches_nothing_is_placed(call: Call, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(SMALL)
    (tmp_path / "lstmcount.yaml").write_text(
        'budgets:\n  "*.yaml":\n    layers:\n      "gru*": {max_params: 1}\n'
    )
    done = call("check", "m.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert "lstmcount: lstmcount.yaml:4:7: " in done.stderr
    assert "m.yaml: no layer's name or class matches 'gru*'" in done.stderr


def test_measures_of_a_model_whose_length_is_open(call: Call, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("input_shape: [null, 8]\nlayers:\n  - LSTM: 4\n")
    done = call("check", "m.yaml", "--max-macs", "1k", cwd=tmp_path)
    assert done.returncode == 2
    assert "--timesteps N" in done.stderr
    done = call("check", "m.yaml", "--max-macs", "1k", "--timesteps", "5", cwd=tmp_path)
    assert done.stdout == "ok   m.yaml: MACs 960 of 1,000 (96 %)\n"
    (tmp_path / "lstmcount.yaml").write_text("timesteps: 6\nbatch: 2\n")
    done = call("check", "m.yaml", "--max-macs", "1k", "--max-activations", "1KB", cwd=tmp_path)
    assert done.stdout.splitlines()[0].startswith("FAIL m.yaml: MACs 1,152 > 1,000")
    assert done.stdout.splitlines()[-1] == "ok   m.yaml: activations 32 of 1,024 bytes (3 %)"


# -- growth ------------------------------------------------------------------------------------


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


# -- what is written ---------------------------------------------------------------------------


def test_reports_to_files_and_text_to_the_terminal(call: Call, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(SMALL)
    done = call(
        "check", "m.yaml", "--max-params", "500",
        "--report", "sarif=r.sarif", "--report", "junit=r.xml", "--report", "text=r.txt",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1
    assert failures(done.stdout) == ["FAIL m.yaml: params 562 > 500 (over by 62, +12.4%)"]
    assert (tmp_path / "r.txt").read_text() == done.stdout
    assert json.loads((tmp_path / "r.sarif").read_text())["version"] == "2.1.0"
    assert "<testsuites" in (tmp_path / "r.xml").read_text()
    assert (tmp_path / "r.xml").stat().st_mode & 0o777 == 0o666 & ~_umask()
    done = call("check", "m.yaml", "--max-params", "500", "--format", "json", "--output", "r.json",
               cwd=tmp_path)  # fmt: skip
    assert done.stdout == ""
    assert json.loads((tmp_path / "r.json").read_text())["totals"]["failed"] == 1


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


UNWRITABLE = ["missing/r.json", ".", "m.yaml/r.json", "\x00"]


@pytest.mark.parametrize("name", UNWRITABLE[:3])
def test_an_output_that_cannot_be_written_fails_before_any_work(
    call: Call, tmp_path: Path, name: str
) -> None:
    (tmp_path / "m.yaml").write_text(SMALL)
    for more in (["--output", name], ["--report", f"json={name}"]):
        done = call("check", "not there.yaml", "--max-params", "1", *more, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (2, "")
        assert f"{name}: cannot write: " in done.stderr
        assert "not there" not in done.stderr
    assert os.listdir(tmp_path) == ["m.yaml"]


@pytest.mark.parametrize("value", ["sarif", "sarif=", "saruf=x", "=x"])
def test_wrong_reports(call: Call, tmp_path: Path, value: str) -> None:
    done = call("check", "m.yaml", "--report", value, cwd=tmp_path)
    assert done.returncode == 2
    assert "FORMAT=FILE" in done.stderr


@pytest.mark.parametrize(
    "more",
    [
        ["--report", "sarif=-"],
        ["--format", "junit", "--report", "github=-"],
        ["--report", "json=a", "--report", "junit=a"],
        ["--format", "json", "-o", "a", "--report", "text=a"],
    ],
)
def test_two_reports_do_not_go_to_one_place(call: Call, tmp_path: Path, more: list[str]) -> None:
    (tmp_path / "m.yaml").write_text(SMALL)
    done = call("check", "m.yaml", "--max-params", "1M", *more, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert " together; give one a file: --report " in done.stderr
    assert os.listdir(tmp_path) == ["m.yaml"]


def test_a_failing_write_leaves_the_old_report_whole(call: Call, tmp_path: Path) -> None:
    """The old file keeps its name until everything is written."""
    (tmp_path / "m.yaml").write_text(SMALL)
    (tmp_path / "r.json").write_text("old")
    (tmp_path / "summary").mkdir()
    done = call(
        "check", "m.yaml", "--max-params", "1k", "--report", "json=r.json",
        cwd=tmp_path, GITHUB_STEP_SUMMARY=str(tmp_path / "summary"),
    )  # fmt: skip
    assert done.returncode == 2
    assert (tmp_path / "r.json").read_text() == "old"
    assert sorted(os.listdir(tmp_path)) == ["m.yaml", "r.json", "summary"]


def test_a_link_and_a_device_as_output(call: Call, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(SMALL)
    (tmp_path / "target.json").write_text("old")
    (tmp_path / "link.json").symlink_to("target.json")
    arguments = ["check", "m.yaml", "--max-params", "1k", "--format", "json", "--output"]
    assert call(*arguments, "link.json", cwd=tmp_path).returncode == 0
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "target.json").read_text())
    assert call(*arguments, os.devnull, cwd=tmp_path).returncode == 0
    assert Path(os.devnull).is_char_device()


def test_github_is_recognised(call: Call, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(SMALL)
    (tmp_path / "summary.md").write_text("before\n")
    github = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_WORKSPACE": str(tmp_path.parent),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }
    done = call("check", "m.yaml", "--max-params", "500", cwd=tmp_path, **github)
    assert done.stdout.splitlines() == [
        "FAIL m.yaml: params 562 > 500 (over by 62, +12.4%)",
        "     largest layer: lstm (LSTM), 544, 96.8%",
        f"::error file={tmp_path.name}/m.yaml,title=lstmcount max_params::{tmp_path.name}/m.yaml: "
        "params 562 > 500 (over by 62, +12.4%25)%0Alargest layer: lstm (LSTM), 544, 96.8%25",
    ]
    summary = (tmp_path / "summary.md").read_text()
    assert summary.startswith("before\n### lstmcount: over budget\n")
    done = call(
        "check", "m.yaml", "--max-params", "500", "--format", "text", cwd=tmp_path, **github
    )
    assert "::error" not in done.stdout


def test_a_step_summary_that_would_be_too_long_is_left_as_it_is(call: Call, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(SMALL)
    summary = tmp_path / "summary.md"
    summary.write_text("x" * 1_024_000)
    done = call(
        "check", "m.yaml", "--max-params", "1k", cwd=tmp_path, GITHUB_STEP_SUMMARY=str(summary)
    )
    assert done.returncode == 0
    assert summary.stat().st_size == 1_024_000


UNKNOWN_SIZE = """
from keras import Sequential, layers
model = Sequential([layers.LSTM(size, input_shape=(5, 3)), layers.Dense(2)])
"""


def test_why_quiet_and_exit_zero(call: Call, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(SMALL)
    done = call("check", "m.yaml", "--max-params", "1k", "--why", cwd=tmp_path)
    assert done.stdout.splitlines()[1:] == [
        "     #############################  96.8%  544  lstm (LSTM)",
        "     #                               3.2%   18  dense (Dense)",
    ]
    (tmp_path / "m.py").write_text(UNKNOWN_SIZE)
    done = call("check", "m.py", "--max-layers", "3", "--why", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert call("check", "m.yaml", "--max-params", "1k", "--quiet", cwd=tmp_path).stdout == ""
    done = call("check", "m.yaml", "--max-params", "1", "--exit-zero", cwd=tmp_path)
    assert (done.returncode, len(failures(done.stdout))) == (0, 1)
    assert call("check", "x.yaml", "--max-params", "1", "--exit-zero", cwd=tmp_path).returncode == 2


def test_a_name_that_is_an_attack_in_every_format(call: Call, tmp_path: Path) -> None:
    name = "a%,:\n::error file=x::"
    layers: Any = [{"LSTM": 8, "name": name}]
    (tmp_path / "m.yaml").write_text(spec(*layers, budget={"layers": {"a*": {"max_params": 1}}}))
    for fmt in ("text", "json", "github", "gitlab", "junit", "sarif", "markdown"):
        done = call("check", "m.yaml", "--format", fmt, cwd=tmp_path, GITHUB_ACTIONS="true")
        assert done.returncode == 1
        assert not [line for line in done.stdout.splitlines() if line.startswith("::error file=x")]


# -- many models -------------------------------------------------------------------------------


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


def test_colour_is_for_terminals(call: Call, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text(spec({"Dense": 1}))
    (tmp_path / "n.yaml").write_text(spec({"Dense": 2}))
    arguments = ("check", "m.yaml", "n.yaml", "--max-params", "9")
    plain = call(*arguments, cwd=tmp_path).stdout
    assert plain.startswith("ok   m.yaml: params 9 of 9 (100 %)\nFAIL n.yaml: params 18 > 9")
    colored = call(*arguments, "--color", "always", cwd=tmp_path).stdout
    assert colored.startswith("\x1b[32m\x1b[1mok\x1b[0m   m.yaml")
    assert "\x1b[31m\x1b[1mFAIL\x1b[0m n.yaml" in colored
    assert re.sub(r"\x1b\[\d+m", "", colored) == plain


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

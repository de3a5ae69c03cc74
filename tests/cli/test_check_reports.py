"""What `lstmcount check` writes: to the terminal, to files, and for services."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.checks import SMALL, failures
from tests.conftest import Call
from tests.repository import spec


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

"""`lstmcount check` from outside: where budgets come from."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.checks import LARGE, SMALL
from tests.conftest import ROOT, Call
from tests.repository import spec


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

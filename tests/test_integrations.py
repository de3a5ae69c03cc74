"""The hook, the action and the CI snippets, by running them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

import lstmcount
from tests.conftest import ROOT
from tests.published import ACTION, GITLAB_CI, schema
from tests.repository import Repository, spec

GUIDE = (ROOT / "docs" / "ci.md").read_text()


def snippet(title: str, language: str = "yaml") -> str:
    """The first block of that language below a heading of the guide."""
    section = GUIDE.partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    found = re.search(rf"^```{language}\n(.*?)^```", section, re.MULTILINE | re.DOTALL)
    assert found, title
    return found[1]


# -- pre-commit --------------------------------------------------------------------------------


def test_the_manifest_is_valid() -> None:
    clientlib = pytest.importorskip("pre_commit.clientlib")
    hook, budgets = clientlib.load_manifest(ROOT / ".pre-commit-hooks.yaml")
    assert (hook["id"], budgets["id"]) == ("lstmcount-check", "lstmcount-budgets")
    for name in ("a.py", "n/b.ipynb", "m.keras", "m.h5", "lstmcount.yaml", "pyproject.toml"):
        assert re.search(budgets["files"], name)
    for name, wanted in {
        "a.lstm.yaml": True,
        "b/c.model.json": True,
        "a.lstm.yml": True,
        "a.yaml": False,
        "lstm.yaml": False,
        "a.lstm.py": False,
    }.items():
        assert bool(re.search(hook["files"], name)) is wanted


def run_hook(name: str, repository: Repository, *files: str) -> subprocess.CompletedProcess[str]:
    """The output of pre-commit for a hook of this checkout on files of a repository."""
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", "try-repo", str(ROOT), name, "--files", *files],
        cwd=repository.folder,
        env={**os.environ, "PRE_COMMIT_HOME": str(repository.folder.parent / "home")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.install
def test_pre_commit_runs_it(tmp_path: Path) -> None:
    pytest.importorskip("pre_commit")
    repository = Repository(tmp_path / "r")
    repository.write("a.lstm.yaml", spec({"Dense": 2}, budget={"max_params": 18}))
    repository.write("b.lstm.yaml", spec({"Dense": 2}, budget={"max_params": 17}))
    repository.write("c.yaml", "not a model\n")
    repository.git("add", "-A")

    hook = partial(run_hook, "lstmcount-check", repository)
    assert "Passed" in hook("a.lstm.yaml", "c.yaml").stdout
    done = hook("a.lstm.yaml", "b.lstm.yaml", "c.yaml")
    assert done.returncode == 1
    assert "FAIL b.lstm.yaml: params 18 > 17" in done.stdout
    assert "a.lstm.yaml" not in done.stdout


@pytest.mark.install
def test_pre_commit_checks_the_budgets_of_a_project(tmp_path: Path) -> None:
    pytest.importorskip("pre_commit")
    repository = Repository(tmp_path / "r")
    program = "import keras\nm = keras.Sequential([keras.Input((n,)), keras.layers.Dense(2)])\n"
    repository.write("train.py", program)
    repository.write("other.py", "import os\n")
    old = ROOT / "tests/golden/models/fitted_adam/model.keras"
    (repository.folder / "m.keras").write_bytes(old.read_bytes())
    project = "models: {train.py: {set: {n: 8}}}\nbudgets:\n  train.py: {max_params: LIMIT}\n"
    project += "  m.keras: {max_params: 1M}\n"
    repository.write("lstmcount.yaml", project.replace("LIMIT", "18"))
    repository.git("add", "-A")

    hook = partial(run_hook, "lstmcount-budgets", repository)
    assert "Passed" in hook("train.py", "m.keras", "other.py").stdout
    repository.write("lstmcount.yaml", project.replace("LIMIT", "17"))
    repository.git("add", "-A")
    assert "FAIL train.py: params 18 > 17" in hook("lstmcount.yaml").stdout
    assert "Passed" in hook("m.keras").stdout


def test_the_guide_names_the_hook() -> None:
    (repository,) = yaml.safe_load(snippet("pre-commit"))["repos"]
    clientlib = pytest.importorskip("pre_commit.clientlib")
    assert repository["rev"] == f"v{lstmcount.__version__}"
    ids = {hook["id"] for hook in clientlib.load_manifest(ROOT / ".pre-commit-hooks.yaml")}
    assert {hook["id"] for hook in repository["hooks"]} <= ids


# -- GitHub ------------------------------------------------------------------------------------

ACTION_FILE: Any = yaml.safe_load((ROOT / "action.yml").read_text())


def test_the_action_is_valid() -> None:
    jsonschema.Draft7Validator(schema(ACTION)).validate(ACTION_FILE)


def test_inputs_reach_scripts_through_the_environment_only() -> None:
    """An expression within a script is an injection."""
    for step in ACTION_FILE["runs"]["steps"]:
        assert "${{" not in step["run"]
        for name, value in step["env"].items():
            if name.startswith("INPUT_"):
                assert value == f"${{{{ inputs.{name.removeprefix('INPUT_').lower()} }}}}"
    named = {name for step in ACTION_FILE["runs"]["steps"] for name in step["env"]}
    used = {name.removeprefix("INPUT_").lower() for name in named} | {"token"}
    assert set(ACTION_FILE["inputs"]) <= used


def test_the_guide_uses_inputs_that_there_are() -> None:
    steps = yaml.safe_load(snippet("GitHub Actions"))["jobs"]["models"]["steps"]
    (ours,) = [step for step in steps if "lstmcount" in step["uses"]]
    assert ours["uses"].endswith(f"/lstmcount@v{lstmcount.__version__}")
    assert set(ours["with"]) <= set(ACTION_FILE["inputs"])


class Runner:
    """Runs the action's scripts as GitHub does, with `lstmcount` and `gh` in place already."""

    def __init__(self, folder: Path, repository: Repository) -> None:
        self.folder = folder
        self.repository = repository
        bin_ = folder / "lstmcount" / "bin"
        bin_.mkdir(parents=True)
        script(bin_ / "lstmcount", f'PYTHONPATH="{ROOT}" exec "{sys.executable}" -m lstmcount "$@"')
        self.summary = folder / "summary.md"
        self.summary.touch()

    def step(self, name: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        (step,) = [step for step in ACTION_FILE["runs"]["steps"] if step["name"] == name]
        given = {
            f"INPUT_{key.upper()}": inputs.get(key, str(value["default"]))
            for key, value in ACTION_FILE["inputs"].items()
            if not str(value["default"]).startswith("${{") or key in inputs
        }
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
            cwd=self.repository.folder,
            env={
                **os.environ,
                **given,
                "PATH": f"{self.folder}:{os.environ['PATH']}",
                "RUNNER_TEMP": str(self.folder),
                "GITHUB_ACTION_PATH": str(ROOT),
                "GITHUB_ACTIONS": "true",
                "GITHUB_WORKSPACE": str(self.repository.folder),
                "GITHUB_STEP_SUMMARY": str(self.summary),
                "PULL_REQUEST": "7",
            },
            capture_output=True,
            text=True,
            check=False,
        )


def script(path: Path, text: str) -> None:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    repository = Repository(tmp_path / "r")
    budget = 'budgets: {"models/*": {max_increase: 5%}}\n'
    repository.commit(**{"models/m.yaml": spec({"Dense": 2}), "lstmcount.yaml": budget})
    repository.git("checkout", "-q", "-b", "feature")
    repository.commit(**{"models/m.yaml": spec({"Dense": 3})})
    return Runner(tmp_path / "temp", repository)


def test_the_action_checks(runner: Runner) -> None:
    done = runner.step("Check budgets", base="main")
    assert done.returncode == 1
    assert "FAIL models/m.yaml: params 18 -> 27 (+9, +50.0%; allowed +5%, 18)" in done.stdout
    assert "::error file=lstmcount.yaml,line=1,col=38,title=lstmcount max_increase::" in done.stdout
    assert "over budget" in runner.summary.read_text()
    done = runner.step("Check budgets", args="--max-params 30 --max-increase 60%", base="main",
                       sources="models/*.yaml\n\n")  # fmt: skip
    assert done.returncode == 0
    hostile = runner.step("Check budgets", sources="$(touch hacked)\n`touch hacked`; touch hacked")
    assert hostile.returncode == 2
    assert not (runner.repository.folder / "hacked").exists()


def test_the_action_shows_what_changed_and_comments_only_when_asked(runner: Runner) -> None:
    script(runner.folder / "gh", 'echo "$@" >> "$RUNNER_TEMP/gh.log"; exit "${GH_STATUS:-0}"')
    done = runner.step("Show what changed", base="main", diff="models")
    assert done.returncode == 0
    assert "units: 2 -\\> 3" in runner.summary.read_text()
    assert not (runner.folder / "gh.log").exists()
    done = runner.step("Show what changed", base="main", diff="models", comment="true")
    assert done.returncode == 0
    assert (runner.folder / "gh.log").read_text().startswith("pr comment 7 ")


def test_a_fork_may_not_comment_and_the_log_has_it_then(runner: Runner) -> None:
    script(runner.folder / "gh", "exit 1")
    done = runner.step("Show what changed", base="main", diff="models", comment="true")
    assert done.returncode == 0
    assert "::notice title=lstmcount::no permission" in done.stdout
    assert "units: 2 -\\> 3" in done.stdout


@pytest.mark.install
def test_the_action_installs_itself(tmp_path: Path) -> None:
    runner = Runner(tmp_path / "temp", Repository(tmp_path / "r"))
    (tmp_path / "temp" / "lstmcount" / "bin" / "lstmcount").unlink()
    done = runner.step("Install lstmcount", python=sys.executable)
    assert done.returncode == 0, done.stderr
    program = tmp_path / "temp" / "lstmcount" / "bin" / "lstmcount"
    assert (
        "lstmcount"
        in subprocess.run(
            [program, "--version"], capture_output=True, text=True, check=True, cwd=tmp_path
        ).stdout
    )


def test_an_old_python_is_said_to_be_old(runner: Runner) -> None:
    script(runner.folder / "oldpython", "exit 1")
    done = runner.step("Install lstmcount", python="oldpython")
    assert done.returncode == 2
    assert "Python 3.11 or newer is needed" in done.stdout


# -- GitLab ------------------------------------------------------------------------------------


BASES = [{}, {"CI_MERGE_REQUEST_DIFF_BASE_SHA": "HEAD~1"}]


@pytest.mark.parametrize("base", BASES, ids=["branch", "merge request"])
@pytest.mark.parametrize("budget", ["{max_params: 17}", "{max_params: 17, max_increase: 5%}"])
def test_the_gitlab_job_is_valid_and_its_command_runs(
    tmp_path: Path, budget: str, base: dict[str, str]
) -> None:
    job = yaml.safe_load(snippet("GitLab CI"))
    jsonschema.Draft7Validator(schema(GITLAB_CI)).validate(job)
    assert f"=={lstmcount.__version__}'" in job["lstmcount"]["before_script"][-1]
    repository = Repository(tmp_path / "r")
    repository.commit(**{"models/m.yaml": spec({"Dense": 2})})
    repository.git("update-ref", "refs/remotes/origin/main", "HEAD")
    repository.commit(**{"lstmcount.yaml": f'budgets: {{"models/*": {budget}}}\n'})
    runner = Runner(tmp_path / "temp", repository)
    (command,) = job["lstmcount"]["script"]
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=repository.folder,
        env={
            **os.environ,
            "PATH": f"{runner.folder / 'lstmcount' / 'bin'}:{os.environ['PATH']}",
            "CI_DEFAULT_BRANCH": "main",
            **base,
            "CI_PROJECT_DIR": str(repository.folder),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    reports = job["lstmcount"]["artifacts"]["reports"]
    (issue,) = json.loads((repository.folder / reports["codequality"]).read_text())
    assert issue["location"] == {"path": "lstmcount.yaml", "lines": {"begin": 1}}
    assert "<failure" in (repository.folder / reports["junit"]).read_text()

"""The scripts of a release, run on copies, and GitHub's files against their published schemas."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest
import yaml

import lstmcount
from tests import published
from tests.conftest import ROOT

GITHUB = ROOT / ".github"
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
FORMS = [GITHUB / "ISSUE_TEMPLATE" / name for name in ("bug.yml", "wrong_number.yml")]
TEXTS = ["*.md", "*.toml", "*.yml", "*.cff", "docs/*.md", ".github/**/*.yml", ".ci/*"]


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for pattern in (*TEXTS, "lstmcount/version.py", ".pre-commit-*.yaml"):
        for path in filter(Path.is_file, ROOT.glob(pattern)):
            target = tmp_path / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    return tmp_path


def test_one_command_names_the_owner_everywhere(copy: Path) -> None:
    owner = script("owner")
    for before, name in pairwise((owner.current(copy), "git", "some-body")):
        owner.main(name, copy)
        texts = {path: path.read_text() for path in copy.rglob("*") if path.is_file()}
        old = re.compile(rf"\b{before}(/lstmcount|\.github\.io)\b|\bOWNER\b")
        assert [path.name for path, text in texts.items() if old.search(text)] == []
        address = f"https://github.com/{name}/lstmcount"
        assert f'Issues = "{address}/issues"' in texts[copy / "pyproject.toml"]
        assert f"repo: {address}\n" in texts[copy / "docs" / "ci.md"]


@pytest.mark.parametrize("name", ["", "a b", "-a", "a/b", "a--b"])
def test_an_owner_is_an_account(copy: Path, name: str) -> None:
    with pytest.raises(SystemExit, match="cannot be an account"):
        script("owner").main(name, copy)


@pytest.mark.parametrize("name", ["owner", "release"])
@pytest.mark.parametrize("arguments", [[], ["a", "b", "c"]])
def test_scripts_say_how_to_call_them(name: str, arguments: list[str]) -> None:
    command = [sys.executable, ROOT / ".ci" / f"{name}.py", *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert f"python .ci/{name}.py " in done.stderr
    assert "Traceback" not in done.stderr


def test_one_command_prepares_a_release(copy: Path) -> None:
    log = copy / "CHANGELOG.md"
    log.write_text("# Changelog\n\n## Unreleased\n\n- new\n\n## 0.0.1 - 2026-01-01\n\n- old\n")
    release = script("release")
    release.prepare("7.8.9", copy)
    pinned = (copy / "docs" / "ci.md").read_text() + (copy / "CITATION.cff").read_text()
    assert lstmcount.__version__ not in pinned + (copy / "lstmcount" / "version.py").read_text()
    assert "rev: v7.8.9" in pinned
    assert "\nversion: 7.8.9" in pinned
    assert release.notes("7.8.9", copy) == "- new"
    assert log.read_text().startswith("# Changelog\n\n## Unreleased\n\n## 7.8.9 - ")


def test_the_notes_are_those_of_the_version(copy: Path) -> None:
    release = script("release")
    for version in ("v1.0", "1.2.3$(id)", "１.2.3"):  # the last begins with a full-width digit
        with pytest.raises(SystemExit, match="is no version"):
            release.prepare(version, copy)
    release.prepare("7.8.9", copy)
    with pytest.raises(SystemExit, match=r"version is 7\.8\.9, not 7\.9\.0"):
        release.notes("7.9.0", copy)
    release.prepare("7.9.0", copy)
    (copy / "CHANGELOG.md").write_text("## Unreleased\n")
    with pytest.raises(SystemExit, match=r"no heading for 7\.9\.0"):
        release.notes("7.9.0", copy)


# -- GitHub ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflows_are_valid_and_run_what_there_is(path: Path) -> None:
    schema = published.schema(published.WORKFLOW)
    workflow = yaml.safe_load(path.read_text().replace("\non:", '\n"on":'))
    assert "permissions" in workflow, "the token may do what the repository's default allows"
    for job in workflow["jobs"].values():
        job.get("permissions", {}).pop("attestations", None)  # newer than the schema
        matrix = job.get("strategy", {}).get("matrix", {})
        for step in job["steps"]:
            assert re.search(r"@[0-9a-f]{40}$", step.get("uses", "@" + 40 * "0")), (
                "tags can be moved"
            )
            command = step.get("run", "")
            commands = [
                command.replace("${{ matrix.script }}", name) for name in matrix.get("script", [""])
            ]
            for name in re.findall(r"\.ci/[\w.]+", " ".join(commands)):
                assert (ROOT / name).is_file(), name
            assert "${{ github" not in command, "an expression within a script is an injection"
    jsonschema.Draft7Validator(schema).validate(workflow)


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.name)
def test_issue_forms_are_valid_and_ask_for_the_failing_file(path: Path) -> None:
    form = yaml.safe_load(path.read_text())
    jsonschema.Draft7Validator(published.schema(published.ISSUE_FORM)).validate(form)
    required = {
        field["attributes"]["label"]
        for field in form["body"]
        if field.get("validations", {}).get("required")
    }
    assert {"The failing file", "lstmcount --version"} <= required


def test_the_other_files_are_valid() -> None:
    updates = yaml.safe_load((GITHUB / "dependabot.yml").read_text())
    jsonschema.Draft7Validator(published.schema(published.DEPENDABOT)).validate(updates)
    config = yaml.safe_load((GITHUB / "ISSUE_TEMPLATE" / "config.yml").read_text())
    jsonschema.Draft7Validator(published.schema(published.ISSUE_CONFIG)).validate(config)
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    jsonschema.Draft7Validator(published.schema(published.CITATION)).validate(citation)


def test_the_dockerfile_is_short_and_installs_this_copy() -> None:
    text = (ROOT / "Dockerfile").read_text()
    assert len(text.splitlines()) <= 10
    assert "pip install --no-cache-dir '/source[all]'" in text

"""Every command that the README and docs/ show is run, and prints what they say it prints.

LSTMCOUNT_INSTALLED=PATH/bin/lstmcount runs them with that copy.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from lstmcount.cli.commands import SECTIONS
from tests.conftest import ROOT, Call

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
CODE = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"^```console\n(.*?)^```", re.MULTILINE | re.DOTALL)
SETUP = re.compile(r"pip install \S+( \S+)*? && ")  # .ci/run does this for real
ELIDED = "…"  # a line of it stands for any lines
INSTALLED = os.environ.get("LSTMCOUNT_INSTALLED")  # a command to run instead of this checkout
PYTHON = (
    shlex.quote(str(Path(INSTALLED).absolute().with_name("python")))
    if INSTALLED
    else shlex.join(("env", f"PYTHONPATH={ROOT}", sys.executable))
)


def examples(page: Path) -> Iterator[tuple[str, str]]:
    """The place and the text of each example of a page."""
    text = page.read_text()
    for block in BLOCK.finditer(text):
        line = text[: block.start()].count("\n") + 1
        yield f"{page.name}:{line}", block[1]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The examples' folder, with `lstmcount` on the PATH."""
    folder = tmp_path_factory.mktemp("docs")
    for name in ("configs", "docs"):
        if (ROOT / name).exists():
            shutil.copytree(ROOT / name, folder / name)
    script = folder / "bin" / "lstmcount"
    script.parent.mkdir()
    program = f'"{Path(INSTALLED).absolute()}"' if INSTALLED else f"{PYTHON} -m lstmcount"
    script.write_text(f'#!/bin/sh\nexec {program} "$@"\n')
    script.chmod(0o755)
    return folder


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_in_the_docs_print_what_the_docs_say(
    workspace: Path, page: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One after the other: a command may read what the one before has written."""
    for place, block in examples(page):
        for command, expected in commands(block):
            if command.endswith("pytest"):
                continue
            words = arguments(command)
            if words is None or INSTALLED:
                output = in_a_shell(workspace, SETUP.sub("", command))
            else:
                with monkeypatch.context() as patch:
                    patch.setattr(sys, "stderr", sys.stdout)
                    output = call(*words, cwd=workspace).stdout
            assert matches(output, expected), f"{place}: $ {command}\n{output}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_code_in_the_docs_runs(workspace: Path, page: Path) -> None:
    """As a script, also where a process pool starts other Pythons (macOS, Windows, Python 3.14)."""
    for block in CODE.findall(page.read_text()):
        if ">>>" in block:
            script = f"import doctest\n__doc__ = {block!r}\nassert doctest.testmod().failed == 0\n"
        else:
            script = (
                f"import multiprocessing as m\nm.set_start_method('spawn', force=True)\n{block}"
            )
        (workspace / "example.py").write_text(script)
        output = in_a_shell(workspace, f"{PYTHON} example.py || echo failed")
        assert "failed" not in output, output


def arguments(command: str) -> list[str] | None:
    """The arguments of a command that is `lstmcount` alone, without anything for a shell."""
    words = shlex.shlex(command, posix=True, punctuation_chars=True)
    words.whitespace_split = True
    name, *rest = words
    is_plain = name == "lstmcount" and "$" not in command
    return None if not is_plain or any(set(word) <= set("();<>|&") for word in rest) else rest


def in_a_shell(workspace: Path, command: str) -> str:
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=workspace,
        env={
            **os.environ,
            "PATH": f"{workspace / 'bin'}:{os.environ['PATH']}",
            "PYTHONUTF8": "1",
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
        check=False,
    )
    return done.stdout


def commands(block: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        while command.endswith("\\"):
            more, _, output = output.partition("\n")
            command = command[:-1] + more.lstrip("> ")
        found.append((command, output))
    return found


def matches(output: str, expected: str) -> bool:
    pattern = "".join(
        r"(.*\n)*?" if line.strip() == ELIDED else re.escape(line) + r"\s*?\n"
        for line in expected.rstrip("\n").splitlines()
    )
    return re.fullmatch(pattern, output.rstrip("\n") + "\n" if output else "") is not None


def test_a_wrong_output_would_be_noticed() -> None:
    assert matches("203459\n", "203459\n")
    assert not matches("203458\n", "203459\n")
    assert matches("a\nb\nc\n", "a\n…\nc\n")
    assert not matches("a\nb\n", "a\n…\nc\n")


def test_the_readme_names_every_extra_for_users() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    everything = project["optional-dependencies"]["all"][0]
    extras = {*re.findall(r"[a-z0-9]+", everything.partition("[")[2]), "all"}
    rows = re.findall(r"^\| `(\w+)` \| ", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert set(rows) == extras


def test_the_readme_names_every_command() -> None:
    rows = re.findall(r"^\| `lstmcount.*", (ROOT / "README.md").read_text(), re.MULTILINE)
    named = set(re.findall(r"\w+", " ".join(row.split("|")[1] for row in rows)))
    assert {name for names in SECTIONS.values() for name in names} - named == set()


@pytest.mark.parametrize("page", [*PAGES, *sorted(ROOT.glob("*.md"))], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text(), flags=re.MULTILINE | re.DOTALL)
    links = re.findall(r"\]\((?!\w+:|#)([^()\s#]+)", text)
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text().splitlines()) < 150


def test_the_figures_of_the_comparisons_are_current() -> None:
    golden = ROOT / "tests" / "golden"
    files = [json.loads(path.read_text()) for path in (golden / "layers").glob("*.json")]
    calls = [case for data in files for case in (data if isinstance(data, list) else data["cases"])]
    refused = sum("error" in case for case in calls)
    models = sum(path.is_dir() for path in (golden / "models").iterdir())
    applications = len(list((golden / "applications").glob("*.json.gz")))
    scripts = len(list((ROOT / "tests" / "programs" / "programs").glob("*.py")))
    version = (golden / "keras_version.txt").read_text().strip()
    accepted = f"{len(calls) - refused:,} calls of {len(files)} classes"
    figures = {
        "docs/verified.md": [
            f"Keras {version} with JAX", f"| {accepted} |", f"| {refused:,} |", f"| {models}, each",
            f"| {applications} |", f"| {scripts} |",
        ],
        "README.md": [
            accepted, f"{models} whole models", f"the {applications} of", f"{scripts} scripts",
            f"Keras {version} said",
        ],
    }  # fmt: skip
    for page, wanted in figures.items():
        text = " ".join((ROOT / page).read_text().split())
        assert [figure for figure in wanted if figure not in text] == []

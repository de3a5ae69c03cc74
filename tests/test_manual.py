"""The man pages and completion scripts that the wheel installs."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess

import pytest

from lstmcount.cli.commands import SECTIONS
from tests.conftest import ROOT

SPEC = importlib.util.spec_from_file_location("manual", ROOT / "docs" / "manual.py")
assert SPEC is not None
assert SPEC.loader is not None
manual = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(manual)
FILES = dict(manual.files())
PAGES = {name: text for name, text in FILES.items() if name.endswith(".1")}


def test_every_command_has_a_page() -> None:
    names = {f"-{name}" for commands in SECTIONS.values() for name in commands} | {""}
    assert PAGES.keys() == {f"share/man/man1/lstmcount{name}.1" for name in names}


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="no mandoc")
def test_pages_are_sound() -> None:
    """Without a date, so that the same sources give the same wheel."""
    for name, text in PAGES.items():
        lint = ["mandoc", "-T", "lint", "-W", "warning"]
        done = subprocess.run(lint, input=text, capture_output=True, text=True)
        found = done.stdout.splitlines()
        assert [line for line in found if "missing date" not in line] == [], name


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff")
def test_pages_are_typeset_without_warnings() -> None:
    for name, text in PAGES.items():
        done = subprocess.run(
            ["groff", "-man", "-Tutf8", "-Kutf8", "-ww", "-P-cbou"],
            input=text.encode(), capture_output=True, check=True,
        )  # fmt: skip
        assert done.stderr.decode() == "", name
    shown = done.stdout.decode()
    assert "lstmcount init [OPTIONS]" in shown
    assert "-h, --help" in shown


@pytest.mark.parametrize(
    ("text", "expected"), [("a-b", r"a\-b"), (r"a\b", r"a\eb"), (".a", r"\&.a"), ("'a", r"\&'a")]
)
def test_text_stays_text(text: str, expected: str) -> None:
    assert manual.roff(text) == expected


@pytest.mark.parametrize("path", manual.COMPLETION)
def test_completion_scripts_are_read_by_their_shells(path: str) -> None:
    shell = next(shell for shell in ("bash", "zsh", "fish") if shell in path)
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell}")
    subprocess.run([shell, "-n"], input=FILES[path], text=True, check=True)
    assert "_LSTMCOUNT_COMPLETE" in FILES[path]

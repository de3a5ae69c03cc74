"""The completions that shells receive: by their protocol, and in bash itself."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, Call

MODEL = "configs/action_recognition.yaml"
SIZES = "configs/variable_sizes.yaml"
CASES = [
    ("lstmcount d", {"diff"}),
    (f"lstmcount count {MODEL} --layer lst", {"lstm", "lstm_1", "lstm_2"}),
    (f"lstmcount explain {MODEL} act", {"actions"}),
    (f"lstmcount summary {MODEL} --layer-range ac", {"actions"}),
    (f"lstmcount summary {MODEL} --columns per", {"percent"}),
    (f"lstmcount summary {MODEL} --columns weights,per", {"weights,percent"}),
    (f"lstmcount check {MODEL} --format sa", {"sarif"}),
    (f"lstmcount check {SIZES} --set un", {"units="}),
    (f"lstmcount count {SIZES} --set lstm_2.", {"lstm_2.units="}),
    (f"lstmcount sweep {SIZES} --set fea", {"features="}),
    (f"lstmcount solve {SIZES} --for units,de", {"units,depth"}),
    (f"lstmcount explain {SIZES} --formula --for act", {"actions"}),
    (f"lstmcount check {MODEL} --max-incr", {"--max-increase"}),
]
WORDS = {"bash": "plain,{}", "zsh": "plain\n{}", "fish": "plain,{}"}


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(("line", "expected"), CASES, ids=[case[0] for case in CASES])
def test_each_shell_gets_the_words_that_fit(
    call: Call, shell: str, line: str, expected: set[str]
) -> None:
    words = line.split(" ")
    environment = {
        "_LSTMCOUNT_COMPLETE": f"{shell}_complete",
        "COMP_WORDS": line,
        "COMP_CWORD": words[-1] if shell == "fish" else str(len(words) - 1),
    }
    done = call(**environment)
    for word in expected:
        assert WORDS[shell].format(word) in done.stdout
    found = [line for line in done.stdout.splitlines() if any(word in line for word in expected)]
    assert len(found) >= len(expected)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_each_shell(call: Call, shell: str) -> None:
    done = call(_LSTMCOUNT_COMPLETE=f"{shell}_source")
    assert done.returncode == 0
    assert "_LSTMCOUNT_COMPLETE" in done.stdout


@pytest.mark.skipif(shutil.which("fish") is None, reason="no fish")
def test_fish_completes_words_and_shows_help_with_commas(tmp_path: Path) -> None:
    _program(tmp_path)
    script = """
        _LSTMCOUNT_COMPLETE=fish_source lstmcount | source
        complete -C "lstmcount summary --columns params,flo"
        complete -C "lstmcount summ"
    """
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": str(tmp_path)}
    done = subprocess.run(
        ["fish", "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == [
        "params,flops",
        "summary\tThe layers, shapes and parameters, as Keras prints them.",
    ]


def test_the_script_for_fish_splits_at_the_first_comma(call: Call) -> None:
    assert 'split -m 1 ","' in call(_LSTMCOUNT_COMPLETE="fish_source").stdout


def _program(tmp_path: Path) -> None:
    program = tmp_path / "lstmcount"
    run = f'PYTHONPATH="{ROOT}" exec "{sys.executable}" -m lstmcount "$@"'
    program.write_text(f"#!/bin/sh\n{run}\n")
    program.chmod(0o755)


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_completes(tmp_path: Path) -> None:
    _program(tmp_path)
    script = f"""
        PATH="{tmp_path}:$PATH"
        eval "$(_LSTMCOUNT_COMPLETE=bash_source lstmcount)"
        COMP_WORDS=(lstmcount count {MODEL} --layer lst) COMP_CWORD=4
        $(complete -p lstmcount | sed 's/.*-F \\([^ ]*\\) .*/\\1/') lstmcount lst --layer
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(
        ["bash", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["lstm", "lstm_1", "lstm_2"]


def test_completing_sizes_imports_nothing_heavy() -> None:
    line = f"lstmcount solve {SIZES} --for un"
    heavy = ("numpy", "sympy", "keras", "rich", "h5py")
    program = (
        "import os, sys\n"
        "os.environ.update(_LSTMCOUNT_COMPLETE='bash_complete', COMP_CWORD='4')\n"
        f"os.environ['COMP_WORDS'] = {line!r}\n"
        "from lstmcount.cli import main\n"
        "try: main()\n"
        f"finally: print([name for name in {heavy} if name in sys.modules])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.stdout.split("\n")[:2] == ["plain,units", "[]"]

"""The command line within this process, for the many small cases."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from lstmcount.cli import main

Call = Callable[..., "CompletedProcess[str]"]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    monkeypatch.setattr("lstmcount.cli.pipes.die_quietly", lambda: None)

    def invoke(*args: str, cwd: Path) -> CompletedProcess[str]:
        monkeypatch.chdir(cwd)
        monkeypatch.setattr(sys, "argv", ["lstmcount", *args])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return CompletedProcess(list(args), ended.value.code, captured.out, captured.err)

    return invoke

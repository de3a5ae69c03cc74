"""Plots of sweeps and traces: in the style of the other pictures, complete or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from lstmcount.renderers.themes import THEMES
from tests.conftest import Call, Run

pytest.importorskip("matplotlib")

SWEEP = ("sweep", "configs/variable_sizes.yaml", "--set", "units=8..64:8")
COMMANDS = {
    "curve": SWEEP,
    "map": (*SWEEP, "--set", "depth=1..3"),
    "trace": ("trace", "configs/action_recognition.yaml", "--layer", "lstm", "--steps", "1"),
}


@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_a_chart_has_the_colours_of_its_theme(
    call: Call, command: tuple[str, ...], tmp_path: Path
) -> None:
    pictures = []
    for name, theme in THEMES.items():
        out = tmp_path / f"{name}.svg"
        done = call(*command, "--plot", str(out), "--theme", name)
        assert (done.returncode, done.stderr) == (0, "")
        pictures.append(out.read_text())
        assert f"fill: {theme.paper}" in pictures[-1]
        assert f"fill: {theme.ink}" in pictures[-1]
    assert pictures[0] != pictures[1]


def test_the_same_twice(run: Run, tmp_path: Path) -> None:
    for name in "ab":
        run(*COMMANDS["curve"], "--plot", str(tmp_path / f"{name}.svg"))
    assert (tmp_path / "a.svg").read_bytes() == (tmp_path / "b.svg").read_bytes()


def test_an_error_leaves_the_old_file(call: Call, tmp_path: Path) -> None:
    old = tmp_path / "old.svg"
    old.write_text("old")
    three = (*COMMANDS["map"], "--set", "actions=2..3", "--plot", str(old))
    done = call(*three)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert old.read_text() == "old"
    done = call(*COMMANDS["curve"], "--plot", str(tmp_path / "none" / "x.svg"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "cannot write" in done.stderr

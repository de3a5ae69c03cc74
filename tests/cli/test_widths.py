"""Tables on terminals of every width: numbers stay whole, names wrap, and lines fit."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lstmcount.renderers.fitting import width_of
from tests.conftest import ROOT, Call

WIDTHS = (40, 60, 80, 120, 200)
NAME = "bidirectional_encoder_of_the_left_sentence_with_a_rather_long_name"
NARROW: dict[str, Any] = {
    "name": f"model_with_{NAME}",
    "variables": {"units": 300_000},
    "inputs": {"x": [7, 350_000]},
    "layers": [
        {"LSTM": {"units": "units", "return_sequences": True}, "name": NAME},
        {"LSTM": {"units": 150_000, "trainable": False}, "name": "層" * 30},
        {"Dense": 2, "name": "dense"},
    ],
    "outputs": ["dense"],
}
WIDE = json.loads(json.dumps(NARROW).replace("300000", "400000"))
COLUMNS = "input_shape,weights,percent,macs,flops,activations"
COMMANDS: dict[str, tuple[str, ...]] = {
    "summary": ("summary", "m.yaml"),
    "summary with all columns": ("summary", "m.yaml", "--show-trainable", "--columns", COLUMNS),
    "cost": ("cost", "m.yaml", "--batch", "32"),
    "count": ("count", "m.yaml", "n.yaml"),
    "diff": ("diff", "m.yaml", "n.yaml"),
    "sweep": ("sweep", "m.yaml", "--set", "units=100000..400000:100000"),
    "solve": ("solve", "m.yaml", "--for", "units", "--max-params", "1000000000000"),
    "check": ("check", "m.yaml", "n.yaml", "--max-params", "900000000000", "--why"),
    "log": ("log", "m.yaml"),
    "explain": ("explain", "m.yaml"),
    "layers": ("layers", "LSTM"),
    "catalogue": ("layers",),
    "compare": ("compare", "m.yaml", "n.yaml"),
    "verify": ("verify", "m.yaml", str(ROOT / "tests/golden/models/sequential_lstm/model.h5")),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    def git(*args: str) -> None:
        identity = ("-c", "user.name=A", "-c", "user.email=a@b.c")
        subprocess.run(["git", *identity, *args], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q")
    for spec in (WIDE, NARROW):
        (tmp_path / "m.yaml").write_text(json.dumps(spec), encoding="utf-8")
        git("add", ".")
        git("commit", "-qm", f"Use {spec['variables']['units']:,} units in the layer {NAME}")
    (tmp_path / "small.yaml").write_text("{input_shape: [5, 3], layers: [{LSTM: 50}]}")
    (tmp_path / "n.yaml").write_text(json.dumps(WIDE), encoding="utf-8")
    return tmp_path


@pytest.fixture
def on_a_terminal(call: Call, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    monkeypatch.setenv("NO_COLOR", "1")

    def shown(args: tuple[str, ...], width: int | None) -> str:
        monkeypatch.setattr("lstmcount.cli.terminal.is_terminal", lambda: width is not None)
        monkeypatch.setenv("COLUMNS", str(width))
        done = call(*args, cwd=folder)
        assert done.returncode in (0, 1), done.stderr
        return done.stdout

    return shown


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d[\d,.]*\d", text))


@pytest.mark.parametrize("args", COMMANDS.values(), ids=list(COMMANDS))
def test_nothing_is_lost_at_any_width(
    args: tuple[str, ...], on_a_terminal: Callable[..., str]
) -> None:
    everything = on_a_terminal(args, None)
    assert "…" not in everything
    for width in WIDTHS:
        text = on_a_terminal(args, width)
        assert "…" not in text
        assert numbers(everything) <= numbers(text), width
        letters = re.sub(r"[\s│]", "", text)
        for name in (NAME, "層" * 30):
            assert (name in everything) <= _is_in(name, letters), width
        for line in text.splitlines():
            whole = max(map(width_of, line.split()), default=0)
            assert width_of(line) <= max(
                width, whole + 8
            )  # a long word is left to the terminal, (width, line)


def test_a_trace_shows_as_many_values_as_fit(on_a_terminal: Callable[..., str]) -> None:
    values = {}
    for width in WIDTHS:
        lines = on_a_terminal(("trace", "small.yaml", "--steps", "2"), width).splitlines()
        assert max(map(len, lines)) <= width + 2  # accents take no columns
        values[width] = sum(len(re.findall(r"-?\d\.\d{4}", line)) for line in lines)
    assert sorted(set(values.values())) == list(values.values())


def _is_in(name: str, letters: str) -> bool:
    """Whether the pieces of a name stand in a text in their order."""
    place = 0
    for character in name:
        place = letters.find(character, place) + 1
        if not place:
            return False
    return True

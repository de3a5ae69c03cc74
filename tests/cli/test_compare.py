"""`lstmcount compare`: models side by side."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

LSTM = "input_shape: [5, 4]\nlayers: [{LSTM: 3}, {Dense: 2}]\n"
GRU = "input_shape: [null, 4]\nlayers: [{GRU: 3}, {Dense: 2}]\n"
PROGRAM = "import keras\nm = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])\n"
UNKNOWN = "import keras\nm = keras.Sequential([keras.Input((4,)), keras.layers.Dense(n)])\n"
MODELS = ("lstm.yaml", "gru.yaml", "m.py")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in zip((*MODELS, "n.py"), (LSTM, GRU, PROGRAM, UNKNOWN), strict=True):
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_table_has_a_row_for_each_model(call: Any, folder: Path) -> None:
    done = call("compare", *MODELS, cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split() for line in done.stdout.splitlines()[1:]] == [
        ["lstm.yaml", "104", "104", "416", "426", "84", "24", "2"],
        ["gru.yaml", "89", "89", "356", "?", "63", "12", "2"],
        ["m.py", "15", "15", "60", "12", "0", "0", "1"],
    ]


@pytest.mark.parametrize("fmt", ["json", "jsonl", "csv", "tsv"])
def test_records_have_the_measures_that_were_asked_for(call: Any, folder: Path, fmt: str) -> None:
    options = ("--measures", "macs,params", "--format", fmt)
    text = call("compare", "lstm.yaml", "gru.yaml", *options, cwd=folder).stdout
    if fmt == "json":
        found = json.loads(text)
    elif fmt == "jsonl":
        found = [json.loads(line) for line in text.splitlines()]
    else:
        found = list(csv.DictReader(io.StringIO(text), delimiter="\t" if fmt == "tsv" else ","))
    blank = None if fmt.startswith("json") else ""
    kind = int if fmt.startswith("json") else str
    assert found == [
        {"path": "lstm.yaml", "macs": kind(426), "params": kind(104)},
        {"path": "gru.yaml", "macs": blank, "params": kind(89)},
    ]


def test_sizes_that_models_leave_open(call: Any, folder: Path) -> None:
    options = ("--measures", "macs,states", "--timesteps", "5", "--batch", "8")
    done = call("compare", "gru.yaml", *options, "--format", "csv", cwd=folder)
    assert done.stdout == f"path,macs,states\ngru.yaml,{5 * 63 + 6},{8 * 12}\n"


def test_markdown_and_latex(call: Any, folder: Path) -> None:
    options = ("lstm.yaml", "--measures", "params")
    done = call("compare", *options, "--format", "markdown", cwd=folder)
    assert done.stdout == "| path | params |\n|---|---:|\n| lstm.yaml | 104 |\n"
    done = call("compare", *options, "--format", "latex", cwd=folder)
    assert "lstm.yaml & 104 \\\\" in done.stdout


def test_one_of_them_is_not_known(call: Any, folder: Path) -> None:
    done = call("compare", "lstm.yaml", "n.py", cwd=folder)
    assert done.returncode == 2
    assert "lstm.yaml" in done.stdout
    assert done.stderr.startswith("lstmcount: n.py:2:")
    assert "--set n=" in done.stderr


def test_the_models_of_a_folder_are_compared(call: Any, folder: Path) -> None:
    (folder / "n.py").unlink()
    (folder / "package.json").write_text("{}")
    done = call("compare", ".", "--measures", "params", cwd=folder)
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["model", *sorted(MODELS)]
    assert done.returncode == 0


def test_an_unknown_measure_gets_a_suggestion(call: Any, folder: Path) -> None:
    done = call("compare", "lstm.yaml", "--measures", "parms", cwd=folder)
    assert done.returncode == 2
    assert "there is no measure 'parms'. Did you mean params?" in done.stderr

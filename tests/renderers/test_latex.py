"""Tables in LaTeX: they are well formed, compile where LaTeX is installed, and add up."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Call

SPEC: dict[str, Any] = {
    "name": "50%_of_it",
    "variables": {"units": 64},
    "input_shape": [5, 126],
    "layers": [
        {"LSTM": "units", "name": "[a]_first"},
        {"Dense": {"units": 8, "trainable": False}, "name": "*b & c"},
        {"Dense": 3, "name": "λ"},
    ],
}
COMMANDS: dict[str, tuple[str, ...]] = {
    "summary": ("summary", "m.yaml", "--columns", "name,output_shape,params,trainable"),
    "summary of chosen columns": ("summary", "m.yaml", "--columns", "macs,params,name,percent"),
    "cost": ("cost", "m.yaml", "--batch", "32"),
    "count": ("count", "m.yaml", "n.yaml"),
    "diff": ("diff", "m.yaml", "n.yaml"),
    "sweep": ("sweep", "m.yaml", "--set", "units=16,32"),
    "solve": ("solve", "m.yaml", "--for", "units", "--max-params", "100k"),
    "layers": ("layers", "LSTM"),
    "trace": ("trace", "m.yaml", "--steps", "1"),
}
ADD_UP = {
    "summary": {"Param #"},
    "summary of chosen columns": {"Param #", "MACs"},
    "cost": {"MACs", "FLOPs", "Weights", "Gradients", "Activations"},
    "count": {"Total params"},
    "diff": {"Δparams", "ΔMACs"},
    "sweep": set(),
    "solve": set(),
    "layers": set(),
    "trace": set(),
}
DOCUMENT = r"\documentclass{article}\usepackage{booktabs}\begin{document}%s\end{document}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "m.yaml").write_text(json.dumps(SPEC), encoding="utf-8")
    other = json.dumps(SPEC).replace("64", "128")
    (tmp_path / "n.yaml").write_text(other, encoding="utf-8")
    return tmp_path


def cells(text: str) -> list[list[str]]:
    """The rows of a table, as they are read on paper."""
    read = pytest.importorskip("pylatexenc.latex2text").LatexNodes2Text()
    lines = [line for line in text.splitlines() if line.endswith(r" \\")]
    rows = [re.split(r"(?<!\\)&", line.removesuffix(r"\\")) for line in lines]
    return [[read.latex_to_text(cell).strip() for cell in row] for row in rows]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_table_is_valid_latex(command: str, call: Call, folder: Path) -> None:
    text = call(*COMMANDS[command], "--format", "latex", cwd=folder).stdout
    walker = pytest.importorskip("pylatexenc.latexwalker")
    walker.LatexWalker(text, tolerant_parsing=False).get_latex_nodes()
    headers, *rows = cells(text)
    assert {len(row) for row in rows} == {len(headers)}
    assert not re.search(r"\\\\\n[*\[]", text)
    if ADD_UP[command]:
        sums = _sums(headers, rows[:-1])
        assert {name for name, value in sums.items() if value == _sums(headers, rows[-1:])[name]} \
            >= ADD_UP[command]  # fmt: skip


def _sums(headers: list[str], rows: list[list[str]]) -> dict[str, int]:
    columns = zip(headers, zip(*rows, strict=True), strict=True)
    return {
        name: sum(int(cell.replace(",", "")) for cell in column)
        for name, column in columns
        if all(re.fullmatch(r"[+-]?[\d,]+", cell) for cell in column)
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_every_table_compiles_with_latex(command: str, call: Call, folder: Path) -> None:
    latex = shutil.which("tectonic") or shutil.which("xelatex") or shutil.which("pdflatex")
    if latex is None:
        pytest.skip("LaTeX is not installed")
    text = call(*COMMANDS[command], "--format", "latex", cwd=folder).stdout
    (folder / "t.tex").write_text(DOCUMENT % text.replace("λ", "l"), encoding="utf-8")
    options = [] if latex.endswith("tectonic") else ["-interaction=nonstopmode", "-halt-on-error"]
    done = subprocess.run([latex, *options, "t.tex"], cwd=folder, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()[-2000:]


def test_an_unknown_total_is_a_question_mark(call: Call) -> None:
    spec = {"input_shape": [None, 3], "layers": [{"LSTM": 2}]}
    args = ("summary", "-", "--columns", "macs", "--format", "latex")
    text = call(*args, stdin=json.dumps(spec)).stdout
    assert cells(text)[-2:] == [
        ["lstm (LSTM)", "(None, 2)", "48", "40/step"],
        ["Total", "", "48", "?"],
    ]

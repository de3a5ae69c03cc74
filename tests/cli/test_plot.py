"""lstmcount plot: formats, and what goes wrong."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lstmcount.cli import commands
from lstmcount.extras import install
from tests.conftest import ROOT, Call, Run

SOURCE = "configs/action_recognition.yaml"


@pytest.mark.parametrize(
    ("suffix", "begins"),
    [
        (".svg", b"<svg "),
        (".SVG", b"<svg "),
        (".png", b"\x89PNG\r\n"),
        (".pdf", b"%PDF-"),
        (".dot", b"digraph "),
        (".gv", b"digraph "),
        (".mmd", b"flowchart TB\n"),
        (".md", b"```mermaid\nflowchart TB\n"),
    ],
)
def test_the_suffix_decides(call: Call, tmp_path: Path, suffix: str, begins: bytes) -> None:
    out = tmp_path / f"model{suffix}"
    done = call("plot", SOURCE, "-o", str(out))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert out.read_bytes().startswith(begins)
    assert os.listdir(tmp_path) == [out.name]


def test_a_picture_goes_to_standard_output(call: Call) -> None:
    root = ElementTree.fromstring(call("plot", SOURCE, "-o", "-").stdout)
    assert root.tag.endswith("svg")
    done = call("plot", SOURCE, "-o", "-", "--format", "mermaid", "--direction", "LR")
    assert done.stdout.startswith("flowchart LR\n")


def test_the_same_model_gives_the_same_bytes(tmp_path: Path) -> None:
    for suffix in (".svg", ".png", ".pdf"):
        first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
        for out in (first, second):
            commands.cli.main(["plot", str(ROOT / SOURCE), "-o", str(out)], standalone_mode=False)
        assert first.read_bytes() == second.read_bytes()


def test_options_change_the_picture(call: Call) -> None:
    text = call("plot", SOURCE, "-o", "-", "--theme", "dark", "--show", "macs").stdout
    assert "MACs" in text
    assert "(None, 5, 64)" not in text
    assert 'fill="#12161d"' in text
    text = call("plot", SOURCE, "-o", "-", "--set", "lstm.units=10").stdout
    assert "(None, 5, 10)" in text


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["-o", "model.gif"], "model.gif: expected a name that ends in .svg, .png, .pdf, .dot"),
        (["-o", "model"], "model: expected a name that ends in .svg"),
        (["-o", "nowhere/model.svg"], "nowhere/model.svg: cannot write: no such file or directory"),
        (["-o", "configs/"], "configs/: expected a name that ends in .svg"),
        (["-o", "-", "--show", "shape"], "nothing is called 'shape'. Did you mean shapes?"),
        ([], "Missing option '-o'"),
        (["-o", "-", "--cell", "--unroll", "3"], "--cell and --unroll are two pictures"),
        (["-o", "-", "--layer", "lstm"], "--layer is for --cell and --unroll"),
        (["-o", "a.dot", "--cell"], "--cell and --unroll draw svg, png, pdf, not dot"),
        (["-o", "-", "--cell"], "say which layer with --layer: lstm, lstm_1, lstm_2"),
        (["-o", "-", "--cell", "--layer", "dense"], "layer 'dense' (Dense) is not recurrent"),
        (
            ["-o", "-", "--unroll", "3", "--layer", "lstm1"],
            "no layer 'lstm1'. Did you mean lstm_1?",
        ),
    ],
)
def test_options_that_do_not_fit_are_errors(call: Call, options: list[str], message: str) -> None:
    done = call("plot", SOURCE, *options)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize("suffix", [".svg", ".md"])
def test_a_wrong_source_leaves_the_old_file(call: Call, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"old{suffix}"
    out.write_text("old")
    done = call("plot", "-", "-o", str(out), stdin="layers: [{LSTM: 0}]")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert out.read_text() == "old"
    assert os.listdir(tmp_path) == [out.name]


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf"])
def test_the_inside_of_a_layer(tmp_path: Path, suffix: str) -> None:
    for name, options in (("cell", ["--cell"]), ("time", ["--unroll", "3", "--theme", "dark"])):
        out = tmp_path / f"{name}{suffix}"
        arguments = ["plot", str(ROOT / "configs/lstm_cell.yaml"), "-o", str(out), *options]
        commands.cli.main(arguments, standalone_mode=False)
        assert out.stat().st_size > 1000


def test_png_without_matplotlib_says_what_to_install(run: Run, tmp_path: Path) -> None:
    (tmp_path / "matplotlib.py").write_text("raise ImportError('not here')")
    out = tmp_path / "model.png"
    path = os.pathsep.join([str(tmp_path), str(ROOT)])
    done = run("plot", SOURCE, "-o", str(out), PYTHONPATH=path)
    assert done.returncode == 2
    assert done.stderr == (
        f"lstmcount: PNG and PDF need matplotlib: {install('pictures')}; "
        "SVG, dot and Mermaid need nothing\n"
    )
    assert not out.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGPIPE")
def test_a_closed_pipe(tmp_path: Path) -> None:
    model = tmp_path / "model.yaml"
    layers = "".join(f"  - Dense: {i + 1}\n" for i in range(2000))
    model.write_text(f"input_shape: [4]\nlayers:\n{layers}")
    command = f"{sys.executable} -m lstmcount plot {model} -o - | head -c 1"
    done = subprocess.run(
        ["bash", "-c", f"{command}; echo ${{PIPESTATUS[0]}}"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    assert done.stdout == "<141\n"
    assert done.stderr == ""

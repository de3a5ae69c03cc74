"""How a notebook displays the records."""

from __future__ import annotations

import html
import os
from typing import Any

import pytest

import lstmcount
from tests.conftest import ROOT

EVIL = "<script>alert(1)</script>"
SPEC: dict[str, Any] = {
    "name": EVIL,
    "input_shape": [5, 8],
    "layers": [{"LSTM": {"units": 4, "name": "a<b"}}, {"Dense": 3}],
}
OTHER = {**SPEC, "layers": [{"LSTM": {"units": 6, "name": "a<b"}}, {"Dense": 3}]}
SHOWN: dict[str, tuple[Any, str]] = {
    "summary": (lambda: lstmcount.summarize(SPEC), ">208<"),
    "costs": (lambda: lstmcount.cost(SPEC, quantize="int8"), "left alone"),
    "change": (lambda: lstmcount.diff(SPEC, OTHER), "units: 4 -&gt; 6"),
    "comparison": (lambda: lstmcount.compare(SPEC, OTHER), "223"),
    "report": (lambda: lstmcount.report(SPEC), "&lt;!DOCTYPE html&gt;"),
    "explanation": (lambda: lstmcount.explain(SPEC), "W_f"),
}


@pytest.mark.parametrize(("make", "part"), SHOWN.values(), ids=SHOWN)
def test_records_show_escaped_html_in_a_notebook(make: Any, part: str) -> None:
    shown = make()._repr_html_()
    assert "<script" not in shown
    assert "a<b" not in shown
    assert part in shown


def test_a_frame_holds_the_whole_report() -> None:
    report = lstmcount.report(SPEC)
    frame = report._repr_html_()
    assert html.unescape(frame[frame.index("srcdoc=") + 8 : -len('"></iframe>')]) == report.html


def test_pictures_show_themselves_in_a_notebook() -> None:
    picture = lstmcount.plot(SPEC)
    assert picture._repr_svg_().startswith("<svg")
    assert "<script" not in picture._repr_svg_()
    assert (picture._repr_png_(), lstmcount.plot(SPEC, "dot")._repr_svg_()) == (None, None)


def test_in_a_notebook(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    start = f"import lstmcount; spec = {SPEC!r}"
    lines = [
        "lstmcount.summarize(spec)",
        "lstmcount.cost(spec)",
        "lstmcount.diff(spec, {**spec, 'layers': [{'LSTM': 6}]})",
        "lstmcount.compare(spec)",
        "lstmcount.explain(spec)",
        "lstmcount.plot(spec)",
    ]
    cells = [nbformat.v4.new_code_cell(line) for line in [start, *lines]]
    book = nbformat.v4.new_notebook(cells=cells)
    nbclient.NotebookClient(book, timeout=300, resources={"metadata": {"path": tmp_path}}).execute()
    shown = [cell.outputs[0].data for cell in book.cells[1:]]
    assert all("<table>" in data["text/html"] for data in shown[:4])
    assert "<pre " in shown[4]["text/html"]
    assert shown[5]["image/svg+xml"].startswith("<svg")

"""The summary as SVG and HTML: the same text as on a terminal, in colours that can be read."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from lstmcount import summarize
from lstmcount.renderers.cells import Options
from lstmcount.renderers.screenshots import page, svg
from lstmcount.renderers.table import as_text
from lstmcount.renderers.themes import THEMES, contrast
from tests.conftest import Call

MODEL = {"input_shape": [5, 126], "layers": [{"LSTM": 64}, {"Dense": {"units": 3, "name": "end"}}]}


def model(name: str = "small") -> Any:
    return summarize({"name": name, **MODEL})


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("length", [80, 50])
def test_the_text_is_that_of_the_terminal(theme: str, length: int) -> None:
    options = Options(line_length=length)
    text = as_text(model(), options)
    found = re.search(r"<pre>(.*)</pre>", page(model(), options, theme), re.S)
    assert found
    plain = html.unescape(re.sub(r"<[^>]+>", "", found[1]))
    assert [line.rstrip() for line in plain.splitlines()] == [
        line.rstrip() for line in text.splitlines()
    ]
    root = ElementTree.fromstring(svg(model(), options, theme))
    words = "".join(t for node in root.findall(".//{*}text") for t in node.itertext())
    assert re.sub(r"\s", "", words).endswith(re.sub(r"\s", "", text))


@pytest.mark.parametrize("make", [svg, page])
def test_nothing_is_loaded_and_names_are_text(make: Any) -> None:
    text = make(model("<script>{x}</script>"), Options(), "light")
    assert "<script" not in text
    assert "&lt;script&gt;{x}" in text
    assert "url(http" not in text
    assert "@font-face" not in text
    assert text == make(model("<script>{x}</script>"), Options(), "light")


@pytest.mark.parametrize("theme", THEMES)
def test_colours_can_be_read_on_their_paper(theme: str) -> None:
    paper = THEMES[theme].paper
    style = svg(model(), Options(show_trainable=True), theme).split("</style>")[0]
    colours = re.findall(r"fill: (#[0-9a-f]{6})", style)
    assert len(set(colours)) >= 4
    assert all(contrast(colour, paper) >= 4.5 for colour in colours if colour != paper)


def test_written_to_a_file_or_not_at_all(call: Call, tmp_path: Path) -> None:
    (tmp_path / "m.yaml").write_text("input_shape: [4]\nlayers:\n- Dense: 3\n")
    done = call("summary", "m.yaml", "--format", "svg", "-o", "m.svg", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert ElementTree.parse(tmp_path / "m.svg").getroot().tag.endswith("svg")
    before = (tmp_path / "m.svg").read_bytes()
    (tmp_path / "m.yaml").write_text("input_shape: [4]\nlayers:\n- Dense: -3\n")
    done = call("summary", "m.yaml", "-o", "m.svg", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert (tmp_path / "m.svg").read_bytes() == before


def test_a_theme_is_for_pictures(call: Call) -> None:
    done = call("summary", "configs/stacked_gru.yaml", "--theme", "dark")
    assert done.returncode == 2
    assert "--theme goes with --format svg or html" in done.stderr

"""SVG, dot and Mermaid: their structure, and that names stay text."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from lstmcount import plot
from lstmcount.escapes import escape
from lstmcount.pictures import dot, mermaid, raster, svg
from lstmcount.pictures.drawing import View, draw
from lstmcount.renderers.themes import THEMES
from tests.conftest import ROOT, Call, built
from tests.pictures.drawn import SVG, application, as_xml, boxes, pictured

EVIL = [
    "<img src=x onerror=alert(1)>",
    '"];end;digraph{',
    "a\\",
    "`code` **bold** #quot; #34;",
    "end",
    "]]></svg><script>",
    "a\nb\x1b[31m\x00\ud800",
    "'; click n0 call alert()",
    "%%{init: {}}%%",
    "ünï→cødé 層",
]
LIGHT = THEMES["light"]


def evil(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "inputs": {"x": [8]},
        "layers": [{"Dense": 8, "name": name, "inputs": "x"}],
    }


def drawing(model: Any, **view: Any) -> Any:
    return draw(built(model), View(**view))


CONTROLS = ["a\nb\tc", "\x1b" * 6 + "end", "\u200b\u202e" * 4]


@pytest.mark.parametrize("name", CONTROLS)
def test_boxes_have_room_for_names_as_they_are_printed(name: str) -> None:
    found = dict(boxes(pictured(evil(name)).shapes))
    printed = dict(boxes(pictured(evil(escape(name))).shapes))
    assert found[name].width == printed[escape(name)].width


@pytest.mark.parametrize("name", CONTROLS)
def test_pixels_show_names_as_they_are_printed(name: str) -> None:
    pytest.importorskip("matplotlib")
    assert raster.as_png(pictured(evil(name))) == raster.as_png(pictured(evil(escape(name))))


def test_characters_that_no_font_has_are_named(call: Call, tmp_path: Path) -> None:
    pytest.importorskip("matplotlib")
    name = "\U00013080\U00013081"  # hieroglyphs
    spec = {"variables": {name: 3}, "name": name, "input_shape": [5], "layers": [{"Dense": name}]}
    for fmt in ("png", "pdf"):
        (note,) = plot(spec, fmt).notes
        assert f"no font here has the characters {name}" in note
    assert plot(spec, "svg").notes == ()
    (tmp_path / "m.json").write_text(json.dumps(spec))
    done = call("sweep", "m.json", "--set", f"{name}=1..3", "--plot", "p.png", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, f"note: {note}\n")


# -- SVG --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVIL)
def test_svg_keeps_names_text(name: str) -> None:
    root = as_xml(pictured(evil(name)))
    kinds = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert kinds == {"svg", "title", "desc", "rect", "g", "path", "text", "tspan"}
    assert not any(key.startswith("on") for element in root.iter() for key in element.attrib)
    (group,) = (g for g in root.iter(f"{SVG}g") if g.get("data-name") != "x")
    if name.isprintable():
        assert group.get("data-name") == name


def test_svg_has_a_title_a_description_and_text() -> None:
    root = as_xml(pictured(ROOT / "configs/seq2seq.yaml"))
    assert root.get("role") == "img"
    wanted = {root[0].get("id"), root[1].get("id")}
    assert wanted == set(str(root.get("aria-labelledby")).split())
    assert root[0].text == "seq2seq"
    assert "3,868,480 parameters" in str(root[1].text)
    texts = {"".join(text.itertext()) for text in root.iter(f"{SVG}text")}
    assert {"LSTM encoder", "394,240 params", "(None, None, 8000)"} <= texts


def test_svg_loads_nothing() -> None:
    text = svg.write(pictured(ROOT / "configs/seq2seq.yaml"))
    assert re.findall(r"https?://[^\"]+", text) == ["http://www.w3.org/2000/svg"]
    assert "href" not in text
    assert "style" not in text


def test_an_arrow_for_each_edge_and_a_loop_for_each_recurrent_layer() -> None:
    root = as_xml(pictured(ROOT / "configs/action_recognition.yaml"))
    closed = [path for path in root.iter(f"{SVG}path") if str(path.get("d")).endswith("Z")]
    assert len(closed) == 6 + 3


# -- dot --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", EVIL)
def test_dot_keeps_names_text(name: str) -> None:
    text = dot.write(drawing(evil(name)), LIGHT)
    outside = re.sub(r'"(?:[^"\\]|\\.)*"', '""', text)
    assert outside.count("{") == outside.count("}") == 1
    assert "<" not in outside
    assert len(text.splitlines()) == len(dot.write(drawing(evil("a")), LIGHT).splitlines())


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
@pytest.mark.parametrize("model", [evil(name) for name in EVIL] + [ROOT / "configs/seq2seq.yaml"])
def test_graphviz_takes_it(model: Any) -> None:
    text = dot.write(drawing(model), LIGHT)
    done = subprocess.run(
        ["dot", "-Tsvg"], input=text.encode(), capture_output=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not re.search(b"syntax|error", done.stderr, re.IGNORECASE)
    ElementTree.fromstring(done.stdout)


def test_dot_has_a_cluster_for_each_folded_block() -> None:
    text = dot.write(drawing(application("ResNet50")), LIGHT)
    assert text.count("subgraph cluster_") == 4
    assert 'label="× 5\\n' in text


# -- Mermaid ----------------------------------------------------------------------------------

NODE = re.compile(r'  (n\d+)(\(\["[^"]*"\]\)|\["[^"]*"\]):::(c\d+)')
LINES = [
    re.compile(r"flowchart (TB|BT|LR|RL)"),
    re.compile(r"  acc(Title|Descr): .+"),
    NODE,
    re.compile(r'  subgraph g\d+\["[^"]*"\]'),
    re.compile(r"  end"),
    re.compile(r"  style g\d+ fill:#[0-9a-f]{6},stroke:#[0-9a-f]{6},color:#[0-9a-f]{6}"),
    re.compile(r"  n\d+ --> n\d+"),
    re.compile(r"  classDef c\d+ fill:#[0-9a-f]{6},stroke:#[0-9a-f]{6},color:#[0-9a-f]{6}"
               r"(,stroke-dasharray:5 3)?"),
]  # fmt: skip


def assert_mermaid(text: str) -> None:
    """Assert that every line fits Mermaid's grammar, and that all names are defined."""
    for line in text.splitlines():
        indented = f"  {line.lstrip()}" if line.startswith(" ") else line
        assert any(form.fullmatch(indented) for form in LINES), line
    defined = set(re.findall(r"^ +(n\d+)[\[(]", text, re.MULTILINE))
    joined = {name for pair in re.findall(r"(n\d+) --> (n\d+)", text) for name in pair}
    assert joined <= defined
    assert set(re.findall(r":::(c\d+)", text)) == set(re.findall(r"classDef (c\d+)", text))
    assert text.count("subgraph ") == len(re.findall(r"^ +end$", text, re.MULTILINE))


@pytest.mark.parametrize("name", EVIL)
def test_mermaid_keeps_names_text(name: str) -> None:
    text = mermaid.write(drawing(evil(name)), LIGHT)
    assert_mermaid(text)
    tags = set(re.findall(r"<[^>]*>", text))
    assert tags <= {"<b>", "</b>", "<br/>"}
    assert not re.search(r"[`*%\\]", text)


@pytest.mark.parametrize("name", ["ResNet50", "InceptionV3"])
def test_mermaid_of_an_application(name: str) -> None:
    assert_mermaid(mermaid.write(drawing(application(name)), LIGHT))


def test_a_folded_resnet_fits_into_a_comment() -> None:
    assert not mermaid.is_too_large(mermaid.write(drawing(application("ResNet152")), LIGHT))
    whole = mermaid.write(drawing(application("ResNet152"), fold=False), LIGHT)
    assert mermaid.is_too_large(whole)

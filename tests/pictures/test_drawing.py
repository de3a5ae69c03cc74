"""The drawing of a model: boxes, clusters, edges, folding."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

import pytest

from lstmcount.pictures import svg
from lstmcount.pictures.architecture import picture
from lstmcount.pictures.diagram import Box, Cluster, flat, walk
from lstmcount.pictures.drawing import View, draw
from lstmcount.pictures.frame import framed
from lstmcount.pictures.shapes import Text
from lstmcount.renderers.themes import THEMES
from tests.conftest import ROOT, built
from tests.pictures.drawn import application, assert_tidy

CHAIN: dict[str, Any] = {
    "input_shape": [16],
    "layers": [
        {"Dense": 16, "name": "a"},
        {"Dense": 16, "name": "b"},
        {"Dense": 16, "name": "c"},
        {"Dense": 3, "name": "d"},
    ],
}


def residual(blocks: int) -> dict[str, Any]:
    """Blocks of Dense, ReLU and Add around which the data can go."""
    layers: list[Any] = []
    last = "x"
    for i in range(blocks):
        layers += [
            {"Dense": 8, "name": f"dense_{i}", "inputs": last},
            {"ReLU": {}, "name": f"relu_{i}"},
            {"Add": {}, "name": f"add_{i}", "inputs": [last, f"relu_{i}"]},
        ]
        last = f"add_{i}"
    return {"inputs": {"x": [8]}, "layers": [*layers, {"Dense": 2, "name": "out"}]}


def elements(model: Any, **view: Any) -> list[Any]:
    return walk(draw(built(model), View(**view)).level)


def clusters(model: Any, **view: Any) -> list[Cluster]:
    return [each for each in elements(model, **view) if isinstance(each, Cluster)]


def edges(model: Any, **view: Any) -> set[tuple[str, str]]:
    found = flat(draw(built(model), View(**view)).level)
    return {(found.boxes[a].name, found.boxes[b].name) for a, b in found.edges}


def test_a_chain_is_drawn_in_order() -> None:
    found = [(box.class_name, box.name) for box in elements(CHAIN, fold=False)]
    assert found[0][0] == "InputLayer"
    names = [name for _, name in found]
    assert edges(CHAIN, fold=False) == set(pairwise(names))


def test_three_equal_layers_fold() -> None:
    (block,) = clusters(CHAIN)
    assert (block.times, block.name, block.params) == (3, "a … c", 16 * 17)
    assert [item.element.name for item in block.level.items] == ["a"]


@pytest.mark.parametrize(("blocks", "times"), [(1, None), (2, 2), (12, 12), (400, 400)])
def test_residual_blocks_fold(blocks: int, times: int | None) -> None:
    found = clusters(residual(blocks))
    assert [block.times for block in found] == ([times] if times else [])
    for block in found:
        assert block.params == 8 * 9
        assert len(block.level.items) == 3
        assert block.level.entries == len(block.level.exits) == 1


def test_without_folding_every_layer_is_there() -> None:
    assert clusters(residual(12), fold=False) == []
    assert len(elements(residual(12), fold=False)) == 1 + 36 + 1


def test_blocks_whose_middle_is_read_are_not_folded() -> None:
    model = residual(4)
    model["layers"].append({"Add": {}, "name": "sum", "inputs": ["add_3", "add_1"]})
    del model["layers"][-2]
    assert [block.times for block in clusters(model)] == [2, 2]
    assert {("add_0", "sum"), ("add_2", "sum")} <= edges(model)  # of each block the first is drawn


def test_a_block_of_two_layers_and_layers_that_differ() -> None:
    model = {"input_shape": [8], "layers": [{"Dense": n} for n in (9, 8, 9, 8, 7)]}
    assert [block.times for block in clusters(model)] == [2]
    model = {"input_shape": [8], "layers": [{"Dense": n} for n in (8, 16, 32, 64)]}
    assert clusters(model) == []


@pytest.mark.parametrize(
    ("name", "times"),
    [
        ("ResNet50", [2, 3, 5, 2]),
        ("ResNet152", [2, 7, 35, 2]),
        ("InceptionResNetV2", [10, 20, 9]),
        ("EfficientNetB0", [2, 2, 3]),
    ],
)
def test_blocks_of_applications(name: str, times: list[int]) -> None:
    assert [block.times for block in clusters(application(name))] == times


def test_an_embedding_that_is_called_twice_is_counted_once() -> None:
    first, second = (
        e for e in elements(ROOT / "configs/seq2seq.yaml") if e.class_name == "Embedding"
    )
    assert (first.again, second.again) == (False, True)
    assert first.facts == ("1,024,000 params",)
    assert second.facts == ("the same weights",)
    assert second.share == 0


def test_recurrent_layers_have_a_loop() -> None:
    model = {
        "input_shape": [5, 4],
        "layers": [
            {"Bidirectional": {"layer": {"LSTM": {"units": 3, "return_sequences": True}}}},
            {"TimeDistributed": {"layer": {"Dense": 2}}},
            {"GRU": 3},
            {"Dense": 1},
        ],
    }
    found = [(box.title, box.loops) for box in elements(model)]
    assert found[1:] == [
        ("Bidirectional(LSTM)", True),
        ("TimeDistributed(Dense)", False),
        ("GRU", True),
        ("Dense", False),
    ]


def test_an_unknown_shape_is_drawn_as_a_question_mark() -> None:
    box, other = elements({"layers": [{"Dense": 3}, {"LSTM": 4}]})
    assert box.shape == other.shape == "?"


def test_shares_are_of_all_parameters() -> None:
    boxes = [e for e in elements(CHAIN, fold=False) if isinstance(e, Box)]
    assert sum(box.share for box in boxes) == pytest.approx(1)


@pytest.mark.parametrize(("depth", "opened"), [(None, 4), (1, 2), (0, 0)])
def test_nested_models_are_opened_to_a_depth(depth: int | None, opened: int) -> None:
    path = ROOT / "tests/golden/models/nested_three_levels/model.json"
    found = [c for c in clusters(path, depth=depth) if c.kind == "model"]
    assert len(found) == opened


def test_the_first_call_stands_for_its_layer() -> None:
    found = elements(ROOT / "docs/gallery/nested.yaml")
    tower, again = (each for each in found if each.name == "tower")
    assert isinstance(tower, Cluster)
    assert again.again
    assert ("left", "conv2d") in edges(ROOT / "docs/gallery/nested.yaml")
    assert ("right", "tower") in edges(ROOT / "docs/gallery/nested.yaml")


def long(count: int) -> dict[str, Any]:
    """A chain with edges over eight layers."""
    names = [f"layer_{i}" for i in range(count)]
    pairs = zip(names, ["x", *names], ["x"] * 8 + names, strict=False)
    layers = [
        {"Dense": 8, "name": name, "inputs": before}
        if i % 3
        else {"Add": {}, "name": name, "inputs": [before, far]}
        for i, (name, before, far) in enumerate(pairs)
    ]
    return {"inputs": {"x": [8]}, "layers": layers}


@pytest.mark.parametrize(("count", "fold"), [(10_000, True), (3000, False)])
def test_thousands_of_layers_are_drawn_in_seconds(count: int, fold: bool) -> None:
    model = built(long(count))
    start = time.process_time()
    svg.write(picture(draw(model, View(fold=fold)), THEMES["light"]))
    assert time.process_time() - start < 10


def test_a_frame_has_the_name_the_total_and_the_colours() -> None:
    spec = {"name": "two", "input_shape": [5, 3], "layers": [{"LSTM": 4}, "ReLU", {"Dense": 2}]}
    drawing = draw(built(spec))
    shown = framed(drawing, THEMES["light"])
    texts = [(shape.lead, shape.text) for shape in shown.shapes if isinstance(shape, Text)]
    assert texts == [
        ("Sequential", "two"),
        ("", "3 layers, 138 parameters"),
        *(("", kind) for kind in ("input", "recurrent", "dense", "activation")),
    ]
    assert_tidy(shown)
    graph = picture(drawing, THEMES["light"])
    assert (shown.width >= graph.width, shown.height > graph.height) == (True, True)

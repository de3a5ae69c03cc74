"""Every model that real Keras made can be drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from lstmcount import LstmcountError
from lstmcount.pictures import dot, mermaid
from lstmcount.pictures.architecture import picture
from lstmcount.pictures.drawing import View, draw
from lstmcount.renderers.themes import THEMES
from tests.conftest import built
from tests.pictures.drawn import GOLDEN, application, as_xml, assert_tidy, boxes, pictured

MODELS = sorted((GOLDEN / "models").glob("*/model.json"))


def test_there_are_models() -> None:
    assert len(MODELS) > 100


@pytest.mark.parametrize("path", MODELS, ids=lambda path: path.parent.name)
def test_the_picture_of_a_model_is_tidy(path: Path) -> None:
    try:
        model = built(path)
    except LstmcountError:
        pytest.skip("not a model that can be counted")
    drawing = draw(model, View(show=("shapes", "params", "macs")))
    for direction in ("TB", "RL"):
        shown = picture(drawing, THEMES["dark"], direction)
        as_xml(shown)
        assert_tidy(shown)
    assert dot.write(drawing, THEMES["light"]).startswith("digraph")
    assert mermaid.write(drawing, THEMES["light"]).startswith("flowchart")
    unfolded = draw(model, View(fold=False, depth=0))
    every = {name for name, _ in boxes(picture(unfolded, THEMES["light"]).shapes)}
    assert {layer.name for layer in model.own_layers} <= every


@pytest.mark.parametrize("name", ["ResNet50", "EfficientNetB0", "MobileNetV2", "InceptionV3"])
@pytest.mark.parametrize("fold", [True, False])
def test_the_picture_of_an_application_is_tidy(name: str, fold: bool) -> None:
    shown = pictured(application(name), fold=fold)
    as_xml(shown)
    assert_tidy(shown)

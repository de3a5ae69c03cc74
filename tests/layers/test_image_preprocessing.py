from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstmcount import LstmcountError
from lstmcount.config import LayerConfig
from lstmcount.layers.families import FAMILIES
from lstmcount.layers.making.from_configs import create
from tests.examples import examples
from tests.layers.against_keras import ours, theirs

N = None
IMAGES = (N, 8, 9, 3)
SIZE = {"height": 4, "width": 5}
CLASSES = [*FAMILIES["image_preprocessing"].split(), *FAMILIES["image_augmentation"].split()]
BOXES = {"boxes": (N, 7, 4), "labels": (N, 7)}
NEEDED: dict[str, dict[str, Any]] = {
    "CenterCrop": SIZE,
    "RandomCrop": SIZE,
    "Resizing": SIZE,
    "MaxNumBoundingBoxes": {"max_number": 4},
    "RandomTranslation": {"height_factor": 0.2, "width_factor": 0.2},
    "RandomZoom": {"height_factor": 0.2},
    "RandomPosterization": {"factor": 3},
} | {
    name: {"factor": 0.2}
    for name in CLASSES
    if name.removeprefix("Random")
    in {"Brightness", "ColorDegeneration", "Contrast", "Hue", "Rotation", "Saturation", "Sharpness"}
}


@pytest.mark.parametrize(
    ("class_name", "arguments", "shapes", "output"),
    [
        ("CenterCrop", SIZE, IMAGES, (N, 4, 5, 3)),
        ("CenterCrop", {**SIZE, "data_format": "channels_first"}, (N, 3, 8, 9), (N, 3, 4, 5)),
        ("CenterCrop", SIZE, (8, 9, 3), (4, 5, 3)),
        ("CenterCrop", SIZE, (N, 3), None),
        ("RandomCrop", SIZE, (N, N, N, 3), (N, 4, 5, 3)),
        ("RandomCrop", SIZE, (2, N, 8, 9, 3), (2, N, 4, 5, 3)),
        ("Resizing", SIZE, IMAGES, (N, 4, 5, 3)),
        ("Resizing", {**SIZE, "data_format": "channels_first"}, (3, 8, 9), (3, 4, 5)),
        ("Resizing", SIZE, {"images": IMAGES, "labels": (N, 5)}, (4, 5)),
        ("RandomFlip", {}, IMAGES, IMAGES),
        ("RandomColorDegeneration", {"factor": 0.5}, (N, 8, 9, 1), None),
        ("RandomGrayscale", {}, {"images": IMAGES, "labels": (N, 5)}, None),
        (
            "MaxNumBoundingBoxes",
            {"max_number": 4},
            {"images": IMAGES, "bounding_boxes": BOXES},
            {"images": IMAGES, "bounding_boxes": {"boxes": (N, 4, 4), "labels": (N, 4)}},
        ),
        (
            "MaxNumBoundingBoxes",
            {"max_number": 4},
            {"images": (8, 9, 3), "bounding_boxes": {"boxes": (5, 4), "labels": (5,)}},
            None,
        ),
    ],
)
def test_shapes(class_name: str, arguments: dict[str, Any], shapes: Any, output: Any) -> None:
    assert ours(class_name, arguments, shapes) == (None if output is None else (output, []))


@pytest.mark.parametrize(
    ("class_name", "arguments", "said"),
    [
        ("RandomFlip", {"model": "horizontal"}, "RandomFlip has no argument 'model'."),
        (
            "RandomBrightness",
            {"factor": 2},
            "$.factor: expected a number or a pair of numbers between -1 and 1",
        ),
        (
            "RandomContrast",
            {"factor": -0.1},
            "$.factor: expected a number or a pair of numbers between 0 and 1",
        ),
        ("RandomShear", {"x_factor": [-0.2, 0.3]}, "$.x_factor: expected a number"),
        ("RandomPosterization", {"factor": 9}, "between 1 and 8"),
        ("RandomGaussianBlur", {"kernel_size": 4}, "$.kernel_size: expected odd numbers, got 4"),
        ("RandomRotation", {"factor": 0.1, "fill_mode": "mirror"}, "$.fill_mode: expected"),
        ("Resizing", {"height": -1, "width": 5}, "$.height: expected an integer that is not neg"),
        ("CenterCrop", {"height": 2}, "CenterCrop needs the argument 'width'"),
        ("AutoContrast", {"value_range": [0, 1, 2]}, "$.value_range: expected"),
    ],
)
def test_wrong_arguments(class_name: str, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(LstmcountError) as caught:
        create(LayerConfig(class_name=class_name, arguments=arguments))
    assert said in str(caught.value)


def test_a_factor_as_keras_saves_it_is_taken_back() -> None:
    assert ours("RandomShear", {"x_factor": [-0.2, 0.2]}, IMAGES) == (IMAGES, [])


@pytest.mark.oracle
@pytest.mark.parametrize("class_name", CLASSES)
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_as_keras(class_name: str, data_format: str) -> None:
    pytest.importorskip("keras")
    arguments = {**NEEDED.get(class_name, {}), "data_format": data_format}
    for shapes in (
        IMAGES,
        (2, 3, 8, 9),
        (N, N, N, 3),
        (8, 9, 3),
        (N, 5),
        (N, 4, 8, 9, 3),
        {"images": IMAGES, "labels": (N, 5)},
        {"images": IMAGES, "bounding_boxes": BOXES},
        {"images": IMAGES, "labels": (N, 5), "bounding_boxes": BOXES},
    ):
        assert ours(class_name, arguments, shapes) == theirs(class_name, arguments, shapes)


@pytest.mark.oracle
@given(data=st.data())
@settings(max_examples=examples(60), deadline=None)
def test_factors_as_keras(data: st.DataObject) -> None:
    pytest.importorskip("keras")
    field_of = {
        name: next(iter(field))
        for name in CLASSES
        if (field := create(LayerConfig(class_name=name, arguments=NEEDED.get(name, {}))).bounds)
    }
    class_name = data.draw(st.sampled_from(sorted(field_of)))
    number = st.sampled_from([-9.0, -2.0, -1.0, -0.3, 0.0, 0.1, 0.5, 1, 2, 8, 9])
    factor = data.draw(number if class_name == "RandomGrayscale" else number | _pairs(number))
    field = field_of[class_name]
    arguments = {**NEEDED.get(class_name, {}), field: factor}
    assert ours(class_name, arguments, IMAGES) == theirs(class_name, arguments, IMAGES)


def _pairs(number: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    pairs = st.lists(number, min_size=2, max_size=2)
    return pairs.filter(lambda pair: pair[0] != -pair[1])  # those are taken as saved ones

"""Image layers whose outputs do not depend on chance."""

from __future__ import annotations

from typing import Any

from _notation import Case, case, cases, integers, tensor

FIRST = {"data_format": "channels_first"}
IMAGE = tensor(8, 9, 3)
SINGLE = tensor(9, 3, batch=8)
OPEN = tensor(None, None, 3)


def unchanged(*arguments: dict[str, Any]) -> list[Case]:
    """Cases of a layer which keeps the shape of its images."""
    return [
        *cases(IMAGE, *arguments, {"dtype": "mixed_float16"}, {"dtype": "uint8"}, {"wrong": 1}),
        *(case({}, each) for each in (SINGLE, OPEN, tensor(8, 9, 1), tensor(8, 9, 4))),
        case({}, tensor(8, 9, 3, dtype="uint8")),
        case({}, integers(8, 9, 3)),
        case({}, tensor(3)),
        case({}, tensor(4, 8, 9, 3)),
        case({}, {"images": IMAGE, "labels": tensor(5)}),
        case({}, IMAGE, training=False),
    ]


def sized(*arguments: dict[str, Any]) -> list[Case]:
    """Cases of a layer with arguments for the height and width of its output."""
    base: dict[str, Any] = {"height": 4, "width": 5}
    return [
        *cases(IMAGE, base, *({**base, **each} for each in arguments)),
        *cases(
            IMAGE,
            {"height": 12, "width": 16},
            {"height": 12, "width": 4},
            {"height": 8, "width": 9},
            {"height": 0, "width": 5},
            {"height": -1, "width": 5},
            {"height": 2.5, "width": 5},
            {"height": 4},
            {},
            {**base, "dtype": "mixed_float16"},
            {**base, "data_format": "first"},
        ),
        case(base, SINGLE),
        case(base, OPEN),
        case(base, tensor(None, 9, 3)),
        case({**base, **FIRST}, tensor(3, 8, 9)),
        case({**base, **FIRST}, tensor(8, 9, batch=3)),
        case({**base, **FIRST}, tensor(3, None, None)),
        case(base, tensor(8, 9, 3, dtype="uint8")),
        case(base, integers(8, 9, 3)),
        case(base, tensor(8, 9, 3, batch=2)),
        case(base, tensor(3)),
        case(base, tensor(5, 8, 9, 3)),
        case(base, {"images": IMAGE, "labels": tensor(5)}),
        case(base, IMAGE, training=False),
    ]


CASES: dict[str, list[Case]] = {
    "AutoContrast": unchanged({}, {"value_range": (0, 1)}, {"value_range": [0, 1, 2]}),
    "CenterCrop": sized(),
    "ContrastLimitedAdaptiveHistogramEqualization": unchanged(
        {}, {"clip_limit": 2.0}, {"tile_grid_size": (4, 4)}, {"tile_grid_size": 4}, FIRST
    ),
    "Equalization": unchanged({}, {"bins": 16}, {"bins": 0}, {"value_range": (1, 0)}, FIRST),
    "MaxNumBoundingBoxes": [
        *cases(IMAGE, {"max_number": 4}, {"max_number": 4, "fill_value": 0}, {}),
        case(
            {"max_number": 4},
            {
                "images": IMAGE,
                "bounding_boxes": {"boxes": tensor(7, 4), "labels": integers(7)},
            },
        ),
    ],
    "RandomCrop": sized({"seed": 3}),
    "Resizing": sized(
        *({"interpolation": name} for name in ("nearest", "bicubic", "lanczos3", "area")),
        {"crop_to_aspect_ratio": True},
        {"pad_to_aspect_ratio": True},
        {"crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True},
        {"fill_mode": "reflect"},
        {"antialias": True},
    ),
    "Solarization": unchanged(
        {},
        {"addition_factor": 0.5},
        {"addition_factor": (0.1, 0.2), "threshold_factor": 0.3, "seed": 2},
        {"addition_factor": 2.0},
        {"threshold_factor": (0.5, 0.1)},
        {"value_range": (0, 1, 2)},
    ),
}

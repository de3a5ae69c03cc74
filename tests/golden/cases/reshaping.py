"""Cropping, padding, upsampling and other layers which only move numbers."""

from __future__ import annotations

from typing import Any

from _notation import Case, case, cases, integers, tensor

FIRST = {"data_format": "channels_first"}
LINE = tensor(8, 3)
IMAGE = tensor(8, 9, 3)
VOLUME = tensor(8, 9, 10, 3)
OPEN_IMAGE = tensor(None, 9, 3)
OPEN_VOLUME = tensor(None, 9, None, 3)


def per_axis(name: str, good: list[Any], bad: list[Any], inputs: list[Any]) -> list[Case]:
    """Each value of the argument `name` on the first input; the first good value on the others."""
    made = cases(inputs[0], {}, *({name: value} for value in (*good, *bad)))
    made += [case({name: good[0]}, each) for each in inputs[1:]]
    return made


CASES: dict[str, list[Case]] = {
    "Cropping1D": per_axis(
        "cropping",
        [1, (2, 3), [0, 1], 0],
        [8, (4, 4), (4, 5), (1, 2, 3), -1, (1, -1), 1.5, "a"],
        [LINE, tensor(None, 3), tensor(3), IMAGE, integers(8, 3)],
    ),
    "Cropping2D": [
        *per_axis(
            "cropping",
            [1, (2, 3), ((1, 2), (3, 0)), [[1, 2], [3, 4]]],
            [4, ((8, 0), (0, 0)), (1, 2, 3), ((1, 2, 3), (1, 2)), ((1, 2), (1, 2, 3)), -1, "a"],
            [IMAGE, OPEN_IMAGE, tensor(None, None, 3), LINE],
        ),
        case({"cropping": ((1, 2), (3, 0)), **FIRST}, tensor(3, 8, 9)),
        case({"cropping": ((1, 2), (3, 7)), **FIRST}, tensor(3, 8, 9)),
        case({"cropping": 1, "data_format": "first"}, IMAGE),
    ],
    "Cropping3D": [
        *per_axis(
            "cropping",
            [1, (1, 2, 3), ((1, 2), (3, 0), (0, 4)), 0],
            [4, (1, 2), ((1, 2), (1, 2), (1, 2, 3)), -1, ((9, 0), (0, 0), (0, 0))],
            [VOLUME, OPEN_VOLUME, IMAGE],
        ),
        case({"cropping": ((1, 2), (3, 0), (0, 1)), **FIRST}, tensor(3, 8, 9, 10)),
        case({"cropping": (1, 2, 3), **FIRST}, tensor(3, None, 9, 10)),
    ],
    "Flatten": [
        *(case({}, each) for each in (IMAGE, tensor(5), tensor(), tensor(None, 3), tensor(0, 3))),
        case(FIRST, tensor(3, 4, 5)),
        case(FIRST, tensor(3)),
        case(FIRST, tensor(None, 4)),
        case({}, tensor(4, 5, batch=2)),
        case({"dtype": "mixed_float16"}, IMAGE),
        case({"data_format": "first"}, IMAGE),
        case({}, integers(2, 2)),
        case({}, tensor(None, None, 3)),
    ],
    "Permute": [
        *cases(IMAGE, {"dims": (3, 1, 2)}, {"dims": [2, 1, 3]}, {"dims": (1, 2, 3)}),
        case({"dims": (2, 1)}, tensor(None, 3)),
        case({"dims": (2, 1)}, IMAGE),
        *cases(LINE, {"dims": (0, 1)}, {"dims": (1, 1)}, {"dims": (1, 3)}, {"dims": (1,)}, {}),
        *cases(LINE, {"dims": [2, 1], "dtype": "float16"}, {"dims": "21"}, {"dims": 1}),
    ],
    "RepeatVector": [
        *cases(tensor(4), {"n": 3}, {"n": 1}, {"n": 0}, {"n": -1}, {"n": 2.5}, {"n": "3"}, {}),
        case({"n": 3}, tensor(None)),
        case({"n": 3}, LINE),
        case({"n": 3}, integers(4)),
        case({"n": 3}, tensor()),
    ],
    "Reshape": [
        *cases(
            tensor(4, 6),
            {"target_shape": (24,)},
            {"target_shape": (-1,)},
            {"target_shape": (-1, 3)},
            {"target_shape": [2, 3, 4]},
            {"target_shape": (2, -1, 4)},
            {"target_shape": (8, 3, 1)},
            {"target_shape": (5, 5)},
            {"target_shape": (-1, 5)},
            {"target_shape": (-1, -1)},
            {"target_shape": 24},
            {"target_shape": -1},
            {"target_shape": (None, 4)},
            {"target_shape": (6, None)},
            {"target_shape": ()},
            {"target_shape": (0, 24)},
            {"target_shape": (-2, 12)},
            {"target_shape": (24,), "dtype": "mixed_float16"},
            {},
        ),
        *cases(
            tensor(None, 6),
            {"target_shape": (-1, 3)},
            {"target_shape": (-1,)},
            {"target_shape": (12, -1)},
            {"target_shape": (24,)},
            {"target_shape": (None, 2, 3)},
        ),
        case({"target_shape": (-1, 3)}, tensor(None, None)),
        case({"target_shape": (1,)}, tensor()),
        case({"target_shape": ()}, tensor(1)),
        case({"target_shape": (3, 2)}, tensor(6, batch=4)),
        case({"target_shape": (3, -1)}, tensor(6, batch=4)),
        case({"target_shape": (3, 2)}, integers(6)),
    ],
    "UpSampling1D": per_axis(
        "size", [2, 3, 1], [0, -1, 2.5, (2,), "a"], [LINE, tensor(None, 3), tensor(3), IMAGE]
    ),
    "UpSampling2D": [
        *per_axis(
            "size",
            [2, (2, 3), [1, 4]],
            [0, (1, 2, 3), -1, "a"],
            [IMAGE, OPEN_IMAGE, tensor(None, None, 3), LINE],
        ),
        *cases(IMAGE, *({"interpolation": name} for name in ("bilinear", "bicubic", "lanczos3"))),
        *cases(IMAGE, {"interpolation": "lanczos5"}, {"interpolation": "cubic"}),
        case({"size": (2, 3), **FIRST}, tensor(3, 8, 9)),
        case({"interpolation": "bilinear", **FIRST}, tensor(3, 8, None)),
        case({"size": 2, "dtype": "mixed_bfloat16"}, IMAGE),
        case({"size": 2}, tensor(4, 4, 3, dtype="uint8")),
    ],
    "UpSampling3D": [
        *per_axis("size", [2, (1, 2, 3)], [0, (1, 2), -1], [VOLUME, OPEN_VOLUME, IMAGE]),
        case({"size": (1, 2, 3), **FIRST}, tensor(3, 8, 9, 10)),
    ],
    "ZeroPadding1D": [
        *per_axis(
            "padding",
            [1, (2, 3), [0, 4], 0],
            [(1, 2, 3), -1, (1, -1), 1.5, "a"],
            [LINE, tensor(None, 3), tensor(3), IMAGE, integers(8, 3)],
        ),
        case({"padding": (2, 3), **FIRST}, tensor(3, 8)),
    ],
    "ZeroPadding2D": [
        *per_axis(
            "padding",
            [1, (2, 3), ((1, 2), (3, 4)), 0],
            [(1, 2, 3), ((1, 2), (1, 2, 3)), -1, "a"],
            [IMAGE, OPEN_IMAGE, LINE],
        ),
        case({"padding": ((1, 2), (3, 4)), **FIRST}, tensor(3, 8, None)),
        case({"padding": 1, "dtype": "mixed_float16"}, IMAGE),
    ],
    "ZeroPadding3D": [
        *per_axis(
            "padding",
            [1, (1, 2, 3), ((1, 2), (3, 4), (0, 5))],
            [(1, 2), ((1, 2), (3, 4), (1,)), -1],
            [VOLUME, OPEN_VOLUME, IMAGE],
        ),
        case({"padding": (1, 2, 3), **FIRST}, tensor(3, 8, 9, None)),
    ],
}

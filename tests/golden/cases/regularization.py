"""Regularization layers: no weights, but seeds and argument checks."""

from __future__ import annotations

from typing import Any

from _notation import Case, case, cases, integers, tensor

SEQUENCE = tensor(None, 4)


def dropout(name: str, *extra: dict[str, Any]) -> list[Case]:
    """Cases of a layer whose one argument is called `name`."""
    arguments: list[dict[str, Any]] = [
        {name: 0.5},
        {name: 0.0},
        {name: 0.25, "seed": 7},
        {name: 0.5, "dtype": "mixed_float16"},
        {name: -0.5},
        {name: 1.0},
        {name: 1.5},
        {},
        *extra,
    ]
    return [
        *cases(SEQUENCE, *arguments),
        case({name: 0.3}, integers(4)),
        case({name: 0.3}, tensor(4), training=True),
    ]


def spatial(*dimensions: int | None) -> list[Case]:
    """Cases of a spatial dropout layer, with an input of the right rank first."""
    return [
        case({"rate": 0.5}, tensor(*dimensions, 3)),
        case({"rate": 0.5, "seed": 7, "dtype": "float16"}, tensor(*dimensions, 3)),
        case({"rate": 0.0}, tensor(*dimensions, 3)),
        case({"rate": 0.5}, tensor(3)),
        case({"rate": 0.5}, tensor(*dimensions, 3, 3)),
        case({"rate": 2}, tensor(*dimensions, 3)),
        case({"rate": 0.5, "data_format": "channels_first"}, tensor(3, *dimensions)),
        case({"rate": 0.5, "data_format": "channels"}, tensor(3, *dimensions)),
    ]


CASES: dict[str, list[Case]] = {
    "ActivityRegularization": [
        *cases(SEQUENCE, {}, {"l1": 0.01}, {"l1": 0.01, "l2": 0.02}, {"l1": -1.0}, {"l3": 1.0}),
        case({"l2": 0.1}, integers(3)),
    ],
    "AlphaDropout": dropout("rate", {"rate": 0.5, "noise_shape": (None, 1, 4)}),
    "Dropout": dropout(
        "rate",
        {"rate": 0.5, "noise_shape": (None, 1, 4)},
        {"rate": 0.5, "noise_shape": [None, 1, 4]},
        {"rate": 0.5, "noise_shape": 3},
        {"rate": 0.5, "noise_shape": (2, 1.5)},
        {"rate": "half"},
        {"rate": 1},
        {"rate": 0},
    ),
    "GaussianDropout": dropout("rate"),
    "GaussianNoise": dropout("stddev"),
    "SpatialDropout1D": spatial(None),
    "SpatialDropout2D": spatial(None, 4),
    "SpatialDropout3D": spatial(None, 4, 5),
}

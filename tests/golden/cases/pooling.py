"""Pooling layers: windows, whole axes, adaptive."""

from __future__ import annotations

from typing import Any

from _notation import Case, case, cases, integers, tensor

FIRST = {"data_format": "channels_first"}
SPATIAL = {1: (8,), 2: (8, 9), 3: (8, 9, 10)}
OPEN = {1: (None,), 2: (None, 9), 3: (None, 9, None)}
WINDOWS: dict[int, Any] = {1: [3], 2: (2, 3), 3: (2, 3, 4)}


def window(rank: int) -> list[Case]:
    """Cases of a pooling layer with a moving window, over `rank` dimensions."""
    size = {"pool_size": WINDOWS[rank]}
    each_three = (3,) * rank
    arguments: list[dict[str, Any]] = [
        {"pool_size": 2},
        size,
        {**size, "strides": 1},
        {**size, "strides": 2, "padding": "same"},
        {**size, "strides": each_three, "padding": "valid"},
        {"pool_size": 3, "strides": 1, "padding": "same"},
        {"pool_size": 3, "strides": 5, "padding": "same"},
        {"pool_size": 8},
        {"pool_size": 9},
        {"pool_size": 11, "padding": "same"},
        {"pool_size": 0},
        {"pool_size": (2,) * (rank + 1)},
        {"pool_size": 2, "strides": 0},
        {"pool_size": 2, "strides": -1},
        {"pool_size": 2, "padding": "full"},
        {"pool_size": 2, "padding": "causal"},
        {"pool_size": 2, "padding": "SAME"},
        {"pool_size": "2"},
        {"pool_size": 2, "dtype": "mixed_float16"},
        {"pool_size": 2, "data_format": "last"},
        {},
    ]
    return [
        *cases(tensor(*SPATIAL[rank], 3), *arguments),
        *cases(tensor(*OPEN[rank], 3), size, {**size, "padding": "same"}),
        *cases(tensor(3, *SPATIAL[rank]), {**size, **FIRST}, {**size, "padding": "same", **FIRST}),
        case({**size, **FIRST}, tensor(3, *OPEN[rank])),
        case(size, tensor(3)),
        case(size, tensor(*SPATIAL[rank], 3, 3)),
        case({"pool_size": 2}, integers(*SPATIAL[rank], 3)),
        case({"pool_size": 2}, tensor(*SPATIAL[rank], 3, batch=2)),
    ]


def whole(rank: int) -> list[Case]:
    """Cases of a pooling layer that removes `rank` dimensions."""
    keep = {"keepdims": True}
    return [
        *cases(tensor(*SPATIAL[rank], 3), {}, keep, {"dtype": "mixed_bfloat16"}, {"keep": 1}),
        *cases(tensor(*OPEN[rank], 3), {}, keep),
        *cases(tensor(3, *SPATIAL[rank]), FIRST, {**FIRST, **keep}, {"data_format": "first"}),
        case({}, tensor(3)),
        case({}, tensor(*SPATIAL[rank], 3, 3)),
        case({}, integers(*SPATIAL[rank], 3)),
        case(FIRST, tensor(3, *OPEN[rank])),
    ]


def adaptive(rank: int) -> list[Case]:
    """Cases of a pooling layer with a given size of its output."""
    sizes: list[Any] = [4, (2,) * rank, tuple(range(3, 3 + rank)), 8, 12, 1]
    wrong: list[Any] = [0, -1, (2,) * (rank + 1), "4", None, 2.5]
    shaped = {"output_size": tuple(range(3, 3 + rank))}
    return [
        *cases(tensor(*SPATIAL[rank], 3), *({"output_size": each} for each in (*sizes, *wrong))),
        case({**shaped, **FIRST}, tensor(3, *SPATIAL[rank])),
        case({"output_size": 3, "dtype": "float16"}, tensor(*SPATIAL[rank], 3)),
        case({"output_size": 3}, tensor(*OPEN[rank], 3)),
        case({"output_size": 3}, tensor(3)),
        case({"output_size": 3, "data_format": "last"}, tensor(*SPATIAL[rank], 3)),
    ]


CASES: dict[str, list[Case]] = {
    f"{kind}{rank}D": make(rank)
    for rank in SPATIAL
    for kind, make in (
        ("AveragePooling", window),
        ("MaxPooling", window),
        ("GlobalAveragePooling", whole),
        ("GlobalMaxPooling", whole),
        ("AdaptiveAveragePooling", adaptive),
        ("AdaptiveMaxPooling", adaptive),
    )
}
CASES["GlobalAveragePooling1D"].append(case({}, tensor(8, 3), mask=tensor(8, dtype="bool")))

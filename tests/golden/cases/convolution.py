"""Convolutions: plain, transposed, depthwise and separable, in one to three dimensions."""

from __future__ import annotations

from typing import Any

from _notation import Case, case, cases, integers, tensor

FIRST = {"data_format": "channels_first"}
SPATIAL = {1: (10,), 2: (10, 11), 3: (10, 11, 12)}
OPEN = {1: (None,), 2: (None, 11), 3: (None, 11, None)}
KERNEL: dict[int, Any] = {1: [3], 2: (3, 2), 3: (3, 2, 1)}
STRIDES: dict[int, Any] = {1: (2,), 2: (2, 3), 3: [2, 3, 1]}


def shared(rank: int, base: dict[str, Any]) -> list[Case]:
    """Cases which every convolution gets, on an input of six channels."""
    kernel = {**base, "kernel_size": KERNEL[rank]}
    stride = {**kernel, "strides": STRIDES[rank]}
    arguments: list[dict[str, Any]] = [
        {**base, "kernel_size": 3},
        kernel,
        stride,
        {**stride, "padding": "same"},
        {**base, "kernel_size": 3, "strides": 4},
        {**base, "kernel_size": 3, "strides": 4, "padding": "same"},
        {**kernel, "dilation_rate": 2},
        {**kernel, "dilation_rate": 3, "padding": "same"},
        {**kernel, "dilation_rate": (2,) * rank},
        {**kernel, "use_bias": False},
        {**kernel, "padding": "SAME", "activation": "relu"},
        {**kernel, "trainable": False},
        {**kernel, "dtype": "mixed_float16"},
        {**kernel, "dtype": "bfloat16"},
        {**kernel, "dtype": "int8_from_float32"},
        {**base, "kernel_size": 10},
        {**base, "kernel_size": 11},
        {**base, "kernel_size": 11, "padding": "same"},
        {**base, "kernel_size": 6, "dilation_rate": 2},
        {**base, "kernel_size": 0},
        {**base, "kernel_size": -1},
        {**base, "kernel_size": (3,) * (rank + 1)},
        {**base, "kernel_size": "3"},
        {**base, "kernel_size": 2.5},
        base,
        {**kernel, "strides": 0},
        {**kernel, "strides": (1,) * (rank + 1)},
        {**kernel, "dilation_rate": 0},
        {**kernel, "strides": 2, "dilation_rate": 2},
        {**kernel, "padding": "causal"},
        {**kernel, "padding": "full"},
        {**kernel, "data_format": "first"},
        {**kernel, "activation": "nonsense"},
    ]
    return [
        *cases(tensor(*SPATIAL[rank], 6), *arguments),
        *cases(tensor(*OPEN[rank], 6), kernel, {**stride, "padding": "same"}),
        *cases(
            tensor(6, *SPATIAL[rank]), {**kernel, **FIRST}, {**stride, "padding": "same", **FIRST}
        ),
        case({**stride, **FIRST}, tensor(6, *OPEN[rank])),
        case(kernel, tensor(*SPATIAL[rank], None)),
        case(kernel, tensor(6)),
        case(kernel, tensor(2, *SPATIAL[rank], 6)),
        case(kernel, integers(*SPATIAL[rank], 6)),
        case(kernel, tensor(*SPATIAL[rank], 6, batch=2)),
        case(kernel, tensor(*SPATIAL[rank], 0)),
    ]


def filters() -> list[dict[str, Any]]:
    """Wrong numbers of filters."""
    return [{"filters": each, "kernel_size": 3} for each in (0, -1, 2.5, "4", None)]


def plain(rank: int) -> list[Case]:
    """Cases of ConvND."""
    base = {"filters": 4, "kernel_size": 3}
    found = shared(rank, {"filters": 4}) + cases(
        tensor(*SPATIAL[rank], 6),
        {**base, "groups": 2},
        {**base, "groups": 2, "padding": "same", "use_bias": False},
        {**base, "groups": 1, "lora_rank": 2},
        {**base, "filters": 6, "groups": 6},
        {**base, "groups": 4},
        {**base, "groups": 3},
        {**base, "groups": 0},
        {**base, "groups": -2},
        {**base, "lora_rank": 2},
        {**base, "lora_rank": 2, "use_bias": False, "dtype": "mixed_bfloat16"},
        {**base, "lora_rank": 2, "trainable": False},
        {**base, "lora_rank": 2, "kernel_constraint": "non_neg"},
        *filters(),
    )
    found.append(case({**base, "groups": 2, **FIRST}, tensor(6, *SPATIAL[rank])))
    if rank == 1:
        causal = {**base, "padding": "causal"}
        found += cases(
            tensor(None, 6), causal, {**causal, "strides": 2}, {**causal, "dilation_rate": 4}
        )
        found += cases(tensor(10, 6), {**causal, "strides": 3}, {**causal, "dilation_rate": 4})
        found += cases(tensor(6, 10), {**causal, **FIRST})
    return found


def transposed(rank: int) -> list[Case]:
    """Cases of ConvNDTranspose."""
    base = {"filters": 4, "kernel_size": 3}
    open_input = tensor(*OPEN[rank], 6)
    found = shared(rank, {"filters": 4}) + cases(
        tensor(*SPATIAL[rank], 6),
        {**base, "strides": 2},
        {**base, "strides": 2, "padding": "same"},
        {**base, "kernel_size": 2, "strides": 2},
        {**base, "kernel_size": 2, "strides": 3},
        {**base, "kernel_size": 2, "strides": 3, "padding": "same"},
        {**base, "strides": 2, "output_padding": 1},
        {**base, "strides": 2, "output_padding": 0},
        {**base, "strides": 2, "padding": "same", "output_padding": 1},
        {**base, "strides": 2, "padding": "same", "output_padding": 0},
        {**base, "strides": 3, "padding": "same", "output_padding": (1,) * rank},
        {**base, "strides": 2, "output_padding": 2},
        {**base, "strides": 2, "output_padding": -1},
        {**base, "strides": 2, "output_padding": (1,) * (rank + 1)},
        {**base, "strides": 3, "dilation_rate": 2},
        {**base, "dilation_rate": 2, "padding": "same"},
        {**base, "groups": 2},
        *filters(),
    )
    found += cases(
        open_input,
        {**base, "strides": 2},
        {**base, "strides": 2, "padding": "same", "output_padding": 1},
    )
    found.append(case({**base, "strides": 2, **FIRST}, tensor(6, *OPEN[rank])))
    return found


def depthwise(rank: int) -> list[Case]:
    """Cases of DepthwiseConvND."""
    base = {"kernel_size": 3}
    found = shared(rank, {}) + cases(
        tensor(*SPATIAL[rank], 6),
        *({**base, "depth_multiplier": each} for each in (2, 3, 0, -1, None, 1.5)),
        {**base, "depth_multiplier": 2, "use_bias": False, "padding": "same"},
        {**base, "groups": 2},
        {**base, "filters": 2},
    )
    found.append(case({**base, "depth_multiplier": 2, **FIRST}, tensor(6, *SPATIAL[rank])))
    if rank == 1:
        found += cases(tensor(None, 6), {**base, "padding": "causal", "strides": 2})
    return found


def separable(rank: int) -> list[Case]:
    """Cases of SeparableConvND."""
    base = {"filters": 4, "kernel_size": 3}
    found = shared(rank, {"filters": 4}) + cases(
        tensor(*SPATIAL[rank], 6),
        *({**base, "depth_multiplier": each} for each in (2, 3, 0, -1, None)),
        {**base, "depth_multiplier": 2, "use_bias": False, "padding": "same"},
        {**base, "groups": 2},
        *filters(),
    )
    found.append(case({**base, "depth_multiplier": 2, **FIRST}, tensor(6, *SPATIAL[rank])))
    if rank == 1:
        causal = {**base, "padding": "causal"}
        found += cases(tensor(None, 6), causal, {**causal, "strides": 2, "depth_multiplier": 2})
        found += cases(tensor(10, 6), {**causal, "dilation_rate": 3}, {**causal, "strides": 3})
    return found


CASES: dict[str, list[Case]] = {
    **{f"Conv{rank}D": plain(rank) for rank in SPATIAL},
    **{f"Conv{rank}DTranspose": transposed(rank) for rank in SPATIAL},
    **{f"DepthwiseConv{rank}D": depthwise(rank) for rank in (1, 2)},
    **{f"SeparableConv{rank}D": separable(rank) for rank in (1, 2)},
}

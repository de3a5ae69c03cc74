"""Weights of quantised layers: packed kernels, and the scales that undo the packing.

Source: Keras 3.15's `_int8_build`, `_int4_build`, `_float8_build`, `_gptq_build` and `_awq_build`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.layers.base import Axes, Layer
from lstmcount.layers.dtypes import Policy
from lstmcount.shapes import Dim, Shape
from lstmcount.summary import Weight

LORA = (
    "LoRA: the kernel is frozen but counts; the two thin factors train, and their product is "
    "added to it."
)
QUANTIZED = {
    "int8": "int8: a byte for every weight and a scale for every output; none of it trains.",
    "int4": "int4: two weights in a byte, which halves that axis; the scales undo the packing.",
    "float8": (
        "float8: for inputs, kernel and the gradient of the outputs a scale and the last 1,024 "
        "maxima, which count as trainable but are not trained by gradients."
    ),
    "gptq": "GPTQ: packed weights, and for each group a scale and a zero point; none of it trains.",
    "awq": "AWQ: packed weights, with a scale and a zero point a group, and a scale an input.",
}


def lora(weight: str) -> str:
    """LoRA's addition to a weight, in the language of equations."""
    return f"lora_alpha / lora_rank * (lora_{weight}_a @ lora_{weight}_b)"


def used(layer: Layer, weight: str, factors: bool = False) -> str:
    """The use of a quantised `weight` (with `factors`, and its LoRA) in the same language."""
    mode = layer.dtype_policy.mode
    shown = {
        "float8": f"quantize({weight}, {weight}_scale)",
        "int8": f"{weight} / {weight}_scale",
        "int4": f"(unpack({weight}) - {weight}_zero) / {weight}_scale",
        "gptq": f"{weight}_scale * (unpack({weight}) - {weight}_zero)",
        "awq": f"{weight}_scale * (unpack({weight}) - {weight}_zero) / awq_scales",
    }.get(mode or "", weight)
    if factors:
        return f"({shown} + {lora(weight)})"
    return shown if shown == weight or mode == "float8" else f"({shown})"


def notes_of(layer: Layer, lora_rank: int | None) -> Iterator[str]:
    mode = layer.dtype_policy.mode
    if mode is not None:
        yield QUANTIZED[mode]
    if lora_rank:
        yield LORA


_CONFIGS = {"int4": "Int4QuantizationConfig", "gptq": "GPTQConfig", "awq": "AWQConfig"}


def quantization(layer: Any) -> Policy:
    """The quantisation of a layer: its policy's, with the block size of `quantization_config`."""
    found: Policy = layer.dtype_policy
    given = layer.quantization_config
    if not isinstance(given, dict) or found.mode is None:
        return found
    config = given.get("config") or {}
    block = config.get("block_size" if found.mode == "int4" else "group_size")
    if given.get("class_name") != _CONFIGS.get(found.mode):
        return found
    return msgspec.structs.replace(
        found,
        block=block if isinstance(block, int) and block > 0 else None,
        bits=config.get("weight_bits", found.bits),
    )


def check_quantization(layer: Any, constraint: Any) -> None:
    """Raise `LstmcountError` if Keras cannot add low-rank factors to a layer's kernel."""
    if layer.lora_rank is None:
        return
    if constraint is not None:
        raise LstmcountError("low-rank factors cannot go with a constraint", path=("lora_rank",))
    if quantization(layer).mode in ("gptq", "awq"):
        raise LstmcountError(
            f"low-rank factors cannot go with {quantization(layer).mode}", path=("lora_rank",)
        )


def low_rank(layer: Any, name: str, shape: Shape, axes: Axes) -> Iterator[Weight]:
    """The factors of a low-rank change (LoRA) to the weight `name`; always in float32."""
    rank = layer.lora_rank
    if rank:
        a, b = (*shape[:-1], rank), (rank, shape[-1])
        yield layer.weight(f"lora_{name}_a", a, (*axes[:-1], "lora_rank"), dtype="float32")
        yield layer.weight(f"lora_{name}_b", b, ("lora_rank", axes[-1]), dtype="float32")


def half(dim: Dim) -> Dim:
    """Two 4-bit numbers share a byte."""
    return -(-dim // 2)


def blocks(dim: Dim, size: Dim) -> Dim:
    return -(-dim // size)


def float8_state(layer: Layer) -> Iterator[Weight]:
    """Scales and histories of the float8 training recipe, which Keras counts as trainable."""
    history = layer.dtype_policy.history
    for what in ("inputs", "kernel", "outputs_grad"):
        yield layer.weight(f"{what}_scale", (), dtype="float32")
        yield layer.weight(f"{what}_amax_history", (history,), ("history",), dtype="float32")


def quantized_matrix(layer: Layer, rows: Dim, columns: Dim) -> Iterator[Weight]:
    """A quantised kernel [rows, columns] and its other variables, none of them trainable."""
    found = quantization(layer)
    if found.mode == "int8":
        yield layer.weight("kernel", (rows, columns), ("rows", "columns"), False, "int8")
        yield layer.weight("kernel_scale", (columns,), ("columns",), False)
    elif found.mode == "int4":
        yield layer.weight("kernel", (rows, half(columns)), ("rows", "columns/2"), False, "int8")
        if found.block is None:
            yield layer.weight("kernel_scale", (columns,), ("columns",), False)
        else:
            groups = (blocks(rows, found.block), columns)
            axes: Axes = ("groups", "columns")
            yield layer.weight("kernel_scale", groups, axes, False)
            yield layer.weight("kernel_zero", groups, axes, False, "int8")
            yield layer.weight("g_idx", (rows,), ("rows",), False, "float32")
    elif found.mode in ("gptq", "awq"):
        yield from _grouped(layer, rows, columns, "kernel_zero")


def _grouped(layer: Layer, rows: Dim, columns: Dim, zero: str) -> Iterator[Weight]:
    """GPTQ and AWQ: the transposed kernel, with a scale and a zero point for each group of rows."""
    found = quantization(layer)
    packed = half(columns) if found.bits == 4 else columns
    groups = (columns, 1 if found.block is None else blocks(rows, found.block))
    yield layer.weight("kernel", (packed, rows), ("columns/2", "rows"), False, "uint8")
    yield layer.weight("kernel_scale", groups, ("columns", "groups"), False)
    yield layer.weight(zero, groups, ("columns", "groups"), False, "uint8")
    if found.mode == "awq":
        yield layer.weight("awq_scales", (rows,), ("rows",), False)
    yield layer.weight("g_idx", (rows,), ("rows",), False, "float32")


def quantized_tensor(layer: Layer, shape: Shape, scale: Shape, rows: Dim) -> Iterator[Weight]:
    """Like `quantized_matrix` for any rank; `rows` values are summed for each output."""
    mode = quantization(layer).mode
    if mode == "int8":
        axes = tuple(f"axis {i}" for i in range(len(shape)))
        yield layer.weight("kernel", shape, axes, False, "int8")
        yield layer.weight("kernel_scale", scale, ("",) * len(scale), False)
    elif mode == "int4":
        yield from quantized_matrix(layer, rows, math.prod(shape) // rows)
    else:
        yield from _grouped(layer, *_as_matrix(shape), "zero_point")


def _as_matrix(shape: Shape) -> tuple[Dim, Dim]:
    """A kernel as a matrix; Keras takes the largest of three axes as the model's features."""
    if len(shape) == 2:
        return shape[0], shape[1]
    if shape.index(max(shape)) == 0:
        return shape[0], math.prod(shape[1:])
    return math.prod(shape[:-1]), shape[-1]


def quantized_embeddings(layer: Layer, tokens: Dim, features: Dim) -> Iterator[Weight]:
    """A quantised table of embeddings with one scale per token."""
    found = quantization(layer)
    if found.mode == "int8":
        shape: Shape = (tokens, features)
        yield layer.weight("embeddings", shape, ("input_dim", "output_dim"), False, "int8")
        yield layer.weight("embeddings_scale", (tokens,), ("input_dim",), False)
        return
    shape = (tokens, half(features))
    yield layer.weight("embeddings", shape, ("input_dim", "output_dim/2"), False, "int8")
    if found.block is None:
        yield layer.weight("embeddings_scale", (tokens,), ("input_dim",), False)
        return
    groups = (tokens, blocks(features, found.block))
    axes: Axes = ("input_dim", "groups")
    yield layer.weight("embeddings_scale", groups, axes, False)
    yield layer.weight("embeddings_zero", groups, axes, False, "int8")
    yield layer.weight("g_idx", (features,), ("output_dim",), False, "float32")


def quantized_reverse(layer: Layer, tokens: Dim, features: Dim) -> Iterator[Weight]:
    """The quantised reverse projection from features to tokens, for an untied embedding."""
    found = quantization(layer)
    name = "reverse_embeddings"
    packed = features if found.mode == "int8" else half(features)
    yield layer.weight(name, (packed, tokens), ("output_dim", "input_dim"), False, "int8")
    if found.mode == "int8" or found.block is None:
        yield layer.weight(f"{name}_scale", (tokens,), ("input_dim",), False)
        return
    groups = (blocks(features, found.block), tokens)
    axes: Axes = ("groups", "input_dim")
    yield layer.weight(f"{name}_scale", groups, axes, False)
    yield layer.weight(f"{name}_zero", groups, axes, False)

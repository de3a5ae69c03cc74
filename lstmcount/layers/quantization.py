"""The weights of quantised layers: packed kernels, and the scales that decode them.

Source: Keras 3.15's `_int8_build`, `_int4_build`, `_float8_build`, `_gptq_build` and `_awq_build`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.layers.base import Axes, Layer
from lstmcount.layers.dtypes import Policy, policy, refused
from lstmcount.shapes import Dim, Shape
from lstmcount.summary import Weight

LORA = (
    "LoRA: the kernel is frozen but counts; the two small factors train, and their product is "
    "added to the kernel."
)
QUANTIZED = {
    "int8": "int8: one byte per weight and one scale per output; none of them trains.",
    "int4": "int4: two weights per byte, which halves one axis; scales decode the weights.",
    "float8": (
        "float8: inputs, kernel and output gradients each have a scale and their last 1,024 "
        "maxima, which count as trainable but are not trained by gradients."
    ),
    "gptq": "GPTQ: packed weights, with a scale and a zero point per group; none of them trains.",
    "awq": "AWQ: packed weights, with a scale and a zero point per group, and a scale per input.",
}


def lora_term(weight: str) -> str:
    """The term that LoRA adds to a weight, in the language of equations."""
    return f"lora_alpha / lora_rank * (lora_{weight}_a @ lora_{weight}_b)"


def weight_expression(layer: Layer, weight: str, factors: bool = False) -> str:
    """The decoded `weight` in the language of equations, with LoRA's term if `factors`."""
    mode = layer.dtype_policy.mode
    shown = {
        "float8": f"quantize({weight}, {weight}_scale)",
        "int8": f"{weight} / {weight}_scale",
        "int4": f"(unpack({weight}) - {weight}_zero) / {weight}_scale",
        "gptq": f"{weight}_scale * (unpack({weight}) - {weight}_zero)",
        "awq": f"{weight}_scale * (unpack({weight}) - {weight}_zero) / awq_scales",
    }.get(mode or "", weight)
    if factors:
        return f"({shown} + {lora_term(weight)})"
    return shown if shown == weight or mode == "float8" else f"({shown})"


def quantization_notes(layer: Layer, lora_rank: int | None) -> Iterator[str]:
    mode = layer.dtype_policy.mode
    if mode is not None:
        yield QUANTIZED[mode]
    if lora_rank:
        yield LORA


_CONFIGS = {"int4": "Int4QuantizationConfig", "gptq": "GPTQConfig", "awq": "AWQConfig"}


def quantization(layer: Any) -> Policy:
    """The policy of a layer, with the block size and bits of its `quantization_config`."""
    declared: Policy = layer.dtype_policy
    serialised = layer.quantization_config
    if not isinstance(serialised, dict) or declared.mode is None:
        return declared
    config = serialised.get("config") or {}
    block = config.get("block_size" if declared.mode == "int4" else "group_size")
    if serialised.get("class_name") != _CONFIGS.get(declared.mode):
        return declared
    return msgspec.structs.replace(
        declared,
        block=block if isinstance(block, int) and block > 0 else None,
        bits=config.get("weight_bits", declared.bits),
    )


MODES = ("int8", "int4", "float8")  # those that need no data
BLOCK = 128  # the number of inputs that share a scale of int4, unless a config says another


def quantized_dtype(dtype: Any, mode: str, block: int = BLOCK) -> str:
    """The dtype policy that `quantize(mode)` gives a layer with the policy `dtype`.

    `block` is int4's block size; -1 for a scale per output. Raises `LstmcountError` if Keras
    refuses.

    >>> quantized_dtype("mixed_bfloat16", "int4"), quantized_dtype(None, "int8")
    ('int4/128_from_mixed_bfloat16', 'int8_from_float32')
    """
    declared = policy(dtype)
    if declared.mode is not None:
        raise LstmcountError(f"expected a layer that is not quantised, got one in {declared.name}")
    size = f"/{block}" if mode == "int4" else ""
    name = f"{mode}{size}_from_{declared.name}"
    if problem := refused(name):
        raise LstmcountError(problem)
    if isinstance(dtype, dict) and "policy_map" in (dtype.get("config") or {}):
        raise LstmcountError("Keras quantises no layer whose dtype is a map of policies")
    return name


def check_quantization(layer: Any, constraint: Any) -> None:
    """Raise `LstmcountError` if Keras cannot add low-rank factors to a layer's kernel."""
    if layer.lora_rank is None:
        return
    if constraint is not None:
        raise LstmcountError("LoRA does not work with a constraint", path=("lora_rank",))
    if quantization(layer).mode in ("gptq", "awq"):
        raise LstmcountError(
            f"LoRA does not work with {quantization(layer).mode}", path=("lora_rank",)
        )


def lora_factors(layer: Any, name: str, shape: Shape, axes: Axes) -> Iterator[Weight]:
    """The factors of LoRA's low-rank change to the weight `name`; always in float32."""
    rank = layer.lora_rank
    if rank:
        a, b = (*shape[:-1], rank), (rank, shape[-1])
        yield layer.weight(f"lora_{name}_a", a, (*axes[:-1], "lora_rank"), dtype="float32")
        yield layer.weight(f"lora_{name}_b", b, ("lora_rank", axes[-1]), dtype="float32")


def int4_bytes(dim: Dim) -> Dim:
    """The number of bytes that hold `dim` 4-bit numbers."""
    return -(-dim // 2)


def block_count(dim: Dim, size: Dim) -> Dim:
    return -(-dim // size)


def float8_state(layer: Layer) -> Iterator[Weight]:
    """The scales and histories that float8 training needs, which Keras counts as trainable."""
    history = layer.dtype_policy.history
    for name in ("inputs", "kernel", "outputs_grad"):
        yield layer.weight(f"{name}_scale", (), dtype="float32")
        yield layer.weight(f"{name}_amax_history", (history,), ("history",), dtype="float32")


def quantized_matrix(layer: Layer, rows: Dim, columns: Dim) -> Iterator[Weight]:
    """A quantised kernel [rows, columns] and the variables that decode it; none trains."""
    quantized = quantization(layer)
    if quantized.mode == "int8":
        yield layer.weight("kernel", (rows, columns), ("rows", "columns"), False, "int8")
        yield layer.weight("kernel_scale", (columns,), ("columns",), False)
    elif quantized.mode == "int4":
        yield layer.weight(
            "kernel", (rows, int4_bytes(columns)), ("rows", "columns/2"), False, "int8"
        )
        if quantized.block is None:
            yield layer.weight("kernel_scale", (columns,), ("columns",), False)
        else:
            groups = (block_count(rows, quantized.block), columns)
            axes: Axes = ("groups", "columns")
            yield layer.weight("kernel_scale", groups, axes, False)
            yield layer.weight("kernel_zero", groups, axes, False, "int8")
            yield layer.weight("g_idx", (rows,), ("rows",), False, "float32")
    elif quantized.mode in ("gptq", "awq"):
        yield from _grouped(layer, rows, columns, "kernel_zero")


def _grouped(layer: Layer, rows: Dim, columns: Dim, zero: str) -> Iterator[Weight]:
    """The transposed kernel of GPTQ and AWQ, with scales and zero points for groups of rows."""
    quantized = quantization(layer)
    packed = int4_bytes(columns) if quantized.bits == 4 else columns
    groups = (columns, 1 if quantized.block is None else block_count(rows, quantized.block))
    yield layer.weight("kernel", (packed, rows), ("columns/2", "rows"), False, "uint8")
    yield layer.weight("kernel_scale", groups, ("columns", "groups"), False)
    yield layer.weight(zero, groups, ("columns", "groups"), False, "uint8")
    if quantized.mode == "awq":
        yield layer.weight("awq_scales", (rows,), ("rows",), False)
    yield layer.weight("g_idx", (rows,), ("rows",), False, "float32")


def quantized_tensor(layer: Layer, shape: Shape, scale: Shape, rows: Dim) -> Iterator[Weight]:
    """The same for a kernel of any rank; each output is a sum of `rows` products."""
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
    """The size of a kernel as a matrix: Keras takes the largest of three axes for the features."""
    if len(shape) == 2:
        return shape[0], shape[1]
    if shape.index(max(shape)) == 0:
        return shape[0], math.prod(shape[1:])
    return math.prod(shape[:-1]), shape[-1]


def quantized_embeddings(layer: Layer, tokens: Dim, features: Dim) -> Iterator[Weight]:
    """A quantised table of embeddings, with scales per token or per block."""
    quantized = quantization(layer)
    if quantized.mode == "int8":
        shape: Shape = (tokens, features)
        yield layer.weight("embeddings", shape, ("input_dim", "output_dim"), False, "int8")
        yield layer.weight("embeddings_scale", (tokens,), ("input_dim",), False)
        return
    shape = (tokens, int4_bytes(features))
    yield layer.weight("embeddings", shape, ("input_dim", "output_dim/2"), False, "int8")
    if quantized.block is None:
        yield layer.weight("embeddings_scale", (tokens,), ("input_dim",), False)
        return
    groups = (tokens, block_count(features, quantized.block))
    axes: Axes = ("input_dim", "groups")
    yield layer.weight("embeddings_scale", groups, axes, False)
    yield layer.weight("embeddings_zero", groups, axes, False, "int8")
    yield layer.weight("g_idx", (features,), ("output_dim",), False, "float32")


def quantized_reverse(layer: Layer, tokens: Dim, features: Dim) -> Iterator[Weight]:
    """The quantised reverse projection from features to tokens, for an untied embedding."""
    quantized = quantization(layer)
    name = "reverse_embeddings"
    packed = features if quantized.mode == "int8" else int4_bytes(features)
    yield layer.weight(name, (packed, tokens), ("output_dim", "input_dim"), False, "int8")
    if quantized.mode == "int8" or quantized.block is None:
        yield layer.weight(f"{name}_scale", (tokens,), ("input_dim",), False)
        return
    groups = (block_count(features, quantized.block), tokens)
    axes: Axes = ("groups", "input_dim")
    yield layer.weight(f"{name}_scale", groups, axes, False)
    yield layer.weight(f"{name}_zero", groups, axes, False)

"""Constructor arguments of any layer class, drawn by the types of the registry's fields."""

from __future__ import annotations

import re
from random import Random
from typing import Any

import msgspec

from lstmcount.layers.base import Layer
from lstmcount.layers.making.validation import _annotations
from lstmcount.layers.registry import find

SMALL = (1, 2, 3, 4, 6)
ACTIVATIONS = (None, "relu", "tanh", "softmax", "gelu", "linear")
POLICIES = ("float32", "mixed_float16", "bfloat16", "float16", "mixed_bfloat16")
LEFT_OUT = {  # what needs more than a value that fits its type
    "activity_regularizer", "name", "seed", "weights_", "noise_shape", "stateful", "alpha",
    "implementation", "quantization_config", "flash_attention", "lora_alpha", "state_size",
    "has_input_vocabulary", "vocabulary_size", "autocast", "synchronized",
}  # fmt: skip
_LITERAL = re.compile(r"Literal\[(.*?)\]")


def arguments(rng: Random, class_name: str, share: float = 0.25) -> dict[str, Any]:
    """All required arguments of the class, and a `share` of the optional ones."""
    cls = find(class_name)
    assert cls is not None
    rank = rank_of(class_name)
    types = {name: str(kind) for name, kind in _annotations(cls).items()}
    found: dict[str, Any] = {}
    for field in msgspec.structs.fields(cls):
        if field.name in LEFT_OUT or (not field.required and rng.random() > share):
            continue
        known, value = _value(rng, types.get(field.name, ""), field.encode_name, rank)
        if known:
            found[field.encode_name] = value
    base = Layer.__struct_encode_fields__
    for name in ("trainable", "dtype"):
        if name in base and rng.random() > 0.1:
            found.pop(name, None)
    return found


def rank_of(class_name: str) -> int | None:
    """The number of spatial axes of a layer, if its name tells it."""
    for rank in (1, 2, 3):
        if f"{rank}D" in class_name:
            return rank
    return None


def _value(rng: Random, kind: str, name: str, rank: int | None) -> tuple[bool, Any]:
    if literal := _LITERAL.search(kind):
        return True, rng.choice([text.strip("'\" ") for text in literal[1].split(",")])
    choices = _CHOICES.get(kind.removesuffix(" | None"))
    if choices is not None:
        return True, rng.choice(choices)
    if kind.startswith("Size"):
        return True, _sizes(rng, rank, 1)
    if kind in ("Margin", "NonNegativeInt | list[NonNegativeInt] | None"):
        return True, _sizes(rng, rank, 0)
    if kind.startswith("int | list[int]"):
        return True, rng.choice([-1, 1, 2, [1], [-1], [1, 2], [-2, -1]])
    return False, None


def _sizes(rng: Random, rank: int | None, least: int) -> Any:
    if rank is None or rng.random() < 0.6:
        return rng.randint(least, 3)
    return [rng.randint(least, 3) for _ in range(rank)]


_CHOICES: dict[str, tuple[Any, ...]] = {
    "bool": (True, False),
    "Activation": ACTIVATIONS,
    "ActivationName": ACTIVATIONS[1:],
    "Regularizer": (None, "l2"),
    "Initializer": ("zeros", "ones"),
    "Constraint": (None, "non_neg"),
    "DataFormat": (None, "channels_last", "channels_last", "channels_first"),
    "DTypePolicy": POLICIES,
    "PositiveInt": SMALL,
    "NonNegativeInt": (0, *SMALL),
    "int": (-1, 1, 2, 3),
    "float": (0.1, 0.5),
    "Fraction": (0.0, 0.3),
    "NonNegativeFloat": (0.0, 0.3),
    "Range": (0.2, [0.1, 0.3]),
    "Pair": ([0, 255], [0, 1]),
    "tuple[float, ...]": ([0, 255],),
    "Padding": ("valid", "same", "causal"),
    "Interpolation": ("nearest", "bilinear"),
    "FillMode": ("constant", "nearest", "wrap", "reflect"),
    "OutputMode": ("int", "multi_hot", "count"),
    "list[float]": ([0.0, 1.0, 2.0],),
}

"""Spellings of Keras 1, as today's Keras has them."""

from __future__ import annotations

import re
from typing import Any

# Arguments that only Keras 1 had. Some stay in code that was otherwise brought up to date, so
# the imports must be those of standalone Keras too.
_OLD = re.compile(
    r"\b(?:border_mode|nb_filter|nb_row|nb_col|subsample|dim_ordering|inner_activation|output_dim"
    r"|inner_init|W_regularizer|b_regularizer|nb_epoch|forget_bias_init|pool_length|subsample_length"
    r"|filter_length)\s*=|\bmerge\(|\bMerge\(|\bTimeDistributedDense\("
)
_IMPORTS = re.compile(r"^\s*(?:from|import)\s+keras\b", re.MULTILINE)

_RENAMED = {
    "output_dim": "units",
    "init": "kernel_initializer",
    "inner_init": "recurrent_initializer",
    "inner_activation": "recurrent_activation",
    "W_regularizer": "kernel_regularizer",
    "U_regularizer": "recurrent_regularizer",
    "b_regularizer": "bias_regularizer",
    "W_constraint": "kernel_constraint",
    "b_constraint": "bias_constraint",
    "dropout_W": "dropout",
    "dropout_U": "recurrent_dropout",
    "bias": "use_bias",
    "border_mode": "padding",
    "nb_filter": "filters",
    "subsample": "strides",
    "subsample_length": "strides",
    "filter_length": "kernel_size",
    "pool_length": "pool_size",
    "stride": "strides",
    "p": "rate",
    "sigma": "stddev",
    "atrous_rate": "dilation_rate",
    "dim_ordering": "data_format",
    "consume_less": "",
    "input_dtype": "",
}
_FORMATS = {"tf": "channels_last", "th": "channels_first", "default": None}


def is_old(text: str) -> bool:
    """Whether a program is written for Keras 1.

    >>> is_old("from keras.layers import Dense\\nDense(output_dim=3)")
    True
    """
    return _OLD.search(text) is not None and _IMPORTS.search(text) is not None


def modernised(class_name: str, args: list[Any], given: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a Keras 1 layer under today's names, with that time's defaults."""
    found: dict[str, Any] = {}
    convolution = class_name.startswith(("Conv", "AtrousConv", "Separable", "Deconv"))
    sizes = [name for name in ("nb_row", "nb_col") if name in given]
    if convolution and len(args) >= 3 and all(isinstance(a, int) for a in args[:3]):
        rank = 1 if "1D" in class_name else 3 if "3D" in class_name else 2
        if rank > 1:
            given = {k: v for k, v in given.items() if k not in ("strides", "padding")}
            given["kernel_size"] = tuple(args[1 : 1 + rank])
    elif sizes:
        given = {**given, "kernel_size": tuple(given[name] for name in sizes)}
        given = {k: v for k, v in given.items() if k not in sizes}
    for key, value in given.items():
        new = _RENAMED.get(key, key)
        if key == "dim_ordering":
            value = _FORMATS.get(value, value)
        if key == "output_dim" and class_name == "Embedding":
            new = key
        if key in ("activation", "init") and value is None:
            continue
        if new:
            found[new] = value
    if class_name in ("LSTM", "GRU"):
        found.setdefault("recurrent_activation", "hard_sigmoid")
    if class_name == "GRU":
        found.setdefault("reset_after", False)
    return found

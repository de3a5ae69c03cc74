"""Spellings of Keras 1, as today's Keras has them."""

from __future__ import annotations

import re
from typing import Any

from lstmcount import layers as registry
from lstmcount.readers import keras_legacy
from lstmcount.readers.python.keras.objects import LayerObject

_KEPT = ("input_shape", "batch_input_shape", "input_dim", "input_length", "batch_size")

# Arguments that only Keras 1 had. Some stay in code that was otherwise brought up to date, so
# the imports must be those of standalone Keras too.
_OLD = re.compile(
    r"\b(?:border_mode|nb_filter|nb_row|nb_col|subsample|dim_ordering|inner_activation|output_dim"
    r"|inner_init|W_regularizer|b_regularizer|nb_epoch|forget_bias_init|pool_length|subsample_length"
    r"|filter_length)\s*=|\bmerge\(|\bMerge\(|\bTimeDistributedDense\("
)
_IMPORTS = re.compile(r"^\s*(?:from|import)\s+keras\b", re.MULTILINE)


def is_old(text: str) -> bool:
    """Whether a program is written for Keras 1.

    >>> is_old("from keras.layers import Dense\\nDense(output_dim=3)")
    True
    """
    return _OLD.search(text) is not None and _IMPORTS.search(text) is not None


def modernised(
    class_name: str, args: list[Any], given: dict[str, Any]
) -> tuple[str, dict[str, Any]]:
    """Class and arguments of a Keras 1 layer as today's, with that time's defaults."""
    given = dict(given)
    if "Conv" in class_name and "1D" not in class_name and len(args) >= 3:
        rank = 3 if "3D" in class_name else 2  # Convolution2D(filters, rows, columns)
        if all(isinstance(arg, int) for arg in args[: 1 + rank]):
            given = {key: given[key] for key in given if key not in ("strides", "padding")}
            given["kernel_size"] = tuple(args[1 : 1 + rank])
    if class_name in ("LSTM", "GRU") and "inner_activation" not in given:
        given.setdefault("recurrent_activation", "hard_sigmoid")
    if class_name == "GRU":
        given.setdefault("reset_after", False)
    layers = {key: value for key, value in given.items() if isinstance(value, LayerObject)}
    plain = {key: value for key, value in given.items() if key not in layers}
    class_name, modern = keras_legacy.modernised(class_name, plain, None)
    cls = registry.find(class_name)
    fields = cls.__struct_fields__ if cls else ()
    kept = {key: modern[key] for key in modern if key in fields or key in _KEPT}
    return class_name, {**kept, **layers}

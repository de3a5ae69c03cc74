"""Dtype policies: what a layer's variables are stored in, and what it computes in."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec


class Policy(msgspec.Struct, frozen=True):
    name: str
    compute: str
    variable: str
    quantization: str | None = None  # int8, int4, float8, gptq/…, awq/…


DEFAULT = Policy("float32", "float32", "float32")


def policy(dtype: Any) -> Policy:
    """The policy that a `dtype` argument names, as a string or as Keras serialises it.

    >>> policy("mixed_float16")
    Policy(name='mixed_float16', compute='float16', variable='float32', quantization=None)
    >>> policy({"class_name": "DTypePolicy", "config": {"name": "int8_from_float32"}}).quantization
    'int8'
    """
    if dtype is None:
        return DEFAULT
    if isinstance(dtype, dict):
        config = dtype.get("config") or {}
        dtype = config.get("name", "float32")
    return _named(dtype if isinstance(dtype, str) else "float32")


@lru_cache(256)
def _named(name: str) -> Policy:
    quantization, _, source = name.partition("_from_")
    if source:
        inner = _named(source)
        return Policy(name, inner.compute, inner.variable, quantization)
    if name.startswith("mixed_"):
        return Policy(name, name.removeprefix("mixed_"), "float32")
    return Policy(name, name, name)

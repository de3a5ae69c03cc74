"""Dtype policies: what variables are stored in, what is computed in, how it is quantised."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec


class Policy(msgspec.Struct, frozen=True):
    name: str
    compute: str
    variable: str
    mode: str | None = None  # int8, int4, float8, gptq or awq
    bits: int = 4  # of gptq and awq
    block: int | None = None  # how many inputs share a scale; None: all of them


DEFAULT = Policy("float32", "float32", "float32")
QUANTIZATIONS = ("int8", "int4", "float8", "gptq", "awq")


def policy(dtype: Any) -> Policy:
    """The policy that a `dtype` argument names, as a string or as Keras serialises it.

    >>> policy("mixed_float16").compute, policy("mixed_float16").variable
    ('float16', 'float32')
    >>> policy({"class_name": "DTypePolicy", "config": {"name": "int8_from_float32"}}).mode
    'int8'
    >>> policy("int4/128_from_mixed_bfloat16").block
    128
    """
    if dtype is None:
        return DEFAULT
    if isinstance(dtype, dict):
        config = dtype.get("config") or {}
        if "policy_map" in config:
            return policy(config.get("default_policy"))
        if config.get("mode"):
            dtype = f"{config['mode']}_from_{config.get('source_name', 'float32')}"
        else:
            dtype = config.get("name", "float32")
    return _named(dtype if isinstance(dtype, str) else "float32")


def within(dtype: Any, name: str) -> Any:
    """The policy of the inner layer `name`, which a map of policies may set by its path."""
    config = dtype.get("config") if isinstance(dtype, dict) else None
    if not isinstance(config, dict) or "policy_map" not in config:
        return dtype
    for path, found in config["policy_map"].items():
        if path == name or path.endswith(f"/{name}"):
            return found
    return config.get("default_policy")


@lru_cache(256)
def _named(name: str) -> Policy:
    quantization, _, source = name.partition("_from_")
    if source:
        inner = _named(source)
        mode, *numbers = quantization.split("/")
        given = [int(n) if n.lstrip("-").isdigit() else -1 for n in numbers]
        bits = given[0] if mode in ("gptq", "awq") and given else 4
        block = given[-1] if given else -1
        size = block if block > 0 else None
        return Policy(name, inner.compute, inner.variable, mode, bits, size)
    if name.startswith("mixed_"):
        return Policy(name, name.removeprefix("mixed_"), "float32")
    return Policy(name, name, name)

"""Dtype policies: the dtypes of variables and computations, and the quantisation."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import msgspec

from lstmcount.errors import did_you_mean
from lstmcount.layers.arguments import NAMES
from lstmcount.shapes import Unknown


class Policy(msgspec.Struct, frozen=True):
    name: str
    compute: str
    variable: str
    mode: str | None = None  # int8, int4, float8, gptq or awq
    bits: int = 4  # bits of gptq and awq
    block: int | None = None  # number of inputs that share a scale; None for all
    history: int = 1024  # number of maxima that a float8 layer stores


DEFAULT = Policy("float32", "float32", "float32")
QUANTIZATIONS = ("int8", "int4", "float8", "gptq", "awq")
_SIZE = r"(-1|[1-9]\d*)"
_QUANTIZED = rf"int8|float8|int4(/{_SIZE})?|gptq/[2348]/{_SIZE}|awq/4/{_SIZE}"


def policy(dtype: Any, path: str | None = None) -> Policy:
    """The policy in a `dtype` argument, which is a name or a policy as Keras serialises it.

    In a map of policies, look up the layer's `path`; without an entry, take the map's default.

    >>> policy("mixed_float16").compute, policy("mixed_float16").variable
    ('float16', 'float32')
    >>> policy({"class_name": "DTypePolicy", "config": {"name": "int8_from_float32"}}).mode
    'int8'
    >>> policy("int4/128_from_mixed_bfloat16").block
    128
    """
    if dtype is None:
        return DEFAULT
    if isinstance(dtype, Unknown):
        return _named("unknown")
    if isinstance(dtype, dict):
        config = dtype.get("config")
        if not isinstance(config, dict):
            return DEFAULT
        if "policy_map" in config:
            return policy(_mapped(config, path))
        if config.get("mode"):
            named = _named(f"{config['mode']}_from_{config.get('source_name') or 'float32'}")
            history = config.get("amax_history_length")
            if isinstance(history, int) and history >= 0:
                named = msgspec.structs.replace(named, history=history)
            return named
        return policy(config.get("name"))
    return _named(dtype if isinstance(dtype, str) else "float32")


def is_float(dtype: str) -> bool:
    """Whether Keras casts a tensor of this dtype to the dtype that a layer computes in.

    >>> is_float("bfloat16"), is_float("uint8")
    (True, False)
    """
    return dtype.startswith(("float", "bfloat"))


def within(dtype: Any, path: str) -> Any:
    """The `dtype` argument of the inner layer at `path`, for which a map may have an entry."""
    config = dtype.get("config") if isinstance(dtype, dict) else None
    if not isinstance(config, dict) or "policy_map" not in config:
        return dtype
    return _mapped(config, path)


def _mapped(config: dict[str, Any], path: str | None) -> Any:
    policies = config["policy_map"]
    if path is not None and isinstance(policies, dict):
        for pattern, entry in policies.items():
            if _matches(pattern, path):
                return entry
    return config.get("default_policy")


def _matches(pattern: str, path: str) -> bool:
    """Whether a map's key is a layer's path, or a pattern with `.*` that matches it.

    A key may be longer than `path`, which need not begin at the model. Other regular expressions
    are not run, because one from a file could take forever.

    >>> _matches("encoder/heads/query", "heads/query"), _matches("heads/.*", "heads/query")
    (True, True)
    """
    if pattern == path or pattern.endswith(f"/{path}"):
        return True
    first, *others = pattern.split(".*")
    if not others or not path.startswith(first):
        return False
    rest = path[len(first) :]
    for piece in others[:-1]:
        if piece not in rest:
            return False
        rest = rest.split(piece, 1)[1] if piece else rest
    return rest.endswith(others[-1])


def refused(name: str) -> str | None:
    """The reason why Keras refuses a quantised policy of this name; None if it accepts the name.

    >>> refused("int4/128_from_float32")
    >>> refused("int8")
    'int8 needs the policy that it starts from, such as int8_from_float32'
    """
    quantization, _, source = name.partition("_from_")
    if not source:
        return f"{name} needs the policy that it starts from, such as {name}_from_float32"
    if source not in NAMES["policy"] or source.startswith(QUANTIZATIONS):
        return f"unknown dtype {source!r} in {name!r}.{did_you_mean(source, NAMES['policy'])}"
    if not re.fullmatch(_QUANTIZED, quantization):
        return (
            f"unknown quantisation {quantization!r}; expected int8, float8, int4, int4/BLOCK_SIZE, "
            "gptq/BITS/GROUP_SIZE or awq/4/GROUP_SIZE"
        )
    if quantization == "int8" and _named(source).compute == "float16":
        return "int8 does not work with computations in float16; use bfloat16"
    return None


@lru_cache(256)
def _named(name: str) -> Policy:
    quantization, _, source = name.partition("_from_")
    if source and quantization.startswith(QUANTIZATIONS):
        inner = _named(source)
        mode, *numbers = quantization.split("/")
        sizes = [int(n) if n.lstrip("-").isdigit() else -1 for n in numbers]
        bits = sizes[0] if mode in ("gptq", "awq") and sizes else 4
        block = sizes[-1] if sizes and sizes[-1] > 0 else None
        return Policy(name, inner.compute, inner.variable, mode, bits, block)
    if name.startswith("mixed_"):
        return Policy(name, name.removeprefix("mixed_"), "float32")
    return Policy(name, name, name)

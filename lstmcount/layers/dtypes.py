"""Dtype policies: the dtypes of variables and of computation, and quantisation."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import msgspec

from lstmcount.errors import did_you_mean
from lstmcount.layers.arguments import NAMES


class Policy(msgspec.Struct, frozen=True):
    name: str
    compute: str
    variable: str
    mode: str | None = None  # int8, int4, float8, gptq or awq
    bits: int = 4  # bits of gptq and awq
    block: int | None = None  # how many inputs share a scale; None: all
    history: int = 1024  # maxima that a float8 layer stores


DEFAULT = Policy("float32", "float32", "float32")
QUANTIZATIONS = ("int8", "int4", "float8", "gptq", "awq")
_SIZE = r"(-1|[1-9]\d*)"
_QUANTIZED = rf"int8|float8|int4(/{_SIZE})?|gptq/[2348]/{_SIZE}|awq/4/{_SIZE}"


def policy(dtype: Any, path: str | None = None) -> Policy:
    """The policy that a `dtype` argument names, as a string or as Keras serialises it.

    A map of policies gives the one for the layer's `path`, as far as it is known, or its default.

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
        config = dtype.get("config")
        if not isinstance(config, dict):
            return DEFAULT
        if "policy_map" in config:
            return policy(_mapped(config, path))
        if config.get("mode"):
            found = _named(f"{config['mode']}_from_{config.get('source_name') or 'float32'}")
            history = config.get("amax_history_length")
            if isinstance(history, int) and history >= 0:
                found = msgspec.structs.replace(found, history=history)
            return found
        dtype = config.get("name", "float32")
    return _named(dtype if isinstance(dtype, str) else "float32")


def within(dtype: Any, path: str) -> Any:
    """The `dtype` argument of an inner layer, for which a map may have a policy of its own."""
    config = dtype.get("config") if isinstance(dtype, dict) else None
    if not isinstance(config, dict) or "policy_map" not in config:
        return dtype
    return _mapped(config, path)


def _mapped(config: dict[str, Any], path: str | None) -> Any:
    policies = config["policy_map"]
    if path is not None and isinstance(policies, dict):
        for pattern, found in policies.items():
            if _matches(pattern, path):
                return found
    return config.get("default_policy")


def _matches(pattern: str, path: str) -> bool:
    """Whether a key of a map is the path of a layer, or a pattern (with `.*`) of it.

    Keys may contain more of the path than is known here. A file's regular expressions are not run:
    one may take forever.

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
    """Why Keras refuses a quantised policy of that name; None if it accepts it.

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
        return "int8 does not work where float16 is computed in; take bfloat16"
    return None


@lru_cache(256)
def _named(name: str) -> Policy:
    quantization, _, source = name.partition("_from_")
    if source and quantization.startswith(QUANTIZATIONS):
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

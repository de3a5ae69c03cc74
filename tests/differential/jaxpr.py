"""Counts multiply-accumulates in a traced JAX program."""

from __future__ import annotations

import math
from typing import Any


def traced_macs(function: Any, *arguments: Any) -> int:
    """Those of every `dot_general` and `conv_general_dilated`, times the length of scans."""
    import jax

    return macs(jax.make_jaxpr(function)(*arguments).jaxpr)


def macs(jaxpr: Any) -> int:
    return sum(_of(equation) for equation in jaxpr.eqns)


def _of(equation: Any) -> int:
    name = equation.primitive.name
    if name == "dot_general":
        return _dot(equation)
    if name == "conv_general_dilated":
        return _convolution(equation)
    times = equation.params["length"] if name == "scan" else 1
    if name == "cond":
        return max(macs(_open(branch)) for branch in equation.params["branches"])
    inside = sum(macs(_open(inner)) for inner in _jaxprs(equation))
    assert not (name == "while" and inside), "a product in a loop of unknown length"
    return times * inside


def _jaxprs(equation: Any) -> list[Any]:
    found = []
    for value in equation.params.values():
        for item in value if isinstance(value, list | tuple) else [value]:
            if hasattr(item, "eqns") or hasattr(item, "jaxpr"):
                found.append(item)
    return found


def _open(jaxpr: Any) -> Any:
    return getattr(jaxpr, "jaxpr", jaxpr)


def _dot(equation: Any) -> int:
    (contracted, _), _ = equation.params["dimension_numbers"]
    left = equation.invars[0].aval.shape
    return math.prod(equation.outvars[0].aval.shape) * math.prod(left[i] for i in contracted)


def _convolution(equation: Any) -> int:
    """Every output position multiplies the kernel once; of a transposed one, every input."""
    numbers = equation.params["dimension_numbers"]
    left, kernel = (variable.aval.shape for variable in equation.invars)
    filters = kernel[numbers.rhs_spec[0]]
    if math.prod(equation.params["lhs_dilation"]) > 1:
        return math.prod(left) * math.prod(kernel) // kernel[numbers.rhs_spec[1]]
    return math.prod(equation.outvars[0].aval.shape) * math.prod(kernel) // filters

"""Counts multiply-accumulates in a traced JAX program."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any


def traced_macs(function: Callable[..., Any], *arguments: Any, transposed: bool = False) -> int:
    """Those of every `dot_general` and `conv_general_dilated`, times the length of scans.

    What does not reach the results, and what depends on no variable and no argument, is left out.
    A convolution takes one kernel for every position of its output; one that stands for a
    `transposed` convolution, for every position of its input.
    """
    import jax
    from jax.interpreters import partial_eval

    jaxpr = jax.make_jaxpr(function)(*arguments).jaxpr
    live, _ = partial_eval.dce_jaxpr(jaxpr, [True] * len(jaxpr.outvars), instantiate=True)
    return macs(live, transposed)


def macs(jaxpr: Any, transposed: bool = False) -> int:
    given = {*jaxpr.invars, *jaxpr.constvars}
    total = 0
    for equation in jaxpr.eqns:
        if any(not hasattr(v, "val") and v in given for v in equation.invars):
            given.update(equation.outvars)
            total += _of(equation, transposed)
    return total


def _of(equation: Any, transposed: bool) -> int:
    name = equation.primitive.name
    if name == "dot_general":
        return _dot(equation)
    if name == "conv_general_dilated":
        return _convolution(equation, transposed)
    if name == "cond":
        return max(macs(_open(branch), transposed) for branch in equation.params["branches"])
    inside = sum(macs(_open(inner), transposed) for inner in _jaxprs(equation))
    assert not (name == "while" and inside), "a product in a loop of unknown length"
    times: int = equation.params["length"] if name == "scan" else 1
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


def _convolution(equation: Any, transposed: bool) -> int:
    numbers = equation.params["dimension_numbers"]
    left, kernel = (variable.aval.shape for variable in equation.invars)
    if transposed:
        return math.prod(left) * math.prod(kernel) // kernel[numbers.rhs_spec[1]]
    output = equation.outvars[0].aval.shape
    return math.prod(output) * math.prod(kernel) // kernel[numbers.rhs_spec[0]]

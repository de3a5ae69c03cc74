"""The functions of numpy.random, whose results have known shapes only."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import Module, words
from lstmcount.programs.libraries.numpy.arrays import (
    Array,
    as_array,
)
from lstmcount.programs.libraries.numpy.creation import shaped, unknown_array
from lstmcount.shapes import Unknown

# Random functions with two parameters, or one, before `size`.
_WITH_TWO = words("normal uniform binomial beta gamma laplace lognormal")
_WITH_ONE = words("exponential poisson geometric chisquare rayleigh")


def _random(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.random.default_rng(seed)` and `RandomState(seed)` have the functions of the module."""
    return Module("numpy.random")


def _sized(position: int) -> Any:
    """A random function such as `np.random.normal`, with the shape `size` at this position."""

    def function(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
        size = kwargs.get("size", args[position] if len(args) > position else None)
        if isinstance(size, int):
            size = (size,)
        return Array(tuple(size)) if isinstance(size, list | tuple) else unknown_array(run, node)

    return function


def _dims(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.random.rand(3, 4)`: the arguments are the dimensions."""
    return Array(tuple(args)) if args else unknown_array(run, node)


def _permutation(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`np.random.permutation` of an array, or of the integers below a number."""
    argument = args[0] if args else kwargs.get("x")
    if isinstance(argument, Array):
        return Array(argument.shape)
    if not isinstance(argument, int | Unknown):
        return unknown_array(run, node)
    array = Array((argument,))
    array.holds_indices = True
    return array


def _choice(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """`choice(a, size)`: numbers below `a`, or rows of an array."""
    passed = arguments_by_name(("a", "size", "replace", "p", "axis"), args, kwargs)
    rows, size = as_array(passed.get("a")), passed.get("size")
    size = (size,) if isinstance(size, int) else size
    if not isinstance(size, list | tuple) or passed.get("axis", 0) != 0:
        return unknown_array(run, node)
    array = Array((*size, *(rows.shape[1:] if isinstance(rows, Array) else ())))
    array.holds_indices = isinstance(rows, int)
    return array


def _integers(run: Run, args: list[Any], kwargs: Any, node: ast.AST) -> Any:
    """Random whole numbers."""
    array = _sized(2)(run, args, kwargs, node)
    if isinstance(array, Array):
        array.holds_indices = True
    return array


FUNCTIONS: dict[str, Any] = {
    f"random.{name}": function
    for name, function in {
        **dict.fromkeys(("default_rng", "RandomState"), _random),
        **dict.fromkeys(("random", "random_sample", "sample", "standard_normal"), shaped),
        **dict.fromkeys(_WITH_TWO, _sized(2)),
        **dict.fromkeys(_WITH_ONE, _sized(1)),
        **dict.fromkeys(("rand", "randn"), _dims),
        **dict.fromkeys(("randint", "integers"), _integers),
        "permutation": _permutation, "choice": _choice,
    }.items()
}  # fmt: skip

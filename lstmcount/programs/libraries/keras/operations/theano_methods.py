"""Methods of Theano's tensors, which programs for Keras 1 call in their layers."""

from __future__ import annotations

import ast
from functools import partial
from typing import Any

from lstmcount.layers.ops.registry import signatures
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.libraries.keras.operations.operations import apply
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.tensors import SymbolicTensor

_REDUCTIONS = ("max", "mean", "min", "prod", "std", "sum", "var")


def method(tensor: SymbolicTensor, name: str) -> Any:
    """`tensor.name`; MISSING for other names."""
    if name == "dimshuffle":
        return Native(name, partial(_dimshuffle, tensor), raw=True)
    if name in _REDUCTIONS:
        return Native(name, partial(_reduced, tensor, name), raw=True)
    return MISSING


def _reduced(
    tensor: SymbolicTensor,
    name: str,
    run: Run,
    args: list[Any],
    kwargs: dict[str, Any],
    node: ast.AST,
) -> Any:
    """`tensor.sum(axis, keepdims=…)`."""
    return apply(run, signatures()[name], [tensor, *args], kwargs, node)


def _dimshuffle(
    tensor: SymbolicTensor, run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST
) -> Any:
    """`tensor.dimshuffle(0, "x", 1)`: the axes in another order, "x" for a new one."""
    axes = args[0] if len(args) == 1 and isinstance(args[0], list | tuple) else args
    shape = tensor.shape
    is_plain = all(axis == "x" or type(axis) is int for axis in axes)
    if shape is None or not is_plain or any(type(a) is int and a >= len(shape) for a in axes):
        return run.unknown(run.source_of(node))
    sizes = tuple([1 if axis == "x" else shape[axis] for axis in axes])
    return session_of(run).stand_in("Dimshuffle", [tensor], sizes, node)

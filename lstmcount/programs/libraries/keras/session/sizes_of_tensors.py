"""Sizes that `tf.shape(x)` and `K.shape(x)` give of a tensor, which are tensors in Keras 2.

A model whose graph contains what is made of such sizes, as `tf.range(tf.shape(x)[1])`, contains
the layers that are called on it. Keras 3 refuses these functions outside of layers.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.tensors import SymbolicTensor
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.shapes import UNKNOWN, Unknown


class SizeOf(int):
    """A known size of a tensor, or a number that is computed from one."""

    tensor: SymbolicTensor


_ARITHMETIC = ("add", "sub", "mul", "floordiv", "mod", "pow")


def _keeping_tie(plain: Callable[..., Any]) -> Callable[..., Any]:
    """A method of `int` whose result is tied to the tensor of the size that it is called on."""

    def operation(size: SizeOf, *others: Any) -> Any:
        result = plain(size, *others)
        return _tied(result, size.tensor) if type(result) is int else result

    return operation


def _add_operators() -> None:
    for name in ("neg", *_ARITHMETIC, *[f"r{name}" for name in _ARITHMETIC]):
        setattr(SizeOf, f"__{name}__", _keeping_tie(getattr(int, f"__{name}__")))


_add_operators()


class UnknownSizeOf(Unknown):
    """A free size of a tensor."""

    __slots__ = ("tensor",)

    def __init__(self, tensor: SymbolicTensor) -> None:
        super().__init__()
        self.tensor = tensor

    def __reduce__(self) -> Any:
        return "UNKNOWN"


def sizes_of(run: Run, tensor: SymbolicTensor) -> tuple[Any, ...]:
    """The sizes of a tensor of known shape, which are tied to it in the graph of a model."""
    session = session_of(run)
    shape = tuple(tensor.shape or ())
    if session.depth or session.is_keras_3():
        return shape
    return tuple([_tied(size, tensor) for size in shape])


def _tied(size: Any, tensor: SymbolicTensor) -> Any:
    if size is UNKNOWN:
        return UnknownSizeOf(tensor)
    if type(size) is not int:
        return size
    tied = SizeOf(size)
    tied.tensor = tensor
    return tied


def untied(size: Any) -> Any:
    """A plain size."""
    if isinstance(size, UnknownSizeOf):
        return UNKNOWN
    return int(size) if isinstance(size, SizeOf) else size


def made_of(run: Run, sizes: Iterable[Any], shape: tuple[Any, ...], node: ast.AST) -> Any:
    """An array of this shape that depends on sizes: a tensor if one of them is tied to one."""
    tensors = [each.tensor for each in sizes if isinstance(each, SizeOf | UnknownSizeOf)]
    shape = tuple([untied(size) for size in shape])
    if not tensors:
        return Array(shape)
    return session_of(run).stand_in("TFOpLambda", tensors[:1], shape, node)

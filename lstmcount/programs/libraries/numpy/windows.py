"""Windows over arrays: `numpy.lib.stride_tricks`."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.libraries.numpy.arrays import Array, as_array, refused
from lstmcount.shapes import Unknown


def member(name: str) -> Any:
    """`numpy.lib.stride_tricks.name`; MISSING if it is not known."""
    function = {"sliding_window_view": _sliding_windows, "as_strided": _as_strided}.get(name)
    return MISSING if function is None else Native(f"np.{name}", function, raw=True)


def _sliding_windows(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`sliding_window_view(x, window_shape, axis=None)`: the windows are the last axes."""
    passed = arguments_by_name(("x", "window_shape", "axis"), args, kwargs)
    array, window = as_array(passed.get("x")), _sequence(passed.get("window_shape"))
    if not isinstance(array, Array) or window is None:
        return run.unknown(run.source_of(node))
    rank = len(array.shape)
    axes = tuple(range(rank)) if passed.get("axis") is None else _sequence(passed["axis"])
    if axes is None or not all(type(axis) is int for axis in axes):
        return run.unknown(run.source_of(node))
    shape = list(array.shape)
    if len(axes) != len(window) or not all(-rank <= axis < rank for axis in axes):
        return refused(run, node)
    for axis, size in zip(axes, window, strict=True):
        left = shape[axis] - size
        if isinstance(left, int) and left < 0:
            return refused(run, node)
        shape[axis] = left + 1
    return Array((*shape, *window), base=array)


def _as_strided(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`as_strided(x, shape=None, strides=None)`."""
    passed = arguments_by_name(("x", "shape"), args, kwargs)
    array, shape = as_array(passed.get("x")), passed.get("shape")
    shape = array.shape if shape is None and isinstance(array, Array) else _sequence(shape)
    if not isinstance(array, Array) or shape is None:
        return run.unknown(run.source_of(node))
    return Array(shape, base=array)


def _sequence(sizes: Any) -> tuple[Any, ...] | None:
    """One size or several as a tuple; None if their number is not known."""
    sizes = (sizes,) if type(sizes) is int else sizes
    is_known = isinstance(sizes, list | tuple) and all(
        type(size) is int or isinstance(size, Unknown) for size in sizes
    )
    return tuple(sizes) if is_known else None

"""Functions of `keras.backend` and TensorFlow that combine several operations."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

from lstmcount.programs.language.provided import Namespace
from lstmcount.programs.libraries.keras.objects import LayerClass
from lstmcount.programs.libraries.keras.session import session_of
from lstmcount.programs.libraries.keras.tensors import Tensor, map_tensors, tensors_in
from lstmcount.shapes import Unknown

if TYPE_CHECKING:
    from lstmcount.programs.language.run import Run


def _apply(run: Run, name: str, args: list[Any], node: ast.AST, **kwargs: Any) -> Any:
    from lstmcount.programs.libraries.keras.backend import operation

    return operation(name).function(run, args, kwargs, node)


def _given(names: str, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    return {**dict(zip(names.split(), args, strict=False)), **kwargs}


def repeat(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`K.repeat(x, n)`: repeat a vector n times, as a sequence."""
    given = _given("x n", args, kwargs)
    rows = _apply(run, "expand_dims", [given["x"], 1], node)
    return _apply(run, "tile", [rows, [1, given["n"], 1]], node)


def resize_images(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`K.resize_images(x, height_factor, width_factor, data_format)`."""
    given = _given("x height_factor width_factor data_format", args, kwargs)
    axis = 2 if given.get("data_format") == "channels_first" else 1
    rows = _apply(run, "repeat", [given["x"], given["height_factor"]], node, axis=axis)
    return _apply(run, "repeat", [rows, given["width_factor"]], node, axis=axis + 1)


def temporal_padding(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    given = _given("x padding", args, kwargs)
    sides = list(given.get("padding", (1, 1)))
    return _apply(run, "pad", [given["x"], [[0, 0], sides, [0, 0]]], node)


def spatial_padding(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`K.spatial_2d_padding(x, padding, data_format)` and `K.spatial_3d_padding`."""
    given = _given("x padding data_format", args, kwargs)
    sides = [list(side) for side in given.get("padding", ((1, 1), (1, 1)))]
    first = given.get("data_format") == "channels_first"
    widths = [[0, 0], [0, 0], *sides] if first else [[0, 0], *sides, [0, 0]]
    return _apply(run, "pad", [given["x"], widths], node)


def pool(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`K.pool2d(x, pool_size, strides, padding, data_format, pool_mode)`."""
    given = _given("x pool_size strides padding data_format pool_mode", args, kwargs)
    given.pop("pool_mode", None)
    given.setdefault("strides", 1)
    return _apply(run, "max_pool", [given.pop("x")], node, **given)


def batch_dot(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`K.batch_dot(x, y, axes)`; with axes, it is computed like the layer Dot."""
    given = _given("x y axes", args, kwargs)
    axes = given.get("axes")
    if axes is None:
        return _apply(run, "matmul", [given["x"], given["y"]], node)
    session = session_of(run)
    layer = session.construct(LayerClass("Dot"), [], {"axes": axes}, node)
    return session.call(layer, [session.operand([given["x"], given["y"]], node)], {}, node)


def einsum(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`tf.einsum(equation, *inputs)`."""
    equation = kwargs.get("equation")
    return _apply(run, "einsum", args if equation is None else [equation, *args], node)


def top_k(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`tf.math.top_k(input, k, sorted)`: a named pair of values and indices."""
    given = _given("input k sorted", args, kwargs)
    pair = _apply(run, "top_k", [given["input"], given.get("k", 1)], node)
    if not isinstance(pair, list):
        return pair
    return Namespace({"values": pair[0], "indices": pair[1], "__items__": pair})


def mapped(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`tf.map_fn(fn, elems)`: apply a function to each element of the first axis."""
    given = _given("fn elems", args, kwargs)
    function = given.get("fn", given.get("function"))
    elements = given.get("elems", given.get("elements"))
    tensors = tensors_in(elements)
    if not tensors or any(not tensor.shape for tensor in tensors):
        return run.unknown(run.source_of(node))
    session = session_of(run)
    with session.tracing():
        one = map_tensors(elements, lambda each: session.fresh_input(each.shape[1:], node))
        result = run.call(function, [one], {}, node)
    rows = tensors[0].shape[0]
    if isinstance(result, Tensor) and result.shape is not None:
        return session.stand_in("Map", tensors, (rows, *result.shape), node)
    return run.unknown(run.source_of(node))


def numbers_of(operation: str, values: list[Any], arguments: dict[str, Any]) -> Any:
    """The result of an operation on plain sizes instead of tensors; None for other operations.

    >>> numbers_of("Concatenate", [[(Unknown("n"),), [72]]], {"axis": 0})
    [n, 72]
    """
    first = values[0] if values else None
    if operation in ("Cast", "ConvertToTensor") and isinstance(first, int | Unknown):
        return first
    if not isinstance(first, list | tuple):
        return None
    if operation == "Stack" and all(isinstance(one, int | Unknown) for one in first):
        return list(first)
    if operation == "Concatenate" and all(isinstance(one, list | tuple) for one in first):
        return [size for one in first for size in one]
    if operation == "Prod" and all(isinstance(one, int | Unknown) for one in first):
        product: Any = 1
        for size in first:
            product = product * size
        return product
    return None

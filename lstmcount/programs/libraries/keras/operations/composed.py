"""Functions of `keras.backend` and TensorFlow that combine several operations."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.layers.ops.registry import signatures
from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import Namespace
from lstmcount.programs.libraries.keras.operations.operations import apply
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.layer_classes import LayerClass
from lstmcount.programs.libraries.keras.values.tensors import (
    SymbolicTensor,
    map_tensors,
    tensors_in,
)
from lstmcount.shapes import UNKNOWN


def _apply(run: Run, name: str, args: list[Any], node: ast.AST, **kwargs: Any) -> Any:
    return apply(run, signatures()[name], args, kwargs, node)


def _named(names: str, args: list[Any], kwargs: dict[str, Any]) -> dict[str, Any]:
    return arguments_by_name(names.split(), args, kwargs)


def repeat(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`K.repeat(x, n)`: repeat a vector n times, as a sequence."""
    passed = _named("x n", args, kwargs)
    rows = _apply(run, "expand_dims", [passed["x"], 1], node)
    return _apply(run, "tile", [rows, [1, passed["n"], 1]], node)


def resize_images(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`K.resize_images(x, height_factor, width_factor, data_format)`."""
    passed = _named("x height_factor width_factor data_format", args, kwargs)
    axis = 2 if passed.get("data_format") == "channels_first" else 1
    rows = _apply(run, "repeat", [passed["x"], passed["height_factor"]], node, axis=axis)
    return _apply(run, "repeat", [rows, passed["width_factor"]], node, axis=axis + 1)


def temporal_padding(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    passed = _named("x padding", args, kwargs)
    sides = list(passed.get("padding", (1, 1)))
    return _apply(run, "pad", [passed["x"], [[0, 0], sides, [0, 0]]], node)


def asymmetric_padding(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`K.asymmetric_temporal_padding(x, left_pad, right_pad)`, of Keras 1."""
    passed = _named("x left_pad right_pad", args, kwargs)
    sides = [passed.get("left_pad", 1), passed.get("right_pad", 1)]
    return _apply(run, "pad", [passed["x"], [[0, 0], sides, [0, 0]]], node)


def ctc_batch_cost(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`K.ctc_batch_cost(y_true, y_pred, input_length, label_length)`: a loss for each sequence."""
    tensors = tensors_in([args, kwargs])
    predicted = _named("y_true y_pred input_length label_length", args, kwargs).get("y_pred")
    if not isinstance(predicted, SymbolicTensor) or not predicted.shape:
        return run.unknown(run.source_of(node))
    return session_of(run).stand_in("CTC", tensors, (predicted.shape[0], 1), node)


def spatial_padding(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`K.spatial_2d_padding(x, padding, data_format)` and `K.spatial_3d_padding`."""
    passed = _named("x padding data_format", args, kwargs)
    sides = [list(side) for side in passed.get("padding", ((1, 1), (1, 1)))]
    first = passed.get("data_format") == "channels_first"
    widths = [[0, 0], [0, 0], *sides] if first else [[0, 0], *sides, [0, 0]]
    return _apply(run, "pad", [passed["x"], widths], node)


def pool(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`K.pool2d(x, pool_size, strides, padding, data_format, pool_mode)`."""
    passed = _named("x pool_size strides padding data_format pool_mode", args, kwargs)
    passed.pop("pool_mode", None)
    passed.setdefault("strides", 1)
    return _apply(run, "max_pool", [passed.pop("x")], node, **passed)


def conv_transpose(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`K.conv2d_transpose(x, kernel, output_shape, …)`, and `K.conv3d_transpose`."""
    passed = _named("x kernel output_shape", args[:3], kwargs)
    if not tensors_in(passed.get("x")):
        return run.unknown(run.source_of(node))
    session = session_of(run)
    kernel = session.arrays_as_tensors(passed.get("kernel"), node)
    operands = [passed["x"], kernel, passed.get("output_shape")]
    function = {"function": "nn.conv2d_transpose"}
    return session.operation("TFOpLambda", operands, {}, node, function)


def batch_dot(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`K.batch_dot(x, y, axes)`; with axes, it is computed like the layer Dot."""
    passed = _named("x y axes", args, kwargs)
    axes = passed.get("axes")
    if axes is None:
        return _apply(run, "matmul", [passed["x"], passed["y"]], node)
    session = session_of(run)
    layer = session.construct(LayerClass("Dot"), [], {"axes": axes}, node)
    return session.call(layer, [session.operand([passed["x"], passed["y"]], node)], {}, node)


def batch_flatten(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`K.batch_flatten(x)`: a matrix, of which TensorFlow infers no dimension."""
    tensor = _named("x", args, kwargs)["x"]
    if not isinstance(tensor, SymbolicTensor):
        return run.unknown(run.source_of(node))
    return session_of(run).stand_in("TFOpLambda", [tensor], (UNKNOWN, UNKNOWN), node)


def einsum(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`tf.einsum(equation, *inputs)`."""
    equation = kwargs.get("equation")
    return _apply(run, "einsum", args if equation is None else [equation, *args], node)


def top_k(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`tf.math.top_k(input, k, sorted)`: a named pair of values and indices."""
    passed = _named("input k sorted", args, kwargs)
    pair = _apply(run, "top_k", [passed["input"], passed.get("k", 1)], node)
    if not isinstance(pair, tuple):
        return pair
    return Namespace({"values": pair[0], "indices": pair[1], "__items__": [*pair]})


def map_elements(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`tf.map_fn(fn, elems)`: apply a function to each element of the first axis."""
    passed = _named("fn elems", args, kwargs)
    function = passed.get("fn", passed.get("function"))
    elements = passed.get("elems", passed.get("elements"))
    tensors = tensors_in(elements)
    if not tensors or any(not tensor.shape for tensor in tensors):
        return run.unknown(run.source_of(node))
    session = session_of(run)
    with session.tracing():
        element = map_tensors(elements, lambda tensor: session.fresh_input(tensor.shape[1:], node))
        result = run.call(function, [element], {}, node)
    rows = tensors[0].shape[0]
    if isinstance(result, SymbolicTensor) and result.shape is not None:
        return session.stand_in("Map", tensors, (rows, *result.shape), node)
    return run.unknown(run.source_of(node))


def rnn(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`K.rnn(step_function, inputs, initial_states, …)`: last output, outputs, and last states."""
    names = "step_function inputs initial_states go_backwards mask constants unroll input_length"
    passed = _named(f"{names} time_major", args, kwargs)
    inputs, states = passed.get("inputs"), passed.get("initial_states")
    constants = passed.get("constants") or []
    is_batch_first = passed.get("time_major", False) is False
    if not isinstance(inputs, SymbolicTensor) or not is_batch_first:
        return run.unknown(run.source_of(node))
    if not isinstance(states, list | tuple) or not isinstance(constants, list | tuple):
        return run.unknown(run.source_of(node))
    if inputs.shape is None or len(inputs.shape) < 3:
        return run.unknown(run.source_of(node))
    session, read = session_of(run), tensors_in([inputs, states, constants])
    batch, steps, *rest = inputs.shape
    with session.tracing():
        step = session.fresh_input((batch, *rest), node)
        held = map_tensors([*states, *constants], lambda x: session.fresh_input(x.shape, node))
        result = run.call(passed.get("step_function"), [step, held], {}, node)
    parts = tensors_in(result)
    if not isinstance(result, list | tuple) or len(result) != 2 or not parts:
        return run.unknown(run.source_of(node))
    output, last = parts[0].shape, [state.shape for state in tensors_in(result[1])]
    every = None if output is None else (output[0], steps, *output[1:])
    shapes = [output, every, *last]
    ends = [session.stand_in("Recurrence", read, shape, node) for shape in shapes]
    return ends[0], ends[1], ends[2:]

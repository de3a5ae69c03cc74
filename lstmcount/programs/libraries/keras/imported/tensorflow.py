"""Functions of TensorFlow on tensors: those with an operation of Keras, and others."""

from __future__ import annotations

import ast
from itertools import accumulate
from typing import Any

from lstmcount.layers.ops import classes
from lstmcount.layers.ops.registry import signatures
from lstmcount.layers.ops.tensorflow.table import FUNCTIONS
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import Native, Raw
from lstmcount.programs.libraries.keras.data import pipelines
from lstmcount.programs.libraries.keras.imported import backend
from lstmcount.programs.libraries.keras.operations import composed, control_operations
from lstmcount.programs.libraries.keras.operations.operations import apply
from lstmcount.programs.libraries.keras.operations.translations import TENSORFLOW
from lstmcount.programs.libraries.keras.own_classes import variables
from lstmcount.programs.libraries.keras.session.session import session_of
from lstmcount.programs.libraries.keras.values.call_shapes import shape_of_operation
from lstmcount.programs.libraries.keras.values.tensors import SymbolicTensor, tensors_in
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.programs.libraries.numpy.sizes import product
from lstmcount.programs.libraries.numpy.spacing import MAX_SPACED, spaced_singles
from lstmcount.shapes import Unknown

_SHARED_MODULES = ("", "nn", "math", "image", "linalg")  # modules that share names with Keras


def member(path: str, name: str) -> Any:
    """`tf.name`, `tf.nn.name`, `tf.math.name` and so on, if its shapes are known; else MISSING."""
    place = path.removeprefix("tensorflow").lstrip(".")
    is_common = place in _SHARED_MODULES
    if is_common and name in _TENSORFLOW:
        return Native(f"tf.{name}", _TENSORFLOW[name], raw=True)
    if is_common and name in TENSORFLOW:
        translation = TENSORFLOW[name]
        applied = signatures()[translation.operation].operation
        return _taking_lists(name, applied, backend.translated_function(translation))
    own = f"{place}." if place else ""
    for prefix in (own, "math.", "linalg."):
        if f"{prefix}{name}" in FUNCTIONS:
            function = f"{prefix}{name}"
            applied = FUNCTIONS[function].partition(" ")[0]
            return _taking_lists(f"tf.{name}", applied, _of_tensorflow(function))
    found = backend.operation(name) if is_common else MISSING
    if isinstance(found, Native) and name in signatures():
        return _taking_lists(name, signatures()[name].operation, found.function)
    first = f"compat.v1.{own}{name}"  # as TensorFlow 1 has it
    if found is MISSING and first in FUNCTIONS:
        return Native(f"tf.{name}", _of_tensorflow(first), raw=True)
    return found


def _taking_lists(name: str, applied: str, function: Raw) -> Native:
    """A function of TensorFlow that applies an operation.

    If that takes one tensor, it makes one of a list of tensors.
    """
    cls = classes.find(applied)
    if cls is None or cls.takes_lists:
        return Native(name, function, raw=True)

    def call(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        args = [_stacked(run, value, node) for value in args]
        kwargs = {key: _stacked(run, value, node) for key, value in kwargs.items()}
        return function(run, args, kwargs, node)

    return Native(name, call, raw=True)


def _stacked(run: Run, value: Any, node: ast.AST) -> Any:
    """The tensor of a list of tensors, or of lists of them; any other value as it is."""
    if not isinstance(value, list | tuple) or not value:
        return value
    parts = [_stacked(run, part, node) for part in value]
    if not all(isinstance(part, SymbolicTensor | Array) for part in parts):
        return value
    return apply(run, signatures()["stack"], [parts], {}, node)


def _of_tensorflow(function: str) -> Raw:
    """A function without an operation in Keras: it creates a node as in Keras 2."""

    def call(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
        session, arguments = session_of(run), {"function": function}
        own_name = kwargs.pop("name", None)
        if tensors_in([args, kwargs]):
            args, kwargs = (session.arrays_as_tensors(each, node) for each in (args, kwargs))
            return session.operation("TFOpLambda", args, kwargs, node, arguments, own_name)
        signature = signatures().get(function.rpartition(".")[2])
        if signature is not None and args and isinstance(args[0], int | float):
            return apply(run, signature, args, kwargs, node)
        if function in ("zeros", "ones", "fill"):
            return backend.created(run, args, kwargs, node)
        shape = shape_of_operation("TFOpLambda", args, kwargs, arguments)
        if shape == () and args and isinstance(args[0], Unknown):
            shape = None  # that of the unknown, which is not sure to be a number
        return Array(shape) if isinstance(shape, tuple) else run.unknown(run.source_of(node))

    return call


# -- functions with another signature than their operation ---------------------------------------


def _tensor_shape(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`tf.TensorShape(dims)`: a tuple, which has the methods of a shape."""
    dims = args[0] if args else kwargs.get("dims")
    return tuple(dims) if isinstance(dims, list | tuple) else run.unknown(run.source_of(node))


def _size(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`tf.size(input)`: a tensor with the number of elements."""
    value = args[0] if args else kwargs.get("input")
    if isinstance(value, Array) and isinstance(size := product(value.shape), int):
        return Array((), size)
    return _of_tensorflow("size")(run, args, kwargs, node)


def _spaced(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`tf.linspace(start, stop, num)`."""
    passed = arguments_by_name(("start", "stop", "num"), args, kwargs)
    start: Any = passed.get("start")
    stop: Any = passed.get("stop")
    number: Any = passed.get("num")
    are_floats = isinstance(start, float) and isinstance(stop, float) and len(passed) == 3
    if are_floats and isinstance(number, int) and 0 < number <= MAX_SPACED:
        run.spend(number, node)
        return Array((number,), spaced_singles(start, stop, number))
    return backend.linspace(run, args, kwargs, node)


def _matmul(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`tf.matmul(a, b, transpose_a, transpose_b)`: may swap the last two axes of each operand."""
    names = ("a", "b", "transpose_a", "transpose_b", "adjoint_a", "adjoint_b")
    passed = arguments_by_name(names, args, kwargs)
    sides = []
    for side in ("a", "b"):
        value = passed.get(side)
        swaps = [passed.get(f"{way}_{side}", False) for way in ("transpose", "adjoint")]
        unknown = next((swap for swap in swaps if isinstance(swap, Unknown)), None)
        if unknown is not None:
            words = run.source_of(node)
            run.rename(unknown.text, words)
            value = run.unknown(words)
        elif any(swaps):
            value = apply(run, signatures()["swapaxes"], [value, -1, -2], {}, node)
        sides.append(value)
    return apply(run, signatures()["matmul"], sides, {}, node)


def _split(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`tf.split(value, number or sizes, axis)`: converts sizes to indices for `ops.split`."""
    passed = arguments_by_name(("x", "parts", "axis"), args, kwargs)
    parts = passed.get("parts", passed.get("num_or_size_splits"))
    value = passed.get("x", passed.get("value"))
    if isinstance(parts, list | tuple) and all(isinstance(part, int) for part in parts):
        parts = list(accumulate(parts[:-1]))
    return apply(run, signatures()["split"], [value, parts, passed.get("axis", 0)], {}, node)


def _separable_conv(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`tf.nn.separable_conv2d(input, depthwise_filter, pointwise_filter, strides, padding)`."""
    names = ("input", "depthwise_filter", "pointwise_filter", "strides", "padding")
    passed = arguments_by_name(names, args[:5], kwargs)
    pointwise = passed.pop("pointwise_filter", None)
    depthwise = {"filter": passed.pop("depthwise_filter", None)}
    separate = _of_tensorflow("nn.depthwise_conv2d")(run, [], passed | depthwise, node)
    point = {"strides": 1, "padding": "VALID", "data_format": passed.get("data_format")}
    return _of_tensorflow("nn.conv2d")(run, [separate, pointwise], point, node)


_TENSORFLOW: dict[str, Raw] = {
    "shape": backend.symbolic_shape,
    "identity": backend.same,
    "to_float": backend.same,
    "convert_to_tensor": backend.constant,
    "constant": backend.constant,
    "TensorShape": _tensor_shape,
    "TensorSpec": pipelines.tensor_spec,
    "Variable": variables.tensorflow_variable,
    "split": _split,
    "matmul": _matmul,
    "range": backend.arange,
    "linspace": _spaced,
    "rank": backend.ndim,
    "size": _size,
    "separable_conv2d": _separable_conv,
    "einsum": composed.einsum,
    "top_k": composed.top_k,
    "map_fn": composed.map_elements,
    "vectorized_map": composed.map_elements,
    "cond": control_operations.cond,
    "scan": control_operations.tensorflow_scan,
    "while_loop": control_operations.while_loop,
}

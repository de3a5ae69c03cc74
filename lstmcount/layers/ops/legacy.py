"""Layers that Keras 2 created for calls of TensorFlow functions, as operations of Keras 3.

A `TFOpLambda` names a function. Its call has the function's arguments, the first by position and
the others by name; lists of numbers are arrays. A `SlicingOpLambda` is one for slices, with a
`slice_spec`. The older `TensorFlowOpLayer` holds a node of a TensorFlow graph, and the constants
among the node's inputs.
"""

from __future__ import annotations

import inspect
from typing import Any, ClassVar

import msgspec

from lstmcount.config import LayerConfig
from lstmcount.layers.ops.base import Operation, UnknownOperation
from lstmcount.layers.ops.classes import find
from lstmcount.layers.ops.dtypes import result_dtypes
from lstmcount.layers.ops.functions import Bound, bind
from lstmcount.layers.ops.graph_nodes import NODES, node_arguments
from lstmcount.layers.ops.tensorflow import functions as tensorflow
from lstmcount.layers.ops.tensorflow import images as tensorflow_images
from lstmcount.layers.ops.tensorflow.table import FUNCTIONS
from lstmcount.layers.ops.values import concrete, value_of, valued
from lstmcount.shapes import Dim, Shapes
from lstmcount.structures import nested_shape, plain


def create_legacy(config: LayerConfig) -> Operation:
    """Create the operation for a `TFOpLambda`, `SlicingOpLambda` or `TensorFlowOpLayer`.

    The output is unknown for methods and attributes of sparse or ragged tensors.
    """
    arguments = config.arguments
    operation: Operation
    if config.class_name == "TensorFlowOpLayer":
        node = arguments.get("node_def")
        constants = arguments.get("constants")
        operation = GraphNode(
            node=node if isinstance(node, dict) else {},
            constants=_arrays(constants) if isinstance(constants, dict) else {},
        )
    else:
        operation = FunctionCall(function=str(arguments.get("function")).removeprefix("tf."))
    operation.name = config.name
    operation.class_name = config.class_name
    return operation


def _arrays(constants: dict[str, Any]) -> dict[str, Any]:
    """The constants as lists; Keras 2.13 and later serialise them as arrays."""
    return {key: plain(value) for key, value in constants.items()}


UNKNOWN_CALL = Bound("Unknown", {}, [])


class Delegating(Operation):
    """Base of layers that delegate each call to an operation, which the call determines."""

    tensors: ClassVar[int] = 0

    def bound(self, args: list[Any], kwargs: dict[str, Any]) -> Bound:
        """Bind a call to the class, constructor arguments and call arguments of an operation."""
        raise NotImplementedError

    def operation(self, args: list[Any], kwargs: dict[str, Any]) -> tuple[Operation, list[Any]]:
        return operation_for(self.bound(args, kwargs))

    def call(self, *args: Any, **kwargs: Any) -> Shapes:
        operation, inputs = self.operation(list(args), kwargs)
        try:
            inspect.signature(operation.call).bind(*inputs)
        except TypeError:
            return None  # Keras 2 did not save the tensors of the call
        return operation.output_shape(*inputs)

    def contractions(self, *args: Any, **kwargs: Any) -> Dim:
        operation, inputs = self.operation(list(args), kwargs)
        return operation.macs(*inputs)

    def dtypes(self, arguments: dict[str, Any], args: list[Any], count: int) -> list[str]:
        bound = self.bound(args, {})
        return result_dtypes(bound.class_name, _dtype_named(bound), bound.args, count)


# The dtypes of what TensorFlow's functions return, where Keras's operations return others.
_TENSORFLOW_DTYPES = {"Argmax": "int64", "Argmin": "int64", "CountNonzero": "int64"}
_NODE_DTYPES = {"half": "float16", "float": "float32", "double": "float64"}


def _dtype_named(bound: Bound) -> dict[str, Any]:
    """The arguments of a bound call, with the name of the dtype that TensorFlow's result has.

    >>> _dtype_named(Bound("Cast", {"dtype": "DT_HALF"}, []))
    {'dtype': 'float16'}
    """
    arguments = dict(bound.arguments)
    if bound.class_name in _TENSORFLOW_DTYPES:
        arguments["dtype"] = _TENSORFLOW_DTYPES[bound.class_name]
    elif isinstance(arguments.get("dtype"), str):
        name = arguments["dtype"].removeprefix("DT_").lower()
        arguments["dtype"] = _NODE_DTYPES.get(name, name)
    return arguments


class FunctionCall(Delegating):
    """
    >>> FunctionCall(function="math.reduce_mean").output_shape((2, 8, 3), axis=[1])
    (2, 3)
    """

    function: str = ""

    def call(self, *args: Any, **kwargs: Any) -> Shapes:
        output = super().call(*args, **kwargs)
        value = value_of(self.function, list(args), kwargs)
        return output if value is None or output is None else valued(output, value)

    def bound(self, args: list[Any], kwargs: dict[str, Any]) -> Bound:
        if self.function == "__operators__.getitem":
            spec = kwargs.get("slice_spec", args[1:])
            return Bound("GetItem", {}, [args[0], slice_keys(spec)])
        row = FUNCTIONS.get(self.function)
        return UNKNOWN_CALL if row is None else bind(row, args, kwargs)


class GraphNode(Delegating):
    """
    >>> mean = {"op": "Mean", "attr": {"keep_dims": {"b": False}}}
    >>> GraphNode(node=mean, constants={"1": [1, 2]}).output_shape((2, 8, 9, 3))
    (2, 3)
    """

    node: dict[str, Any]
    constants: dict[str, Any]

    def bound(self, args: list[Any], kwargs: dict[str, Any]) -> Bound:
        inputs = iter(args[0] if args and isinstance(args[0], list) else args)
        count = len(args[0] if args and isinstance(args[0], list) else args) + len(self.constants)
        tensors = [
            self.constants[str(i)] if str(i) in self.constants else next(inputs, None)
            for i in range(count)
        ]
        row = NODES.get(str(self.node.get("op")))
        if row is None:
            return UNKNOWN_CALL
        row, values, named = node_arguments(row, tensors, self.node)
        return bind(row, values, named)


def operation_for(bound: Bound) -> tuple[Operation, list[Any]]:
    """Create the operation of a bound call; return it with the shapes of the call's inputs."""
    name = bound.class_name
    module = tensorflow if hasattr(tensorflow, name) else tensorflow_images
    cls = UnknownOperation if name == "Unknown" else find(name) or getattr(module, name)
    if "data_format" in bound.arguments:
        first = tensorflow_images.is_channels_first(bound.arguments["data_format"])
        bound.arguments["data_format"] = "channels_first" if first else "channels_last"
    known = {field.encode_name for field in msgspec.structs.fields(cls)}
    arguments = {k: concrete(value) for k, value in bound.arguments.items() if k in known}
    if any(map(_holds_tensors, arguments.values())):
        return UnknownOperation(), []
    try:
        operation = msgspec.convert({**arguments, "class_name": bound.class_name}, cls)
    except msgspec.ValidationError:
        return UnknownOperation(), []
    shapes = _SHAPE_ARGUMENTS.get(bound.class_name, frozenset())
    inputs = [
        concrete(value) if i in shapes else _array(value) for i, value in enumerate(bound.args)
    ]
    return operation, inputs


# The positions of inputs whose values an operation needs: shapes, sizes, indices.
_SHAPE_ARGUMENTS = {
    "GetItem": frozenset({1}),
    "TFConvTranspose": frozenset({1}),
    "TFEnsureShape": frozenset({1}),
    "TFFilled": frozenset({0}),
    "TFRange": frozenset({0, 1, 2}),
    "TFBroadcastTo": frozenset({1}),
    "TFReshape": frozenset({1}),
    "TFResize": frozenset({1}),
    "TFResizeV1": frozenset({1}),
    "TFSlice": frozenset({1, 2}),
    "TFTile": frozenset({1}),
}


def _array(value: Any) -> Any:
    """Replace lists of numbers by their shapes; lists may also hold tensors."""
    if not isinstance(value, list):
        return value
    if _holds_tensors(value) or None in value:  # None is a tensor of unknown shape
        return [_array(item) for item in value]
    return nested_shape(value)


def _holds_tensors(value: Any) -> bool:
    if isinstance(value, list):
        return any(_holds_tensors(item) for item in value)
    return isinstance(value, tuple)


def slice_keys(spec: Any) -> Any:
    """Convert a `slice_spec` of Keras 2 to the key in `x[key]`.

    >>> slice_keys([{"start": 1, "stop": None, "step": None}, {"class_name": "__ellipsis__"}, None])
    [slice(1, None, None), Ellipsis, None]
    """
    if isinstance(spec, list):
        return [slice_keys(item) for item in spec]
    if isinstance(spec, dict):
        if "class_name" in spec:
            return Ellipsis
        return slice(*[concrete(spec.get(name)) for name in ("start", "stop", "step")])
    return spec

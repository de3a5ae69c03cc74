"""Layers that Keras 2 made from TensorFlow functions: their shapes by Keras 3's operations.

A `TFOpLambda` names a function and is called with what the function was called with: the first
argument in its place, the others by name; tensors stand for shapes, lists of numbers for arrays.
A `SlicingOpLambda` is one that slices (`slice_spec`). A `TensorFlowOpLayer`, older, holds a node of
a TensorFlow graph, and those of its inputs that were constants.
"""

from __future__ import annotations

import inspect
from typing import Any, ClassVar

import msgspec

from lstmcount.config import LayerConfig
from lstmcount.layers.ops.base import Operation, Unknown
from lstmcount.layers.ops.functions import Bound, bind
from lstmcount.layers.ops.graph_nodes import NODES, node_arguments
from lstmcount.layers.ops.tensorflow import functions as tensorflow
from lstmcount.layers.ops.tensorflow import images as tensorflow_images
from lstmcount.layers.ops.tensorflow.table import FUNCTIONS
from lstmcount.layers.ops.values import concrete, value_of, valued
from lstmcount.shapes import Dim, Shapes
from lstmcount.structures import nested_shape


def create_legacy(config: LayerConfig) -> Operation:
    """The operation for a `TFOpLambda`, `SlicingOpLambda` or `TensorFlowOpLayer`.

    Methods and attributes of sparse or ragged tensors have unknown results.
    """
    given = config.arguments
    operation: Operation
    if config.class_name == "TensorFlowOpLayer":
        node = given.get("node_def")
        constants = given.get("constants")
        operation = GraphNode(
            node=node if isinstance(node, dict) else {},
            constants=_arrays(constants) if isinstance(constants, dict) else {},
        )
    else:
        operation = FunctionCall(function=str(given.get("function")).removeprefix("tf."))
    operation.name = config.name
    operation.class_name = config.class_name
    return operation


def _arrays(constants: dict[str, Any]) -> dict[str, Any]:
    """Constants as lists; Keras 2.13 and later mark them as arrays."""
    from lstmcount.layers.ops import plain

    return {key: plain(value) for key, value in constants.items()}


UNKNOWN_CALL = Bound("Unknown", {}, [])


class Delegating(Operation):
    """A layer that delegates each call to an operation chosen by the call."""

    tensors: ClassVar[int] = 0

    def bound(self, args: list[Any], kwargs: dict[str, Any]) -> Bound:
        """The operation's class, constructor arguments and call arguments."""
        raise NotImplementedError

    def operation(self, args: list[Any], kwargs: dict[str, Any]) -> tuple[Operation, list[Any]]:
        return made(self.bound(args, kwargs))

    def call(self, *args: Any, **kwargs: Any) -> Shapes:
        operation, given = self.operation(list(args), kwargs)
        try:
            inspect.signature(operation.call).bind(*given)
        except TypeError:
            return None  # Keras 2 did not save the call's tensors
        return operation.output_shape(*given)

    def contractions(self, *args: Any, **kwargs: Any) -> Dim:
        operation, given = self.operation(list(args), kwargs)
        return operation.macs(*given)


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
        given = [
            self.constants[str(i)] if str(i) in self.constants else next(inputs, None)
            for i in range(count)
        ]
        row = NODES.get(str(self.node.get("op")))
        if row is None:
            return UNKNOWN_CALL
        row, values, named = node_arguments(row, given, self.node)
        return bind(row, values, named)


def made(bound: Bound) -> tuple[Operation, list[Any]]:
    """The operation of a bound call, and its inputs with arrays replaced by their shapes."""
    from lstmcount.layers.ops import find

    name = bound.class_name
    module = tensorflow if hasattr(tensorflow, name) else tensorflow_images
    cls = Unknown if name == "Unknown" else find(name) or getattr(module, name)
    if "data_format" in bound.arguments:
        first = tensorflow_images.is_channels_first(bound.arguments["data_format"])
        bound.arguments["data_format"] = "channels_first" if first else "channels_last"
    known = {field.encode_name for field in msgspec.structs.fields(cls)}
    arguments = {k: concrete(value) for k, value in bound.arguments.items() if k in known}
    if any(map(_holds_tensors, arguments.values())):
        return Unknown(), []
    try:
        operation = msgspec.convert({**arguments, "class_name": bound.class_name}, cls)
    except msgspec.ValidationError:
        return Unknown(), []
    shapes = _SHAPE_ARGUMENTS.get(bound.class_name, frozenset())
    inputs = [
        concrete(value) if i in shapes else _array(value) for i, value in enumerate(bound.args)
    ]
    return operation, inputs


# The inputs that an operation takes as numbers: shapes, sizes, positions.
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
    """The shape of a list of numbers; in a list with tensors, the shape of each item."""
    if not isinstance(value, list):
        return value
    if _holds_tensors(value) or None in value:  # a tensor of unknown shape
        return [_array(item) for item in value]
    return nested_shape(value)


def _holds_tensors(value: Any) -> bool:
    if isinstance(value, list):
        return any(_holds_tensors(item) for item in value)
    return isinstance(value, tuple)


def slice_keys(spec: Any) -> Any:
    """A `slice_spec` of Keras 2 as the key of `x[key]`.

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

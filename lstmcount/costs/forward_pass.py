"""One forward pass: the layer calls in Keras's order, and the tensors that they read and write."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.graph.layer import BuiltLayer, Node, are_known, bound, node_macs
from lstmcount.graph.model import Model
from lstmcount.graph.nested import inner_model
from lstmcount.graph.references import with_shapes
from lstmcount.layers.base import Layer
from lstmcount.layers.ops.dtypes import Typed
from lstmcount.shapes import UNKNOWN, Dim, Shape, Unknown, flatten, known, outputs_in, show
from lstmcount.summary import Amount, Weight, dtype_bits

PROBES = (960, 1920, 2880)  # numbers of time steps; multiples of most strides

MAX_CALLS = 30_000  # limit for one pass; n models that call each other twice make 2^n calls


class Buffer(msgspec.Struct, eq=False):
    """A tensor in memory; two of the same shape are different buffers."""

    shape: Shape | None  # None if an unknown layer computes it
    dtype: str

    @property
    def size(self) -> Dim:
        """The size in bytes; a boolean takes one, though Keras counts a weight as a bit."""
        if self.shape is None:
            unknown: Dim = UNKNOWN
            return unknown
        elements: Dim = 1
        for dim in self.shape:
            elements = elements * dim
        size: Dim = elements * max(dtype_bits(self.dtype), 8) // 8
        return size


class LayerCall(msgspec.Struct, eq=False):
    """One call of a layer. `path` holds the models that contain the layer, then the layer."""

    path: tuple[BuiltLayer, ...]
    node: Node
    args: list[Any]
    kwargs: dict[str, Any]
    reads: list[Buffer]
    writes: list[Buffer]

    @property
    def layer(self) -> BuiltLayer:
        return self.path[-1]

    @property
    def macs(self) -> Dim:
        """Multiply-accumulates for one sample."""
        if any(tensor.shape is None for tensor in self.reads):
            unknown: Dim = UNKNOWN
            return unknown
        macs: Dim = node_macs(self.node, self.args, self.kwargs)
        return macs

    @property
    def kept_states(self) -> Dim:
        """Number of step values that a recurrent layer's backward pass reads, for one sample."""
        layer = self.layer.layer
        if not hasattr(layer, "kept_states") or self.layer.config.kind == "op":
            return 0
        shapes = bound(layer, self.args, self.kwargs)[0]
        if not are_known(shapes) or any(tensor.shape is None for tensor in self.reads):
            unknown: Dim = 0 if type(layer).kept_states is Layer.kept_states else UNKNOWN
            return unknown
        kept: Dim = layer.kept_states(*shapes)
        return kept

    @property
    def states(self) -> list[Weight]:
        """The variables that hold a recurrent layer's states if it is stateful.

        There is one of unknown size if the layer or its input is unknown.
        """
        layer = self.layer.layer
        if layer is not None and (
            not hasattr(layer, "states") or type(layer).states is Layer.states
        ):
            return []
        shapes = [] if layer is None else bound(layer, self.args, self.kwargs)[0]
        if not shapes or not are_known(shapes) or any(each.shape is None for each in self.reads):
            unknown: Any = UNKNOWN
            return [Weight("?", (unknown,))]
        return list(layer.states(*shapes))


class Execution(msgspec.Struct):
    inputs: list[Buffer]
    outputs: list[Buffer]
    calls: list[LayerCall]


def input_shapes(model: Model) -> list[Shape | None]:
    """The shape of each input; None if even its rank is unknown (in Python sources)."""
    nodes = model.input_nodes()
    shapes = [node.outputs[0] if node.outputs else None for node in nodes]
    return [shape if isinstance(shape, tuple) else None for shape in shapes or flatten(model.input)]


def execute(model: Model, shapes: Sequence[Shape | None]) -> Execution:
    """Run a built model on inputs of these shapes, including the models nested in it."""
    nodes = model.input_nodes()
    dtypes = [dtype_of(node.layer) for node in nodes] or ["float32"] * len(shapes)
    inputs = [Buffer(shape, dtype) for shape, dtype in zip(shapes, dtypes, strict=True)]
    run = _Run()
    outputs = run.model(model, inputs, ())
    return Execution(inputs, outputs, run.calls)


class _Run:
    def __init__(self) -> None:
        self.calls: list[LayerCall] = []
        self.count = 0  # number of calls, including those in nested models

    def model(
        self, model: Model, inputs: list[Buffer], path: tuple[BuiltLayer, ...]
    ) -> list[Buffer]:
        values = {node: [tensor] for node, tensor in zip(model.input_nodes(), inputs, strict=False)}
        for node in model.nodes():
            if node in values:
                continue
            self.count += 1
            if self.count > MAX_CALLS:
                raise LstmcountError(f"one forward pass makes more than {MAX_CALLS:,} calls")
            if node.is_input:  # an InputLayer after the first layer of a Sequential
                values[node] = _written(node, node.output, inputs)
                continue
            reads = [_tensor(values[source], i) for source, i in node.inputs] or inputs
            inner = inner_model(node.layer.layer)
            if inner is not None:
                if inner.is_built:
                    values[node] = self.model(inner, reads, (*path, node.layer))
                else:
                    values[node] = _written(node, None, inputs)
                continue
            args, kwargs = node.arguments([tensor.shape or () for tensor in reads])
            known = all(tensor.shape is not None for tensor in reads)
            output = node.layer.call(args, kwargs) if known else None
            values[node] = _written(node, output, inputs, reads)
            here = (*path, node.layer)
            self.calls.append(LayerCall(here, node, args, kwargs, reads, values[node]))
        return [_tensor(values[node], i) for node, i in model.output_nodes()]


def _tensor(tensors: list[Buffer], index: int) -> Buffer:
    """The output at `index`; one of unknown shape if an unknown layer lists fewer outputs."""
    return tensors[index] if index < len(tensors) else Buffer(None, "float32")


def _written(
    node: Node, output: Any, inputs: list[Buffer], reads: list[Buffer] | None = None
) -> list[Buffer]:
    if output is not None:
        shapes = list(outputs_in(output))
    else:
        batch = inputs[0].shape[0] if inputs and inputs[0].shape else UNKNOWN
        shapes = [_with_batch(shape, batch) for shape in node.outputs]  # as recorded in the file
    dtypes = _dtypes(node, reads, max(len(shapes), 1))
    return [Buffer(shape, dtype) for shape, dtype in zip(shapes or [None], dtypes, strict=True)]


def _dtypes(node: Node, reads: list[Buffer] | None, count: int) -> list[str]:
    """The dtypes of what a call returns; without `reads`, those that the layer computes in."""
    layer = node.layer.layer
    if layer is None or reads is None:
        return [dtype_of(node.layer)] * count
    dtypes: list[str]
    if node.layer.config.kind == "op":
        tensors: Any = [Typed(tensor.dtype, tensor.shape) for tensor in reads]
        args, kwargs = with_shapes(node.args, node.kwargs, tensors)
        dtypes = layer.dtypes(node.layer.config.arguments, [*args, *kwargs.values()], count)
    else:
        dtypes = layer.output_dtypes([tensor.dtype for tensor in reads], count)
    return dtypes


def _with_batch(shape: Shape | None, batch: Dim) -> Shape | None:
    return (batch, *shape[1:]) if shape and isinstance(shape[0], Unknown) else shape


def dtype_of(layer: BuiltLayer) -> str:
    dtype: str = getattr(layer.layer, "output_dtype", "float32")
    return dtype


def peak(execution: Execution) -> Dim:
    """The most bytes that the tensors in memory take at any time.

    A tensor is in memory from the call that writes it until the last call that reads it; the
    model's outputs stay until the end. During a call both its inputs and its outputs exist.
    """
    last: dict[int, int] = {id(tensor): -1 for tensor in execution.inputs}
    for i, call in enumerate(execution.calls):
        for tensor in (*call.reads, *call.writes):
            last[id(tensor)] = i
    for tensor in execution.outputs:
        last[id(tensor)] = len(execution.calls)
    live: Dim = sum(tensor.size for tensor in execution.inputs)
    most = [live]
    for i, call in enumerate(execution.calls):
        live = live + sum(tensor.size for tensor in call.writes)
        most.append(live)
        seen = {id(tensor): tensor for tensor in (*call.reads, *call.writes)}
        live = live - sum(tensor.size for key, tensor in seen.items() if last[key] == i)
    return UNKNOWN if any(isinstance(size, Unknown) for size in most) else max(most)


# -- a pass, and what one time step adds ------------------------------------------------------


Amounts = dict[BuiltLayer, Amount]


class Pass(msgspec.Struct):
    """A forward pass and, if a dimension is unknown, `probes` with known sizes in its place."""

    execution: Execution
    probes: list[Execution]

    def amounts(self, measure: Callable[[LayerCall], Dim]) -> Amounts:
        """The sum of `measure` over the calls of each layer or nested model."""
        totals = _summed(self.execution, measure)
        probes = [_summed(probe, measure) for probe in self.probes]
        return {
            key: Amount(whole(total), _per_step([probe.get(key, 0) for probe in probes]))
            if isinstance(total, Unknown)
            else Amount(whole(total))
            for key, total in totals.items()
        }


def forward(model: Model, batch: int | None = None, timesteps: int | None = None) -> Pass:
    """A forward pass over `batch` samples (default: the model's own batch size, else 1).

    Raises `LstmcountError` if the model fixes another batch size or its number of time steps.
    """
    inputs = input_shapes(model)
    shapes = [shape and resolved(shape, batch, timesteps) for shape in inputs]
    if timesteps is not None and not any(
        shape and len(shape) > 1 and isinstance(shape[1], Unknown) for shape in inputs
    ):
        raise LstmcountError(
            f"no input has an unknown number of time steps: {', '.join(map(show, inputs))}"
        )
    probes = []
    if any(isinstance(dim, Unknown) for shape in shapes for dim in shape or ()):
        probes = [execute_steps(model, shapes, steps) for steps in PROBES]
    return Pass(execute(model, shapes), [probe for probe in probes if probe is not None])


def resolved(shape: Shape, batch: int | None, timesteps: int | None) -> Shape:
    if known(shape[0]) and batch is not None and batch != shape[0]:
        raise LstmcountError(f"the model's batch size is {shape[0]}; it cannot run on {batch}")
    first = shape[0] if known(shape[0]) else batch or 1
    rest = shape[1:]
    if timesteps is not None and rest and isinstance(rest[0], Unknown):
        rest = (timesteps, *rest[1:])
    return (first, *rest)


def execute_steps(model: Model, shapes: Sequence[Shape | None], steps: int) -> Execution | None:
    """Run with `steps` for every unknown dimension; None if a layer refuses the shapes."""
    try:
        return execute(
            model,
            [
                shape and tuple([steps if isinstance(d, Unknown) else d for d in shape])
                for shape in shapes
            ],
        )
    except (LstmcountError, ArithmeticError):
        return None


def _summed(execution: Execution, measure: Callable[[LayerCall], Dim]) -> dict[BuiltLayer, Dim]:
    totals: dict[BuiltLayer, Dim] = {}
    for call in execution.calls:
        amount = measure(call)
        for layer in call.path:
            totals[layer] = totals.get(layer, 0) + amount
    return totals


def whole(value: Dim) -> int | None:
    return None if isinstance(value, Unknown) else int(value)


def _per_step(probes: list[Dim]) -> int | None:
    """The cost of one time step; None if the cost is not proportional to the steps."""
    if len(probes) < len(PROBES) or any(isinstance(probe, Unknown) for probe in probes):
        return None
    line = line_through(PROBES, probes)
    return line[1] if line is not None and line[0] == 0 else None


def line_through(places: Sequence[int], values: Sequence[int]) -> tuple[int, int] | None:
    """(a, b) such that each value is a + b * place; None if the values are on no such line.

    >>> line_through((1, 2, 1000), (7, 10, 3004)), line_through((1, 2, 1000), (7, 10, 3005))
    ((4, 3), None)
    """
    slope = (values[1] - values[0]) // (places[1] - places[0])
    start = values[0] - slope * places[0]
    on_line = all(v == start + slope * p for p, v in zip(places, values, strict=True))
    return (start, slope) if on_line else None

"""What a model costs to run and to train: operations and memory, each with its rule.

MACs are the multiply-accumulates of matrix products and convolutions in one forward pass of one
sample. They include padding and ignore masks and sparsity. FLOPs are twice the MACs. Biases,
activations, normalisation, pooling, gating products, look-ups and data movement count nothing.
The MACs are equal to those of `dot_general` and `conv_general_dilated` in JAX's traced program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from msgspec import structs

from lstmcount.config import LayerConfig, ModelConfig, with_inner_layers
from lstmcount.costs.forward_pass import Execution, LayerCall, dtype_of, execute, input_shapes, peak
from lstmcount.errors import LstmcountError
from lstmcount.graph.model import Model
from lstmcount.layers.dtypes import policy
from lstmcount.optimizers import (
    Variable,
    of_keras,
    optimizer_variables,
    parse,
    trainable_variables,
)
from lstmcount.shapes import Dim, Shape, Unknown, known, show
from lstmcount.summary import Amount, LayerSummary, Summary, Weight, dtype_bits, size_bytes

CONVENTION = "contractions"
MEASURES = ("macs", "activations")
PROBES = (960, 1920, 2880)  # numbers of time steps; multiples of most strides


class LayerCost(msgspec.Struct, frozen=True, kw_only=True):
    """The costs of one layer, summed over its calls, or of all layers of a nested model."""

    name: str
    class_name: str
    macs: Amount
    activations: Amount  # bytes of its outputs, for the batch
    weights: int = 0  # bytes
    gradients: int = 0
    optimizer: int = 0

    @property
    def flops(self) -> Amount:
        return self.macs.times(2)


class Row(msgspec.Struct, frozen=True):
    """A figure of the whole model, and the rule for it."""

    name: str
    amount: Amount
    rule: str


class Costs(msgspec.Struct, frozen=True, kw_only=True):
    """All costs: `operations` for one sample, `training` and `inference` in bytes for `batch`."""

    batch: int
    timesteps: int | None
    is_open: bool  # whether the size of an input dimension is unknown
    optimizer: str
    layers: tuple[LayerCost, ...]
    operations: tuple[Row, ...]
    training: tuple[Row, ...]
    inference: tuple[Row, ...]


def with_dtype(config: ModelConfig, dtype: str) -> ModelConfig:
    """The model as if it had been created under this dtype policy; integer inputs stay integers."""
    layers = []
    for layer in config.layers:
        own = policy(layer.arguments.get("dtype"))
        if layer.model is not None:
            layers.append(structs.replace(layer, model=with_dtype(layer.model, dtype)))
        elif layer.kind == "layer" and dtype_is_float(own.compute):
            is_input = layer.class_name == "InputLayer"
            layers.append(_with_dtype(layer, policy(dtype).compute if is_input else dtype))
        else:
            layers.append(layer)
    return structs.replace(config, layers=layers, dtype=dtype)


def dtype_is_float(dtype: str) -> bool:
    return dtype.startswith(("float", "bfloat"))


def _with_dtype(layer: LayerConfig, dtype: str) -> LayerConfig:
    """The layer, and the layers among its arguments, under the policy `dtype`."""
    layer = with_inner_layers(layer, lambda inner: _with_dtype(inner, dtype))
    return structs.replace(layer, arguments={**layer.arguments, "dtype": dtype})


class Pass(msgspec.Struct):
    """A forward pass and, if a dimension is unknown, `probes` with known sizes in its place."""

    execution: Execution
    probes: list[Execution]

    def amounts(self, measure: Callable[[LayerCall], Dim]) -> dict[int, Amount]:
        """The sum of `measure` over the calls of each layer or nested model, by `id(config)`."""
        totals = _summed(self.execution, measure)
        probes = [_summed(probe, measure) for probe in self.probes]
        return {
            key: Amount(_whole(total), _per_step([probe.get(key, 0) for probe in probes]))
            if isinstance(total, Unknown)
            else Amount(_whole(total))
            for key, total in totals.items()
        }


def forward(graph: Model, batch: int | None = None, timesteps: int | None = None) -> Pass:
    """A forward pass over `batch` samples (default: the model's own batch size, else 1).

    Raises `LstmcountError` if the model fixes another batch size or its number of time steps.
    """
    inputs = input_shapes(graph)
    shapes = [shape and _resolved(shape, batch, timesteps) for shape in inputs]
    if timesteps is not None and not any(
        shape and len(shape) > 1 and isinstance(shape[1], Unknown) for shape in inputs
    ):
        raise LstmcountError(
            f"no input has an unknown number of time steps: {', '.join(map(show, inputs))}"
        )
    probes = []
    if any(isinstance(dim, Unknown) for shape in shapes for dim in shape or ()):
        probes = [_probe(graph, shapes, steps) for steps in PROBES]
    return Pass(execute(graph, shapes), [probe for probe in probes if probe is not None])


def _resolved(shape: Shape, batch: int | None, timesteps: int | None) -> Shape:
    if known(shape[0]) and batch is not None and batch != shape[0]:
        raise LstmcountError(f"the model's batch size is {shape[0]}; it cannot run on {batch}")
    first = shape[0] if known(shape[0]) else batch or 1
    rest = shape[1:]
    if timesteps is not None and rest and isinstance(rest[0], Unknown):
        rest = (timesteps, *rest[1:])
    return (first, *rest)


def _probe(graph: Model, shapes: Sequence[Shape | None], steps: int) -> Execution | None:
    """Run with `steps` for every unknown dimension; None if a layer refuses the shapes."""
    try:
        return execute(
            graph,
            [
                shape and tuple([steps if isinstance(d, Unknown) else d for d in shape])
                for shape in shapes
            ],
        )
    except (LstmcountError, ArithmeticError):
        return None


def _summed(execution: Execution, measure: Callable[[LayerCall], Dim]) -> dict[int, Dim]:
    totals: dict[int, Dim] = {}
    for call in execution.calls:
        amount = measure(call)
        for layer in call.path:
            totals[id(layer.config)] = totals.get(id(layer.config), 0) + amount
    return totals


def _whole(value: Dim) -> int | None:
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


_passes: WeakKeyDictionary[Model, dict[str, dict[int, Amount]]] = WeakKeyDictionary()


def per_layer(summary: Summary) -> dict[str, dict[int, Amount]]:
    """`macs` and `activations` of each layer for one sample, by `id(layer.config)`."""
    graph: Model = summary.model
    if graph not in _passes:
        _passes[graph] = (
            amounts(forward(graph)) if graph.is_built else {name: {} for name in MEASURES}
        )
    return _passes[graph]


def amounts(run: Pass) -> dict[str, dict[int, Amount]]:
    """MACs for one sample and bytes of activations for the batch, by measure and layer."""
    return {
        "macs": run.amounts(lambda call: call.macs),
        "activations": run.amounts(_written),
    }


def of_layer(summary: Summary, layer: LayerSummary, measure: str) -> Amount:
    """The `macs`, `flops` or `activations` of one layer, for one sample."""
    if measure == "flops":
        return of_layer(summary, layer, "macs").times(2)
    unknown = Amount(None if not layer.is_inferred or not summary.model.is_built else 0)
    return per_layer(summary)[measure].get(id(layer.config), unknown)


def total(summary: Summary, measure: str) -> Amount:
    """The sum of a measure over all layers; unknown if it is unknown for a layer."""
    return _total(of_layer(summary, layer, measure) for layer in summary.layers)


def _total(amounts: Iterable[Amount]) -> Amount:
    values = [amount.value for amount in amounts]
    return Amount(None if None in values else sum(value or 0 for value in values))


def _written(call: LayerCall) -> Dim:
    return sum(tensor.size for tensor in call.writes)


def _kept(call: LayerCall) -> Dim:
    if not call.kept_states:
        return 0
    batch = call.reads[0].shape[0] if call.reads and call.reads[0].shape else 1
    bits = dtype_bits(dtype_of(call.layer))
    return batch * call.kept_states * bits // 8


def costs(
    summary: Summary,
    *,
    batch: int | None = None,
    timesteps: int | None = None,
    optimizer: Any = "adam",
) -> Costs:
    """All costs of a model. `optimizer` is a name or a config as Keras serialises it.

    >>> from lstmcount import summarize
    >>> seed = summarize({"input_shape": [5, 126], "layers": [{"LSTM": 64}, {"Dense": 3}]})
    >>> costs(seed).operations[0].amount.value
    243392
    """
    graph: Model = summary.model
    if not graph.is_built:
        raise LstmcountError("the model's input shape is unknown, so its costs are unknown")
    run = forward(graph, batch, timesteps)
    macs, activations = run.amounts(lambda call: call.macs), run.amounts(_written)
    variables = trainable_variables(summary)
    optimizer = of_keras(optimizer)
    slots = optimizer_variables(optimizer, variables)
    name = shown(optimizer)
    if slots is None:
        raise LstmcountError(f"unknown optimizer {name!r}: its variables cannot be counted")
    layers = tuple(
        LayerCost(
            name=layer.name,
            class_name=layer.class_name,
            macs=macs.get(id(layer.config), Amount(0)),
            activations=activations.get(id(layer.config), Amount(0)),
            weights=size_bytes(layer.weights),
            gradients=size_bytes([weight for _, weight in own]),
            optimizer=_slots(optimizer, own),
        )
        for layer, own in zip(summary.layers, _by_layer(summary, variables), strict=True)
    )
    first = run.execution.inputs[0].shape if run.execution.inputs else None
    return Costs(
        batch=first[0] if first else 1,
        timesteps=timesteps,
        is_open=not all(known(dim) for read in run.execution.inputs for dim in read.shape or ()),
        optimizer=name,
        layers=layers,
        operations=_operations(layers),
        training=_training(summary, run, layers, slots, name),
        inference=_inference(summary, run),
    )


def shown(optimizer: Any) -> str:
    """
    >>> shown({"class_name": "LossScaleOptimizer", "config": {"inner_optimizer": "adam"}})
    'LossScaleOptimizer(Adam)'
    """
    name, arguments = parse(optimizer)
    inner = arguments.get("inner_optimizer")
    return f"{name}({shown(inner)})" if inner else name


def _by_layer(summary: Summary, variables: Sequence[Variable]) -> list[list[Variable]]:
    """The trainable variables of each layer."""
    train = {id(weight): (path, weight) for path, weight in variables}
    return [[train[id(w)] for w in layer.weights if id(w) in train] for layer in summary.layers]


def _slots(optimizer: Any, variables: Sequence[Variable]) -> int:
    """Bytes of the optimizer's variables for these, without its scalars such as the step count."""
    own = size_bytes(optimizer_variables(optimizer, variables) or ())
    return own - size_bytes(optimizer_variables(optimizer, ()) or ())


def _operations(layers: Sequence[LayerCost]) -> tuple[Row, ...]:
    macs = _total(layer.macs for layer in layers)
    return (
        Row("MACs", macs, "multiply-accumulates of matrix products and convolutions"),
        Row("FLOPs", macs.times(2), "2 × MACs"),
    )


def _training(
    summary: Summary, run: Pass, layers: Sequence[LayerCost], slots: list[Weight], name: str
) -> tuple[Row, ...]:
    trainable = [weight for _, weight in trainable_variables(summary)]
    kept = run.amounts(_kept)
    rows = [
        Row("Weights", Amount(size_bytes(summary.weights)), "every variable in its dtype, once"),
        Row("Gradients", Amount(size_bytes(trainable)), "one for each trainable weight"),
        Row("Optimizer", Amount(size_bytes(slots)), f"the variables of a built {name}"),
        Row("Inputs", _bytes(run.execution.inputs), "batch × the model's inputs"),
        Row(
            "Activations",
            _total(layer.activations for layer in layers),
            "batch × every layer's output in its compute dtype, each call",
        ),
    ]
    states = _total(kept.get(id(layer.config), Amount(0)) for layer in summary.layers)
    if states.value != 0:
        rule = "batch × time steps × (gates + 2) × units of recurrent layers"
        rows.append(Row("RNN states", states, rule))
    return (*rows, Row("Total", _total(row.amount for row in rows), "the sum"))


def _inference(summary: Summary, run: Pass) -> tuple[Row, ...]:
    weights = Amount(size_bytes(summary.weights))
    live = Amount(_whole(peak(run.execution)))
    return (
        Row("Weights", weights, "every variable in its dtype, once"),
        Row("Activations", live, "the most bytes alive at once, in the order of execution"),
        Row("Total", _total([weights, live]), "the sum"),
    )


def _bytes(tensors: Iterable[Any]) -> Amount:
    size: Dim = sum(tensor.size for tensor in tensors)
    return Amount(_whole(size))

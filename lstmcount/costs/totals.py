"""What a model costs to run and to train: operations and memory, each with its rule.

MACs are the multiply-accumulates of matrix products and convolutions in one forward pass of one
sample. They include padding and ignore masks and sparsity. FLOPs are twice the MACs. Biases,
activations, normalisation, pooling, gating products, look-ups and data movement count nothing.
The MACs are equal to those of `dot_general` and `conv_general_dilated` in JAX's traced program.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from weakref import WeakKeyDictionary

import msgspec
from msgspec import structs

from lstmcount.config import LayerConfig, ModelConfig, with_inner_layers
from lstmcount.costs.forward_pass import Execution, LayerCall, Pass, dtype_of, forward, peak, whole
from lstmcount.costs.streaming import states_bytes, step_macs
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
from lstmcount.shapes import Dim, known
from lstmcount.summary import Amount, LayerSummary, Summary, Weight, dtype_bits, size_bytes

CONVENTION = "contractions"
MEASURES = ("macs", "activations")


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
    step: tuple[Row, ...] = ()  # of recurrent models: what one more time step costs one sample
    states: tuple[Row, ...] = ()  # and the bytes of their states, for `batch`


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
        step=_step(graph, run.execution),
        states=_states(run.execution),
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
    live = Amount(whole(peak(run.execution)))
    return (
        Row("Weights", weights, "every variable in its dtype, once"),
        Row("Activations", live, "the most bytes alive at once, in the order of execution"),
        Row("Total", _total([weights, live]), "the sum"),
    )


def _states(execution: Execution) -> tuple[Row, ...]:
    size = states_bytes(execution)
    if not size:
        return ()
    return (
        Row("States", Amount(size), "batch × the states of recurrent layers, in variable dtype"),
        Row("Traffic", Amount(2 * size), "each step reads and writes every state"),
    )


def _step(graph: Model, execution: Execution) -> tuple[Row, ...]:
    if not states_bytes(execution):
        return ()
    rule = "what one more time step of the input adds to the MACs"
    return (Row("MACs", Amount(step_macs(graph)), rule),)


def _bytes(tensors: Iterable[Any]) -> Amount:
    size: Dim = sum(tensor.size for tensor in tensors)
    return Amount(whole(size))

"""What a model costs to run and to train: operations and memory, each with its rule.

MACs are the multiply-accumulates of matrix products and convolutions in one forward pass of one
sample. They include padding and ignore masks and sparsity. FLOPs are twice the MACs. Biases,
activations, normalisation, pooling, gating products, look-ups and data movement count nothing.
The MACs are equal to those of `dot_general` and `conv_general_dilated` in JAX's traced program.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import structs

from lstmcount.config import LayerConfig, ModelConfig, with_inner_layers
from lstmcount.costs.cudnn import fused_layers
from lstmcount.costs.forward_pass import (
    Amounts,
    Execution,
    LayerCall,
    Pass,
    dtype_of,
    forward,
    peak,
    whole,
)
from lstmcount.costs.quantizing import Quantized
from lstmcount.costs.streaming import states_bytes, step_macs
from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import by_record, summarize_model
from lstmcount.graph.layer import BuiltLayer
from lstmcount.graph.model import Model
from lstmcount.layers.dtypes import is_float, policy
from lstmcount.optimizers import (
    Variable,
    of_keras,
    optimizer_variables,
    shown,
    trainable_parts,
    why_unclear,
)
from lstmcount.shapes import Dim, known
from lstmcount.structs import Displayed
from lstmcount.summary import (
    Amount,
    LayerSummary,
    Summary,
    added,
    dtype_bits,
    size_bytes,
    why_unknown,
)

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


class Costs(Displayed, frozen=True, kw_only=True):
    """All costs: `operations` for one sample, `training` and `inference` in bytes for `batch`."""

    name: str  # of the model
    batch: int
    timesteps: int | None
    is_open: bool  # whether the size of an input dimension is unknown
    optimizer: str
    layers: tuple[LayerCost, ...]
    operations: tuple[Row, ...]
    training: tuple[Row, ...]
    inference: tuple[Row, ...]
    step: tuple[Row, ...] = ()  # cost of one more time step of a recurrent model, per sample
    states: tuple[Row, ...] = ()  # bytes of the states of recurrent layers, for `batch`
    notes: tuple[str, ...] = ()  # of the model's summary
    quantized: Quantized | None = None  # the model before and after `quantize`, if asked for


def with_dtype(config: ModelConfig, dtype: str) -> ModelConfig:
    """The model as if it had been created under this dtype policy; integer inputs stay integers."""
    layers = []
    for layer in config.layers:
        own = policy(layer.arguments.get("dtype"))
        if layer.model is not None:
            layers.append(structs.replace(layer, model=with_dtype(layer.model, dtype)))
        elif layer.kind == "layer" and is_float(own.compute):
            is_input = layer.class_name == "InputLayer"
            layers.append(_with_dtype(layer, policy(dtype).compute if is_input else dtype))
        else:
            layers.append(layer)
    return structs.replace(config, layers=layers, dtype=dtype)


def _with_dtype(layer: LayerConfig, dtype: str) -> LayerConfig:
    """The layer, and the layers among its arguments, under the policy `dtype`."""
    layer = with_inner_layers(layer, lambda inner: _with_dtype(inner, dtype))
    return structs.replace(layer, arguments={**layer.arguments, "dtype": dtype})


def per_layer(model: Model) -> dict[str, Amounts]:
    """`macs` and `activations` of each layer for one sample."""
    return amounts(forward(model)) if model.is_built else {name: {} for name in MEASURES}


def amounts(run: Pass) -> dict[str, Amounts]:
    """MACs for one sample and bytes of activations for the batch, by measure and layer."""
    return {
        "macs": run.amounts(lambda call: call.macs),
        "activations": run.amounts(_written),
    }


def with_costs(model: Model, summary: Summary, names: Collection[str]) -> Summary:
    """A copy of the summary, in which each layer has the costs that `names` name.

    These are `macs`, `flops` and `activations` for one sample, and `cudnn`.
    """
    amounts = per_layer(model) if {"macs", "flops", "activations"} & {*names} else {}
    by_name = {name: by_record(each, model, summary) for name, each in amounts.items()}
    fused = by_record(fused_layers(model), model, summary) if "cudnn" in names else {}

    def filled(record: LayerSummary) -> LayerSummary:
        unknown = Amount(0 if record.is_inferred and model.is_built else None)
        costs: dict[str, Any] = {name: by.get(id(record), unknown) for name, by in by_name.items()}
        if "macs" in costs:
            costs["flops"] = costs["macs"].times(2)
        costs["cudnn"] = fused.get(id(record))
        layers = tuple(map(filled, record.layers))
        return structs.replace(record, costs=costs, layers=layers)

    unlisted = {name: of_unlisted(model, each) for name, each in amounts.items()}
    if "macs" in unlisted:
        unlisted["flops"] = unlisted["macs"].times(2)
    layers = tuple(map(filled, summary.layers))
    return structs.replace(summary, layers=layers, unlisted_costs=unlisted)


def _written(call: LayerCall) -> Dim:
    return sum(tensor.size for tensor in call.writes)


def _kept(call: LayerCall) -> Dim:
    if not call.kept_states:
        return 0
    batch = call.reads[0].shape[0] if call.reads and call.reads[0].shape else 1
    bits = dtype_bits(dtype_of(call.layer))
    return batch * call.kept_states * bits // 8


def costs(
    model: Model,
    *,
    batch: int | None = None,
    timesteps: int | None = None,
    optimizer: Any = "adam",
) -> Costs:
    """All costs of a model. `optimizer` is a name or a config as Keras serialises it.

    >>> from lstmcount.graph.builder import build
    >>> from lstmcount.readers.spec.reader import read_spec
    >>> seed = {"input_shape": [5, 126], "layers": [{"LSTM": 64}, {"Dense": 3}]}
    >>> costs(build(read_spec(seed))).operations[0].amount.value
    243392
    """
    if not model.is_built:
        raise LstmcountError(why_unknown(summarize_model(model)))
    run = forward(model, batch, timesteps)
    macs, activations = run.amounts(lambda call: call.macs), run.amounts(_written)
    summary = summarize_model(model)
    train = trainable_parts(summary)
    optimizer = of_keras(optimizer)
    slots = optimizer_variables(optimizer, list(train.values()))
    name = shown(optimizer)
    if slots is None:
        raise LstmcountError(why_unclear(optimizer))
    counted = [*model.own_layers, *model.unlisted_operations]
    layers = tuple(
        LayerCost(
            name=layer.name,
            class_name=layer.class_name,
            macs=macs.get(layer, Amount(0)),
            activations=activations.get(layer, Amount(0)),
            weights=size_bytes(layer.weights),
            gradients=size_bytes([weight for _, weight in own]),
            optimizer=_slots(optimizer, own),
        )
        for layer, own in zip(counted, _by_layer(counted, train), strict=True)
    )
    held = Row("Optimizer", Amount(size_bytes(slots)), f"the variables of a built {name}")
    first = run.execution.inputs[0].shape if run.execution.inputs else None
    return Costs(
        name=summary.name,
        notes=summary.notes,
        batch=first[0] if first else 1,
        timesteps=timesteps,
        is_open=not all(known(dim) for read in run.execution.inputs for dim in read.shape or ()),
        optimizer=name,
        layers=layers,
        operations=_operations(layers),
        training=_training(model, summary, run, layers, held),
        inference=_inference(summary, run),
        step=_step(model, run.execution),
        states=_states(run.execution),
    )


def _by_layer(layers: Iterable[BuiltLayer], train: Mapping[int, Variable]) -> list[list[Variable]]:
    """The trainable variables of each layer."""
    return [[train[id(w)] for w in layer.weights if id(w) in train] for layer in layers]


def of_unlisted(model: Model, amounts: Amounts) -> Amount:
    """The sum over the operations that a summary has no record of."""
    return added(amounts.get(layer, Amount(0)) for layer in model.unlisted_operations)


def _slots(optimizer: Any, variables: Sequence[Variable]) -> int:
    """Bytes of the optimizer's variables for these, without its scalars such as the step count."""
    own = size_bytes(optimizer_variables(optimizer, variables) or ())
    return own - size_bytes(optimizer_variables(optimizer, ()) or ())


def _operations(layers: Sequence[LayerCost]) -> tuple[Row, ...]:
    macs = added(layer.macs for layer in layers)
    return (
        Row("MACs", macs, "multiply-accumulates of matrix products and convolutions"),
        Row("FLOPs", macs.times(2), "2 × MACs"),
    )


def _training(
    model: Model, summary: Summary, run: Pass, layers: Sequence[LayerCost], optimizer: Row
) -> tuple[Row, ...]:
    trainable = [weight for _, weight in trainable_parts(summary).values()]
    kept = run.amounts(_kept)
    rows = [
        Row("Weights", Amount(size_bytes(summary.weights)), "every variable in its dtype, once"),
        Row("Gradients", Amount(size_bytes(trainable)), "one for each trainable weight"),
        optimizer,
        Row("Inputs", _bytes(run.execution.inputs), "batch × the model's inputs"),
        Row(
            "Activations",
            added(layer.activations for layer in layers),
            "batch × every layer's output in its compute dtype, each call",
        ),
    ]
    states = added(kept.get(layer, Amount(0)) for layer in model.own_layers)
    if states.value != 0:
        rule = "batch × time steps × (gates + 2) × units of recurrent layers"
        rows.append(Row("RNN states", states, rule))
    return (*rows, Row("Total", added(row.amount for row in rows), "the sum"))


def _inference(summary: Summary, run: Pass) -> tuple[Row, ...]:
    weights = Amount(size_bytes(summary.weights))
    live = Amount(whole(peak(run.execution)))
    return (
        Row("Weights", weights, "every variable in its dtype, once"),
        Row("Activations", live, "the most bytes alive at once, in the order of execution"),
        Row("Total", added([weights, live]), "the sum"),
    )


def _states(execution: Execution) -> tuple[Row, ...]:
    size = Amount(states_bytes(execution))
    if size.value == 0:
        return ()
    return (
        Row("States", size, "batch × the states of recurrent layers, in variable dtype"),
        Row("Traffic", size.times(2), "each step reads and writes every state"),
    )


def _step(model: Model, execution: Execution) -> tuple[Row, ...]:
    if states_bytes(execution) == 0:
        return ()
    rule = "what one more time step of the input adds to the MACs"
    return (Row("MACs", Amount(step_macs(model)), rule),)


def _bytes(tensors: Iterable[Any]) -> Amount:
    size: Dim = sum(tensor.size for tensor in tensors)
    return Amount(whole(size))

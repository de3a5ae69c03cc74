"""The measures that a budget can limit, for a whole model and most of them for a layer, too."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from lstmcount.costs.amounts import parse_bytes, parse_count
from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import by_record, summarize_model
from lstmcount.graph.layer import BuiltLayer, Node
from lstmcount.graph.model import Model
from lstmcount.graph.nested import inner_model
from lstmcount.optimizers import own_optimizer
from lstmcount.shapes import Unknown, flatten
from lstmcount.summary import Amount, LayerSummary, Summary, size_bytes

if TYPE_CHECKING:
    from lstmcount.costs.cudnn import Fused
    from lstmcount.costs.forward_pass import Pass
    from lstmcount.costs.totals import Costs

BYTES = " bytes"


class Conditions(msgspec.Struct, frozen=True):
    """Sizes that costs depend on. None is the size that the model fixes, or 1 if it fixes none."""

    batch: int | None = None
    timesteps: int | None = None


class Measured:
    """A model under `conditions`. Its costs are computed when a measure first needs them."""

    def __init__(self, model: Model, conditions: Conditions) -> None:
        self.model = model
        self.summary = summarize_model(model)
        self.conditions = conditions

    @property
    def timesteps(self) -> int | None:
        """The number of time steps in `conditions`; None if the model fixes its own."""
        shapes = flatten(self.model.input)
        is_open = any(
            isinstance(shape, tuple) and len(shape) > 1 and isinstance(shape[1], Unknown)
            for shape in shapes
        )
        return self.conditions.timesteps if is_open else None

    @cached_property
    def costs(self) -> Costs:
        from lstmcount.costs.totals import costs

        optimizer = own_optimizer(self.model.config.training)
        batch = self.conditions.batch
        return costs(self.model, batch=batch, timesteps=self.timesteps, optimizer=optimizer)

    @cached_property
    def forward_pass(self) -> Pass:
        from lstmcount.costs.forward_pass import forward

        return forward(self.model, self.conditions.batch, self.timesteps)

    @cached_property
    def of_layers(self) -> dict[str, dict[int, Amount]]:
        """`macs` and `activations` of each layer, by `id(record)`."""
        from lstmcount.costs.totals import amounts

        by_config = amounts(self.forward_pass)
        return {name: by_record(each, self.model, self.summary) for name, each in by_config.items()}

    @cached_property
    def of_unlisted(self) -> dict[str, Amount]:
        """`macs` and `activations` of the operations that the summary has no record of."""
        from lstmcount.costs.totals import amounts, of_unlisted

        by_config = amounts(self.forward_pass)
        return {name: of_unlisted(self.model, each) for name, each in by_config.items()}

    @property
    def states(self) -> int | None:
        """Bytes of the states of recurrent layers; None if the input's shape is unknown."""
        from lstmcount.costs.streaming import states_bytes

        return states_bytes(self.forward_pass.execution) if self.model.is_built else None

    @property
    def step_macs(self) -> int | None:
        """MACs that one more time step adds; None if it is unknown or steps differ."""
        from lstmcount.costs.streaming import step_macs

        return step_macs(self.model) if self.model.is_built else None

    @property
    def unfused_layers(self) -> int | None:
        """The number of recurrent layers that cannot run on cuDNN, on the model's best backend.

        None if the input's shape is unknown, because then the masks are unknown, too.
        """
        from lstmcount.costs.cudnn import unfused

        return unfused(self.fused_layers) if self.model.is_built else None

    @cached_property
    def fused_layers(self) -> dict[BuiltLayer, tuple[Fused, ...]]:
        from lstmcount.costs.cudnn import fused_layers

        return fused_layers(self.model)

    @cached_property
    def fused(self) -> dict[int, tuple[Fused, ...]]:
        """The backends that run each recurrent layer on cuDNN, by `id(record)`."""
        return by_record(self.fused_layers, self.model, self.summary)

    def unfused(self, layer: LayerSummary) -> int | None:
        """The number of recurrent layers, `layer` or in it, that no backend runs on cuDNN."""
        fused = self.fused.get(id(layer))
        inner = [self.unfused(each) for each in layer.layers]
        if not self.model.is_built or fused == () or None in inner:
            return None
        is_unfused = fused is not None and not any(each.is_possible for each in fused)
        return is_unfused + sum(number or 0 for number in inner)

    def obstacles(self, layer: LayerSummary) -> str:
        """What keeps a layer from cuDNN on the backend that is nearest to running it there."""
        fused = sorted(self.fused.get(id(layer), ()), key=lambda each: len(each.obstacles))
        return ", ".join(fused[0].obstacles) if fused else ""

    def of_layer(self, layer: LayerSummary, measure: str) -> int | None:
        if not layer.is_inferred or not self.model.is_built:
            return None
        return self.of_layers[measure].get(id(layer), Amount(0)).value

    def total(self, measure: str) -> int | None:
        values = [self.of_layer(layer, measure) for layer in self.summary.layers]
        if None not in values and self.model.unlisted_operations:
            values.append(self.of_unlisted[measure].value)
        return None if None in values else sum(value or 0 for value in values)

    def of_weights(self, number: int) -> int | None:
        """Return `number`, a figure of the weights, or None if some weights do not exist yet."""
        return None if self.summary.unbuilt() else number

    def training(self, row: str) -> int | None:
        try:
            rows = self.costs.training
        except LstmcountError:  # the optimizer or the input shape is unknown
            return None
        return next(each.amount.value for each in rows if each.name == row)


class Measure(msgspec.Struct, frozen=True):
    """A measure of a model and its layers. `total` and `of_layer` return None if it is unknown."""

    label: str
    help: str
    total: Callable[[Measured], int | None]
    of_layer: Callable[[LayerSummary, Measured], int | None] | None = None
    parse: Callable[[Any], int] = parse_count
    unit: str = ""
    why_unknown: str = (
        "a dimension of the input is unknown (--timesteps N, or write it into the spec), or a "
        "layer or the optimizer is"
    )
    blame: tuple[str, ...] = ()  # measures that show which layers caused a change
    reason: Callable[[LayerSummary, Measured], str] | None = None  # why a layer counts

    def show(self, value: int) -> str:
        return f"{value:,}{self.unit}"


def number_of_layers(summary: Summary) -> int:
    """The number of layers, without input layers; of a nested model the layers in it count.

    >>> from lstmcount import summarize
    >>> number_of_layers(summarize({"input_shape": [5], "layers": [{"Dense": 4}, {"Dense": 2}]}))
    2
    """
    return sum(not layer.layers and layer.class_name != "InputLayer" for layer in summary.walk())


def depth(model: Model) -> int:
    """The number of layers on the longest path from input to output, through nested models.

    >>> from lstmcount.graph.builder import build
    >>> from lstmcount.readers.spec.reader import read_spec
    >>> depth(build(read_spec({"input_shape": [5], "layers": [{"Dense": 4}, {"Dense": 2}]})))
    2
    """
    return _depth(model, {})


def _depth(model: Model, depths: dict[Model, int]) -> int:
    """The depth of a model. `depths` caches those of nested models, which may be called often."""
    longest: dict[Node, int] = {}
    for node in model.nodes():
        inner = inner_model(node.layer.layer)
        if inner is None:
            own = 0 if node.layer.class_name == "InputLayer" else 1
        else:
            if inner not in depths:
                depths[inner] = _depth(inner, depths)
            own = depths[inner]
        before = max((longest.get(source, 0) for source, _ in node.inputs), default=0)
        longest[node] = before + own
    return max(longest.values(), default=0)


def _built(layer: LayerSummary, number: int) -> int | None:
    return None if layer.is_unbuilt else number


MEASURES: dict[str, Measure] = {
    "params": Measure(
        "params",
        "E.g. 250k, 1.5M, 200_000.",
        lambda model: model.of_weights(model.summary.total_params),
        lambda layer, _: _built(layer, layer.params),
        blame=("params",),
    ),
    "trainable_params": Measure(
        "trainable params",
        "Number of trainable parameters.",
        lambda model: model.of_weights(model.summary.trainable_params),
        lambda layer, _: _built(layer, layer.trainable_params),
        blame=("trainable_params",),
    ),
    "non_trainable_params": Measure(
        "non-trainable params",
        "Number of non-trainable parameters.",
        lambda model: model.of_weights(model.summary.non_trainable_params),
        lambda layer, _: _built(layer, layer.non_trainable_params),
        blame=("non_trainable_params",),
    ),
    "size": Measure(
        "size",
        "Bytes of the weights: 800KB, 1MB (1024-based).",
        lambda model: model.of_weights(model.summary.size_bytes),
        lambda layer, _: _built(layer, size_bytes(layer.weights)),
        parse_bytes,
        BYTES,
        blame=("size",),
    ),
    "macs": Measure(
        "MACs",
        "Multiply-accumulates for one sample.",
        lambda model: model.total("macs"),
        lambda layer, model: model.of_layer(layer, "macs"),
        blame=("macs",),
    ),
    "activations": Measure(
        "activations",
        "Bytes of all layers' outputs, for a batch.",
        lambda model: model.total("activations"),
        lambda layer, model: model.of_layer(layer, "activations"),
        parse_bytes,
        BYTES,
        blame=("activations",),
    ),
    "training_memory": Measure(
        "training memory",
        "Weights, gradients, optimizer and activations.",
        lambda model: model.training("Total"),
        None,
        parse_bytes,
        BYTES,
        blame=("size", "activations"),
    ),
    "states": Measure(
        "states",
        "Bytes of the states of recurrent layers.",
        lambda model: model.states,
        None,
        parse_bytes,
        BYTES,
    ),
    "macs_per_step": Measure(
        "MACs per time step",
        "Multiply-accumulates of one more time step.",
        lambda model: model.step_macs,
        why_unknown="the model takes no other number of time steps, or they cost different amounts",
    ),
    "unfused_layers": Measure(
        "recurrent layers without cuDNN",
        "Recurrent layers that cannot run on cuDNN.",
        lambda model: model.unfused_layers,
        lambda layer, model: model.unfused(layer),
        why_unknown=(
            "the shape of the input is unknown (--set input_shape=[…]), or an argument or the "
            "class of a layer is (--set LAYER.ARGUMENT=VALUE)"
        ),
        blame=("unfused_layers",),
        reason=lambda layer, model: model.obstacles(layer),
    ),
    "layers": Measure("layers", "Number of layers.", lambda model: number_of_layers(model.summary)),
    "depth": Measure("depth", "Layers on the longest path.", lambda model: depth(model.model)),
}


def needed(measures: Iterable[str]) -> set[str]:
    """The names of `measures` and of those that show which layers caused a change."""
    return {name for measure in measures for name in (measure, *MEASURES[measure].blame)}


OF_LAYERS = tuple(name for name, measure in MEASURES.items() if measure.of_layer is not None)

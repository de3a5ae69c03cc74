"""A built model: its layers, their calls and the shapes between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from lstmcount.config import ModelConfig
from lstmcount.errors import CALL_ERRORS
from lstmcount.graph.layer import BuiltLayer, Node, are_known
from lstmcount.graph.outputs import resolve
from lstmcount.graph.references import refs_in
from lstmcount.layers.dtypes import policy
from lstmcount.shapes import Shapes
from lstmcount.summary import CheckpointPaths, State, Weight, unique


class Model:
    """A model that `graph.builder.build` builds from a `ModelConfig`.

    Its layers lose their calls when it is deleted.
    """

    def __init__(self, config: ModelConfig, checked: bool) -> None:
        self.config = config
        self.checked = checked  # whether layers check their inputs
        self.layers: list[BuiltLayer] = []
        self.operations: list[BuiltLayer] = []  # layers with calls, in Keras's order
        self.unreachable_layers: list[BuiltLayer] = []  # layers that no output depends on
        self.calls_in_order: list[Node] = []  # all calls of a functional model
        self.reachable_calls: list[Node] = []  # calls that the outputs depend on, in Keras's order
        self.input: Shapes = None
        self.output: Shapes = None
        self.is_built = False
        self.is_partial = False  # built only up to an error
        self.own_weights = [
            Weight(name, shape, policy(dtype).variable, trains and config.trainable)
            for name, shape, trains, dtype, _ in config.own_weights
        ]

    def __del__(self) -> None:
        """Break the cycle between layers and calls so that reference counting frees both."""
        for layer in self.layers:
            layer.nodes = []

    def take_shared(self, kept: dict[Any, list[Weight]]) -> None:
        """Take its own weights that another layer has, too, from `kept`, or keep them there."""
        self.own_weights = [
            weight if mark is None else kept.setdefault(("own weight", mark), [weight])[0]
            for weight, (*_, mark) in zip(self.own_weights, self.config.own_weights, strict=True)
        ]

    @property
    def own_layers(self) -> list[BuiltLayer]:
        """The layers in Keras's `model.layers`, including operations."""
        if self.config.is_sequential:
            first = self.layers[:1]
            return self.layers[1:] if first and first[0].is_input else self.layers
        if self.config.listed_layer_names is not None:
            by_name = self.by_name()
            return [by_name[name] for name in self.config.listed_layer_names if name in by_name]
        return self.operations

    @property
    def unlisted_operations(self) -> list[BuiltLayer]:
        """The operations in the `call` of a model's class, which Keras does not list."""
        if self.config.listed_layer_names is None:
            return []
        operations = [layer for layer in self.operations if layer.config.kind == "op"]
        return [each for each in operations if any(node.inputs for node in each.nodes)]

    @property
    def unlisted_layers(self) -> list[BuiltLayer]:
        """The layers that only attributes of the model's class hold."""
        return [layer for layer in self.layers if layer.name in self.config.unlisted_layers]

    @property
    def inner_layers(self) -> list[BuiltLayer]:
        """The layers that an expanded summary shows of a nested model: all but operations."""
        return [layer for layer in self.own_layers if layer.config.kind != "op"]

    def by_name(self) -> dict[str, BuiltLayer]:
        return {layer.name: layer for layer in self.layers}

    def weights(self) -> list[Weight]:
        """The weights in Keras's order. Calls of unknown code may create more, of unknown size."""
        layers = [*self.own_layers, *self.unlisted_layers]
        if self.config.listed_layer_names is not None:
            layers += [layer for layer in self.operations if layer.state is State.UNKNOWN]
        own = self.own_variables() if self.config.core is not None else self.own_weights
        return unique([*own, *[weight for layer in layers for weight in layer.weights]])

    @property
    def core(self) -> BuiltLayer | None:
        """The Keras layer that its class derives from."""
        return None if self.config.core is None else self.by_name().get(self.config.core)

    def own_variables(self) -> list[Weight]:
        """The weights outside of its layers in Keras's order: trainable ones first.

        Those of the layer that its class derives from are among them.
        """
        own = [
            (w, trains)
            for w, (_, _, trains, *_) in zip(self.own_weights, self.config.own_weights, strict=True)
        ]
        if self.core is not None:
            before = self.config.weights_before_core
            own[before:before] = _inherited(self.core)
        return [weight for weight, _ in sorted(own, key=lambda each: not each[1])]

    def checkpoint_paths(self) -> CheckpointPaths:
        """The paths of all weights in a `.keras` file."""
        from lstmcount.graph.checkpoints import checkpoint_paths

        return checkpoint_paths(self)

    def nodes(self) -> Iterator[Node]:
        """All calls, in the order in which Keras executes them."""
        if self.config.is_sequential:
            for layer in self.layers:
                yield from layer.nodes[-1:]
        else:
            yield from self.reachable_calls

    def input_nodes(self) -> list[Node]:
        """The nodes of the model's inputs, in their order."""
        if self.config.is_sequential:
            return [node for layer in self.layers[:1] for node in layer.nodes if node.is_input]
        by_name = self.by_name()
        return [resolve(ref, by_name, ())[0] for ref in refs_in(self.config.inputs)]

    def output_nodes(self) -> list[tuple[Node, int]]:
        if self.config.is_sequential:
            last = self.layers[-1].nodes[-1]
            return [(last, i) for i in range(len(last.outputs))]
        by_name = self.by_name()
        return [resolve(ref, by_name, ()) for ref in refs_in(self.config.outputs)]

    @property
    def is_plain_chain(self) -> bool:
        """Whether it has no branches and no repeated calls; Keras then prints no connections."""
        if self.config.is_sequential or self.config.listed_layer_names is not None:
            return True
        if self.unreachable_layers:
            return False
        for number, node in enumerate(reversed(self.reachable_calls)):
            if node.depth != number or len(node.inputs) > 1:
                return False
        return len(self.operations) == len(self.reachable_calls)


def _inherited(core: BuiltLayer) -> list[tuple[Weight, bool]]:
    """The weights that `core` itself holds, and whether each trains unless the layer is frozen."""
    if not core.weights:
        return []
    own = {id(weight) for path, weight in core.checkpoint_paths("") if path.startswith("vars/")}
    unfrozen = msgspec.structs.replace(core.layer, trainable=True)
    shapes = core.recorded_inputs()
    weights: Sequence[Weight] = core.weights
    if are_known(shapes):
        with suppress(*CALL_ERRORS):  # its own call may read other tensors than it was built with
            weights = [*unfrozen.weights(*shapes)]
    if len(weights) != len(core.weights):
        weights = core.weights
    pairs = zip(core.weights, weights, strict=True)
    return [(weight, bool(other.trainable)) for weight, other in pairs if id(weight) in own]

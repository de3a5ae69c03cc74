"""Models used as layers: in another model, or wrapped by a layer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lstmcount.config import TensorRef
from lstmcount.errors import ShapeError
from lstmcount.graph.chain import call_chain
from lstmcount.graph.layer import node_macs
from lstmcount.graph.model import Model
from lstmcount.graph.running import run
from lstmcount.naming import counted
from lstmcount.shapes import Dim, Shapes, are_compatible, are_same, flatten, show
from lstmcount.summary import CheckpointPaths, Named, Weight


class NestedModel:
    """A model with the methods of a layer."""

    call_arguments = ("inputs",)
    call_options: tuple[str, ...] = ()
    needed_arguments = 1
    fixed_rank = False
    takes_structures = True

    def __init__(self, model: Model) -> None:
        self.model = model
        self.name = model.config.name
        self.class_name = model.config.class_name
        self.trainable = model.config.trainable

    @property
    def built_at_init(self) -> bool:
        """Whether its own inputs determine its shapes."""
        return self.model.is_built

    def accept(self, inputs: Shapes) -> None:
        if not self.model.is_built or self.model.config.is_layer or self.model.input is None:
            return
        wanted, passed = flatten(self.model.input), flatten(self._by_name(inputs))
        if len(wanted) != len(passed):
            raise ShapeError(
                f"the model {self.name!r} takes {counted(len(wanted), 'input')}, got {len(passed)}"
            )
        for want, got in zip(wanted, passed, strict=True):
            if want is not None and not are_compatible(want, got):
                raise ShapeError(f"the model {self.name!r} takes {show(want)}, got {show(got)}")

    def check_call(self, shapes: list[Shapes], args: list[Any], kwargs: Iterable[str]) -> None:
        """Nothing to do: `accept` compares the inputs, and a model passes other arguments on."""

    def check_for_keras3(self, inputs: Shapes) -> None:
        """Nothing to do: building the model has checked its layers."""

    def check_mask(self, mask: Shapes) -> None:
        """Nothing to do: the layers that read the mask have checked it."""

    def fixed_axes(self, inputs: Shapes) -> Iterable[int]:
        """None: `accept` compares every call with the model's own inputs."""
        return ()

    def weights(self, inputs: Shapes) -> list[Weight]:
        model = self.model
        if not model.is_built and model.config.is_sequential and inputs is not None:
            call_chain(model, inputs)
        return model.weights()

    def checkpoint_paths(self, named: Named) -> CheckpointPaths:
        """The paths of these weights: those of another entry of the model, if it is shared."""
        own = self.model.weights()
        shared = {id(weight): other for weight, (_, other) in zip(own, named, strict=False)}
        for path, weight in self.model.checkpoint_paths():
            yield path, shared.get(id(weight), weight)

    def output_shape(self, inputs: Shapes) -> Shapes:
        if not self.model.is_built:
            if not self.model.config.is_sequential:
                return None  # a class of the program with unknown outputs
            call_chain(self.model, inputs)
        inputs = self._by_name(inputs)
        if self._is_called_with(inputs):
            return self.model.output
        return run(self.model, inputs)[0]

    def input_independent_output(self) -> Shapes:
        return self.model.output if self.model.is_built else None

    def macs(self, inputs: Shapes) -> Dim:
        inputs = self._by_name(inputs)
        if self._is_called_with(inputs):
            return model_macs(self.model)
        _, calls = run(self.model, inputs)
        return sum(node_macs(node, *arguments) for node, arguments in calls)

    def notes(self) -> Iterable[str]:
        return ()

    def _is_called_with(self, inputs: Shapes) -> bool:
        """Whether the model was built on these shapes, or on one that is not known."""
        own = self.model.input
        return own is None or are_same(flatten(inputs), flatten(own))

    def _by_name(self, inputs: Shapes) -> Shapes:
        """The inputs of the model among tensors that are passed by name, in its structure."""
        own = self.model.config.inputs
        if not isinstance(inputs, dict) or self.model.config.is_sequential:
            return inputs
        refs = list(own.values()) if isinstance(own, dict) else own
        refs = refs if isinstance(refs, list) else [refs]
        if not all(isinstance(ref, TensorRef) for ref in refs):
            return inputs
        names = list(own) if isinstance(own, dict) else [ref.layer for ref in refs]
        if not inputs.keys() >= set(names):
            raise ShapeError(
                f"the model {self.name!r} takes {', '.join(names)}, got {', '.join(inputs)}"
            )
        taken = {name: inputs[name] for name in names}
        return taken if isinstance(own, dict) else list(taken.values())


def inner_model(layer: Any) -> Model | None:
    """The model that is used as this layer; None for any other layer."""
    return layer.model if isinstance(layer, NestedModel) else None


def model_macs(model: Model) -> Dim:
    """Multiply-accumulates of one forward pass on the shapes that the model was built with."""
    calls = [node for node in model.nodes() if not node.is_input]
    return sum(node_macs(node, node.args, node.kwargs) for node in calls)

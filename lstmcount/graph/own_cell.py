"""Recurrent cells and layers of a program's own class."""

from __future__ import annotations

import math
from collections.abc import Iterator

from lstmcount.graph.model import Model
from lstmcount.graph.nested import NestedModel
from lstmcount.shapes import Dim, Shape, Shapes
from lstmcount.summary import Weight


class NestedCell(NestedModel):
    """One time step, whose model goes from its input and the states to an output and the next."""

    def state_shapes(self, batch: Dim) -> list[Shapes]:
        return [(batch, *size) for size in self.model.config.state_sizes or ()]

    def output_shape(self, inputs: Shapes, states: Shapes = None) -> Shapes:
        """The shape that Keras infers from the sizes that the cell declares."""
        batch = inputs[0]
        output = (batch, *self.model.config.output_size)
        return output if states is None else [output, self.state_shapes(batch)]

    def macs(self, inputs: Shapes) -> Dim:
        return super().macs([inputs, *self.state_shapes(inputs[0])])

    def kept_states(self, inputs: Shape, states: Shapes = None) -> Dim:
        """The number of values that the operations of a step return."""
        outputs = [
            shape for node in self.model.nodes() for shape in node.outputs if not node.is_input
        ]
        return sum([math.prod(shape[1:]) for shape in outputs if shape is not None])


class NestedRecurrent(NestedModel):
    """A layer whose class derives from a recurrent layer of Keras, for `Bidirectional`."""

    def __init__(self, model: Model) -> None:
        super().__init__(model)
        assert model.core is not None
        self.recurrent = model.core.layer
        self.go_backwards = self.recurrent.go_backwards
        self.stateful = self.recurrent.stateful
        self.return_sequences = self.recurrent.return_sequences
        self.return_state = self.recurrent.return_state

    def kept_states(self, sequences: Shape, initial_state: Shapes = None) -> Dim:
        kept: Dim = self.recurrent.kept_states(sequences)
        return kept

    def states(self, sequences: Shape, initial_state: Shapes = None) -> Iterator[Weight]:
        states: Iterator[Weight] = self.recurrent.states(sequences)
        return states

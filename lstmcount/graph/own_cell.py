"""Recurrent cells of a program's own class: what a recurrent layer asks of them."""

from __future__ import annotations

import math
from typing import Any

from lstmcount.shapes import Dim, Shape, Shapes


class OwnCell:
    """One time step, whose graph goes from its input and the states to an output and the next."""

    def state_shapes(self: Any, batch: Dim) -> list[Shapes]:
        return [(batch, *size) for size in self.config.state_sizes]

    def output_shape(self: Any, inputs: Shapes, states: Shapes = None) -> Shapes:
        """As Keras tells it: by the sizes that the cell declares, whatever it computes."""
        batch = inputs[0]
        output = (batch, *self.config.output_size)
        return output if states is None else [output, self.state_shapes(batch)]

    def kept_states(self: Any, inputs: Shape, states: Shapes = None) -> Dim:
        """What each operation of the step gives."""
        outputs = [shape for node in self.nodes() for shape in node.outputs if not node.is_input]
        return sum([math.prod(shape[1:]) for shape in outputs if shape is not None])

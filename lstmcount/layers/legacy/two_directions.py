"""Bidirectional layers of Keras 2 whose directions have layers of different sizes."""

from __future__ import annotations

from typing import Any, ClassVar

from lstmcount.errors import ShapeError
from lstmcount.layers.rnn_wrappers import Bidirectional
from lstmcount.shapes import Shape, Shapes, show


class UnequalBidirectional(Bidirectional):
    """A Bidirectional that returns what each direction returns, as Keras 2 infers it.

    Keras 3 takes the forward layer's output for that of both directions.

    >>> from lstmcount.layers.rnn import GRU, LSTM
    >>> backward = GRU(units=3, go_backwards=True, name="gru")
    >>> layer = UnequalBidirectional(layer=LSTM(units=4, name="lstm"), backward_layer=backward)
    >>> layer.output_shape((2, 7, 5))
    (2, 7)
    """

    display_name: ClassVar[str | None] = "Bidirectional"

    def output_shape(self, sequences: Shape, initial_state: Shapes = None) -> Shapes:
        forward, *states = self._outputs(self.layer, sequences)
        backward, *backward_states = self._outputs(self.backward, sequences)
        outputs = self._merged(forward, backward) + states + backward_states
        return outputs if len(outputs) > 1 else outputs[0]

    def _outputs(self, layer: Any, sequences: Shape) -> list[Shape]:
        output = layer.output_shape(sequences)
        return output if isinstance(output, list) else [output]

    def _merged(self, forward: Shape, backward: Shape) -> list[Shape]:
        if self.merge_mode is None:
            return [forward, backward]
        if self.merge_mode == "concat":
            return [(*forward[:-1], forward[-1] + backward[-1])]
        sizes = {forward[-1], backward[-1]}
        if len(sizes - {1}) > 1:
            raise ShapeError(
                f"merge_mode {self.merge_mode} needs outputs of the same shape, got "
                f"{show(forward)} forwards and {show(backward)} backwards"
            )
        return [forward if backward[-1] == 1 else backward]

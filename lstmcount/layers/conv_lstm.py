"""Convolutional LSTMs: each time step is a frame, and the gates are convolutions over it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Literal

from lstmcount.errors import ShapeError
from lstmcount.layers.arguments import (
    Activation,
    Constraint,
    Initializer,
    PositiveInt,
    Regularizer,
)
from lstmcount.layers.base import Axes, require_known
from lstmcount.layers.convolutional import Convolution
from lstmcount.layers.rnn import (
    SAME_WEIGHTS,
    check_batch_size,
    first_tensor,
    sequence_mask,
    sequence_output,
    sequence_shape_reason,
    state_variables,
    step_shape,
)
from lstmcount.layers.spatial import positions
from lstmcount.shapes import Dim, Shape, Shapes, show
from lstmcount.summary import Blocks, Weight


class ConvLSTM(Convolution, kw_only=True):
    """An LSTM over frames, whose gates are convolutions over each frame.

    Input (batch, timesteps, …frame…, channels). Weights of the four gates:
    4·(kernel·(channels + filters)·filters + filters), where kernel is the product of its sizes.
    """

    filters: PositiveInt
    padding: Literal["valid", "same"] = "valid"
    activation: Activation = "tanh"
    recurrent_activation: Activation = "sigmoid"
    kernel_initializer: Initializer = "glorot_uniform"
    recurrent_initializer: Initializer = "orthogonal"
    bias_initializer: Initializer = "zeros"
    unit_forget_bias: bool = True
    kernel_regularizer: Regularizer = None
    recurrent_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    kernel_constraint: Constraint = None
    recurrent_constraint: Constraint = None
    bias_constraint: Constraint = None
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    seed: int | None = None
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    zero_output_for_mask: bool = False

    state_names: ClassVar[tuple[str, ...]] = ("h", "c")
    call_arguments: ClassVar[tuple[str, ...]] = ("sequences", "initial_state")
    gates: ClassVar[tuple[str, ...]] = ("i", "f", "c", "o")
    checkpoint_prefix: ClassVar[str] = "cell/"
    takes_mask: ClassVar[bool] = True

    def compute_mask(self, inputs: Any, mask: Any, operations: Any) -> Any:
        return sequence_mask(self, mask)

    def check(self, sequences: Shape, initial_state: Shapes = None) -> None:
        if type(sequences) is not tuple or len(sequences) != self.rank + 3:
            raise ShapeError(
                f"expected a {self.rank + 3}-D input (batch, timesteps, and frames with channels), "
                f"got {show(sequences)}"
            )
        check_batch_size(self, sequences)
        frame = step_shape(sequences)
        for axis in range(1, len(frame)):
            require_known(frame, axis, "a dimension of a frame")
        self.check_output(frame, self.out_spatial(frame))

    def fixed_axes(self, sequences: Shape) -> Iterable[int]:
        return ()

    def weights(self, sequences: Shape, initial_state: Shapes = None) -> Iterator[Weight]:
        channels = self.channels(step_shape(sequences))
        kernel, axes = self.kernel, self.kernel_axes
        gated = Blocks("filters", self.gates)
        width = 4 * self.filters
        yield self._of_cell("kernel", (*kernel, channels, width), (*axes, "channels", gated))
        shape = (*kernel, self.filters, width)
        yield self._of_cell("recurrent_kernel", shape, (*axes, "filters", gated))
        if self.use_bias:
            yield self._of_cell("bias", (width,), (gated,))

    def _of_cell(self, name: str, shape: Shape, axes: Axes) -> Weight:
        """A weight that always trains: Keras does not pass `trainable` on to the cell."""
        return Weight(name, shape, self.dtype_policy.variable, True, axes)

    def output_shape(self, sequences: Shape, initial_state: Shapes = None) -> Shapes:
        frame = step_shape(sequences)
        output = self.assembled(frame[0], self.out_spatial(frame), self.filters)
        return sequence_output(self, sequences, output, [output, output])

    def equations(self) -> tuple[str, ...]:
        def gate(name: str, part: str, function: str) -> str:
            inside = f"conv(kernel_{part}, x) + conv(recurrent_kernel_{part}, h) + bias_{part}"
            return f"{name} = {function}({inside})"

        return (
            gate("f", "f", "recurrent_activation"),
            gate("i", "i", "recurrent_activation"),
            gate("o", "o", "recurrent_activation"),
            gate("c_tilde", "c", "activation"),
            "c = f * c + i * c_tilde",
            "h = o * activation(c)",
        )

    def notes(self) -> Iterator[str]:
        yield SAME_WEIGHTS
        yield "The kernels slide over the frame: the count does not depend on its size either."

    def shape_reason(self, sequences: Any, output: Any) -> str:
        frame = first_tensor(output)
        if self.return_sequences:
            frame = (frame[0], *frame[2:])
        formulas = self.window_formulas(
            step_shape(first_tensor(sequences)),
            frame,
            self.kernel_size,
            self.strides,
            self.dilation_rate,
        )
        reason = sequence_shape_reason(self, sequences, output)
        return f"{reason} Frames, {formulas}; {self.filters} filters."

    def kept_states(self, sequences: Shape, initial_state: Shapes = None) -> Dim:
        places = positions(self.out_spatial(step_shape(sequences)))
        return sequences[1] * (len(self.gates) + 2) * places * self.filters

    def states(self, sequences: Shape, initial_state: Shapes = None) -> Iterator[Weight]:
        frame = step_shape(sequences)
        state = self.assembled(frame[0], self.out_spatial(frame), self.filters)
        return state_variables(self, self.state_names, [state, state])

    def macs(self, sequences: Shape, initial_state: Shapes = None) -> Dim:
        frame = step_shape(sequences)
        inputs = self.channels(frame) + self.filters
        each: Dim = math.prod(self.kernel) * inputs * 4 * self.filters
        return sequences[1] * positions(self.out_spatial(frame)) * each


class ConvLSTM1D(ConvLSTM):
    """A convolutional LSTM over sequences of rows.

    Weights: 4·(kernel·(channels + filters)·filters + filters).
    """

    rank: ClassVar[int] = 1


class ConvLSTM2D(ConvLSTM):
    """A convolutional LSTM over sequences of images (Shi et al., 2015).

    Weights: 4·(kernel·(channels + filters)·filters + filters).

    >>> layer = ConvLSTM2D(filters=8, kernel_size=3)
    >>> sum(w.count for w in layer.weights((1, 10, 32, 32, 3)))
    3200
    """


class ConvLSTM3D(ConvLSTM):
    """A convolutional LSTM over sequences of volumes.

    Weights: 4·(kernel·(channels + filters)·filters + filters).
    """

    rank: ClassVar[int] = 3

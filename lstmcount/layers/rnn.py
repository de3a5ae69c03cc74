"""Recurrent layers, which run a cell (one time step) over a sequence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from lstmcount.errors import LstmcountError
from lstmcount.layers.arguments import LayerArgument
from lstmcount.layers.base import Layer, require_known, require_min_rank, require_rank, under
from lstmcount.layers.rnn_cells import (
    Cell,
    GRUCell,
    LSTMCell,
    SimpleRNNCell,
    StackedRNNCells,
    is_cell,
)
from lstmcount.shapes import Dim, Shape, Shapes
from lstmcount.summary import Weight

SEQUENCES = "batch, timesteps, features"
SAME_WEIGHTS = (
    "Every time step uses the same weights: the count does not depend on how many steps there are."
)


# A struct can have only one struct as a base, so the class that runs a cell is a mixin.
if TYPE_CHECKING:
    _Mixin = Cell
else:
    _Mixin = object


class OverTime(_Mixin):
    """A cell run over the time steps of a sequence."""

    __slots__ = ()
    call_arguments: ClassVar[tuple[str, ...]] = ("sequences", "initial_state")
    needed_arguments: ClassVar[int] = 1
    checkpoint_prefix: ClassVar[str] = "cell/"
    takes_mask: ClassVar[bool] = True

    def compute_mask(self, inputs: Any, mask: Any, operations: Any) -> Any:
        return sequence_mask(self, mask)

    def check(self, sequences: Shape, initial_state: Shapes = None) -> None:
        require_rank(sequences, 3, SEQUENCES)
        check_running(self, sequences)
        super().check(step_shape(sequences))

    def weights(self, sequences: Shape, initial_state: Shapes = None) -> Iterable[Weight]:
        return super().weights(step_shape(sequences))

    def output_shape(self, sequences: Shape, initial_state: Shapes = None) -> Shapes:
        output = super().output_shape(step_shape(sequences))
        return over_time(self, sequences, output, self.state_shapes(sequences[0]))

    def macs(self, sequences: Shape, initial_state: Shapes = None) -> Dim:
        return sequences[1] * super().macs(step_shape(sequences))

    def kept_states(self, sequences: Shape, initial_state: Shapes = None) -> Dim:
        return sequences[1] * super().kept_states(step_shape(sequences))

    def notes(self) -> Iterator[str]:
        yield SAME_WEIGHTS
        yield from super().notes()

    def shape_reason(self, sequences: Any, output: Any) -> str:
        return running_reason(self, sequences, output)


def step_shape(sequences: Shape) -> Shape:
    """A cell's input at one time step: the sequences' shape without the time axis."""
    return (sequences[0], *sequences[2:])


def step_shapes(sequences: Shapes) -> Any:
    """Like `step_shape` for several tensors, which Keras 2 accepted."""
    if isinstance(sequences, list):
        return [step_shapes(each) for each in sequences]
    if isinstance(sequences, dict):
        return {key: step_shapes(each) for key, each in sequences.items()}
    return sequences if sequences is None else step_shape(sequences)


def check_running(layer: Any, sequences: Shape) -> None:
    if layer.stateful:
        require_known(sequences, 0, "the batch size of a stateful layer")


def over_time(layer: Any, sequences: Shape, output: Shape, states: list[Shapes]) -> Shapes:
    """The last step's output, or every step's with `return_sequences`; then the states."""
    if layer.return_sequences:
        output = (output[0], sequences[1], *output[1:])
    return [output, *states] if layer.return_state else output


def running_reason(layer: Any, sequences: Any, output: Any) -> str:
    """The reason for the output shape of a layer that runs over time."""
    sequences, first = first_of(sequences), first_of(output)
    if layer.return_sequences:
        steps = "every time step" if first[1] is None else f"each of the {first[1]} time steps"
        text = f"return_sequences is true: the output of {steps}."
    else:
        text = "return_sequences is false: only the last time step's output is kept"
        if len(sequences) > 1:
            text += f"; with true it would be {(first[0], sequences[1], *first[1:])}"
        text += "."
    if layer.return_state:
        text += " return_state adds the states after the last step."
    return text


def first_of(shapes: Any) -> Any:
    return shapes[0] if isinstance(shapes, list) else shapes


def sequence_mask(layer: Any, mask: Any) -> Any:
    """The mask of a recurrent layer's outputs: sequences keep it, states have none."""
    mask = mask[0] if isinstance(mask, list) else mask
    return mask if layer.return_sequences else None


class SimpleRNN(OverTime, SimpleRNNCell):
    """Fully connected recurrence: the output is fed back at the next time step.

    Input (batch, timesteps, features); output (batch, units), or (batch, timesteps, units) with
    `return_sequences`. Weights: units·(features + units) + units.

    >>> sum(w.count for w in SimpleRNN(units=64).weights((1, 5, 126)))
    12224
    """

    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    zero_output_for_mask: bool = False


class LSTM(OverTime, LSTMCell):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997).

    Input (batch, timesteps, features); output (batch, units), or (batch, timesteps, units) with
    `return_sequences`. Weights: 4·((features + units)·units + units), however many time steps.

    >>> sum(w.count for w in LSTM(units=12).weights((1, 7, 80)))
    4464
    """

    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    use_cudnn: bool | Literal["auto"] = "auto"
    zero_output_for_mask: bool = False


class GRU(OverTime, GRUCell):
    """Gated recurrent unit (Cho et al., 2014).

    Input (batch, timesteps, features); output (batch, units), or (batch, timesteps, units) with
    `return_sequences`. Weights: 3·(features + units)·units + 6·units, with `reset_after=False`
    (and in files older than TensorFlow 2) 3·units for the bias.

    >>> sum(w.count for w in GRU(units=12).weights((1, 7, 80)))
    3384
    >>> sum(w.count for w in GRU(units=12, reset_after=False).weights((1, 7, 80)))
    3348
    """

    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    use_cudnn: bool | Literal["auto"] = "auto"
    zero_output_for_mask: bool = False


class RNN(Layer):
    """Any cell, or a list of cells to stack, run over time."""

    cell: LayerArgument
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False
    stateful: bool = False
    unroll: bool = False
    zero_output_for_mask: bool = False

    call_arguments: ClassVar[tuple[str, ...]] = ("sequences", "initial_state")
    layer_arguments: ClassVar[tuple[str, ...]] = ("cell",)
    checkpoint_attributes: ClassVar[tuple[str, ...]] = ("cell",)
    takes_mask: ClassVar[bool] = True

    def compute_mask(self, inputs: Any, mask: Any, operations: Any) -> Any:
        return sequence_mask(self, mask)

    def __post_init__(self) -> None:
        if isinstance(self.cell, list):
            self.cell = StackedRNNCells(cells=self.cell, name="stacked_rnn_cells")
        if isinstance(self.cell, OverTime) or not is_cell(self.cell):
            raise LstmcountError(
                "the cell of an RNN must be SimpleRNNCell, LSTMCell, GRUCell, StackedRNNCells, or "
                "a class with a state_size, "
                f"got {getattr(self.cell, 'class_name', self.cell)!r}",
                path=("cell",),
            )

    def check(self, sequences: Shape, initial_state: Shapes = None) -> None:
        require_min_rank(sequences, 3, SEQUENCES)
        check_running(self, sequences)
        self.cell.accept(step_shape(sequences))

    def weights(self, sequences: Shape, initial_state: Shapes = None) -> Iterable[Weight]:
        return under(self.cell.name, self.cell.weights(step_shape(sequences)))

    def output_shape(self, sequences: Shape, initial_state: Shapes = None) -> Shapes:
        output = self.cell.output_shape(step_shape(sequences))
        return over_time(self, sequences, output, self.cell.state_shapes(sequences[0]))

    def macs(self, sequences: Shape, initial_state: Shapes = None) -> Dim:
        macs: Dim = sequences[1] * self.cell.macs(step_shape(sequences))
        return macs

    def kept_states(self, sequences: Shape, initial_state: Shapes = None) -> Dim:
        kept: Dim = sequences[1] * self.cell.kept_states(step_shape(sequences))
        return kept

    def inner(self) -> list[tuple[str, Any]]:
        return [(self.cell.name, self.cell)]

    def notes(self) -> Iterator[str]:
        yield SAME_WEIGHTS
        yield from self.cell.notes()

    def shape_reason(self, sequences: Any, output: Any) -> str:
        return running_reason(self, sequences, output)

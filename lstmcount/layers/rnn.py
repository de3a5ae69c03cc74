"""Recurrent layers, which run a cell over the time steps of a sequence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
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
from lstmcount.shapes import Dim, Shape, Shapes, flatten
from lstmcount.structures import mapped
from lstmcount.summary import Weight

SEQUENCES = "batch, timesteps, features"
SAME_WEIGHTS = (
    "Every time step uses the same weights: the count does not depend on how many steps there are."
)


# A msgspec struct can have only one struct as base, so RecurrentLayer must be a plain mixin.
if TYPE_CHECKING:
    _Mixin = Cell
else:
    _Mixin = object


class RecurrentLayer(_Mixin):
    """Mixin that turns a cell into a layer that runs it over a sequence."""

    __slots__ = ()
    call_arguments: ClassVar[tuple[str, ...]] = ("sequences", "initial_state")
    needed_arguments: ClassVar[int] = 1
    checkpoint_prefix: ClassVar[str] = "cell/"
    takes_mask: ClassVar[bool] = True

    def compute_mask(self, inputs: Any, mask: Any, operations: Any) -> Any:
        return sequence_mask(self, mask)

    def check(self, sequences: Shape, initial_state: Shapes = None) -> None:
        require_rank(sequences, 3, SEQUENCES)
        check_batch_size(self, sequences)
        super().check(step_shape(sequences))

    def weights(self, sequences: Shape, initial_state: Shapes = None) -> Iterable[Weight]:
        return super().weights(step_shape(sequences))

    def output_shape(self, sequences: Shape, initial_state: Shapes = None) -> Shapes:
        output = super().output_shape(step_shape(sequences))
        return sequence_output(self, sequences, output, self.state_shapes(sequences[0]))

    def macs(self, sequences: Shape, initial_state: Shapes = None) -> Dim:
        return sequences[1] * super().macs(step_shape(sequences))

    def kept_states(self, sequences: Shape, initial_state: Shapes = None) -> Dim:
        return sequences[1] * super().kept_states(step_shape(sequences))

    def states(self, sequences: Shape, initial_state: Shapes = None) -> Iterator[Weight]:
        return state_variables(self, self.state_names, self.state_shapes(sequences[0]))

    def notes(self) -> Iterator[str]:
        yield SAME_WEIGHTS
        yield from super().notes()

    def shape_reason(self, sequences: Any, output: Any) -> str:
        return sequence_shape_reason(self, sequences, output)


def step_shape(sequences: Shape) -> Shape:
    """The shape of one time step: that of `sequences` without the time axis."""
    return (sequences[0], *sequences[2:])


def step_shapes(sequences: Shapes) -> Any:
    """The shapes of one time step of a tensor or of several, which Keras 2 accepted."""
    return mapped(lambda each: each and step_shape(each), sequences)


def check_batch_size(layer: Any, sequences: Shape) -> None:
    if layer.stateful:
        require_known(sequences, 0, "the batch size of a stateful layer")


def sequence_output(layer: Any, sequences: Shape, output: Shape, states: list[Shapes]) -> Shapes:
    """The shape of a recurrent layer's output, from a step's output and its states."""
    if layer.return_sequences:
        output = (output[0], sequences[1], *output[1:])
    return [output, *states] if layer.return_state else output


def state_variables(layer: Any, names: Sequence[str], shapes: list[Shapes]) -> Iterator[Weight]:
    """The states of a layer that runs over time, in its variable dtype."""
    for name, shape in zip(names, shapes, strict=True):
        yield layer.weight(name, shape, trainable=False)


def sequence_shape_reason(layer: Any, sequences: Any, output: Any) -> str:
    """The reason for the output shape of a recurrent layer."""
    sequences, first = first_tensor(sequences), first_tensor(output)
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


def first_tensor(shapes: Any) -> Any:
    return shapes[0] if isinstance(shapes, list) else shapes


def sequence_mask(layer: Any, mask: Any) -> Any:
    """The mask of a recurrent layer's output: sequences keep the input's mask."""
    mask = mask[0] if isinstance(mask, list) else mask
    return mask if layer.return_sequences else None


class SimpleRNN(RecurrentLayer, SimpleRNNCell):
    """A fully connected recurrent layer, whose output is fed back at the next time step.

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


class LSTM(RecurrentLayer, LSTMCell):
    """Long short-term memory (Hochreiter and Schmidhuber, 1997).

    Input (batch, timesteps, features); output (batch, units), or (batch, timesteps, units) with
    `return_sequences`. Weights: 4·((features + units)·units + units).

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


class GRU(RecurrentLayer, GRUCell):
    """Gated recurrent unit (Cho et al., 2014).

    Input (batch, timesteps, features); output (batch, units), or (batch, timesteps, units) with
    `return_sequences`. Weights: 3·(features + units)·units + 6·units. With `reset_after=False`
    (the default in files older than TensorFlow 2) the bias has 3·units instead of 6·units.

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
    """Runs any cell, or a stack of cells, over the time steps of a sequence."""

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
        if isinstance(self.cell, RecurrentLayer) or not is_cell(self.cell):
            raise LstmcountError(
                "the cell of an RNN must be SimpleRNNCell, LSTMCell, GRUCell, StackedRNNCells, or "
                "a class with a state_size, "
                f"got {getattr(self.cell, 'class_name', self.cell)!r}",
                path=("cell",),
            )

    def check(self, sequences: Shape, initial_state: Shapes = None) -> None:
        require_min_rank(sequences, 3, SEQUENCES)
        check_batch_size(self, sequences)
        self.cell.accept(step_shape(sequences))

    def weights(self, sequences: Shape, initial_state: Shapes = None) -> Iterable[Weight]:
        return under(self.cell.name, self.cell.weights(step_shape(sequences)))

    def output_shape(self, sequences: Shape, initial_state: Shapes = None) -> Shapes:
        output = self.cell.output_shape(step_shape(sequences))
        return sequence_output(self, sequences, output, self.cell.state_shapes(sequences[0]))

    def macs(self, sequences: Shape, initial_state: Shapes = None) -> Dim:
        macs: Dim = sequences[1] * self.cell.macs(step_shape(sequences))
        return macs

    def kept_states(self, sequences: Shape, initial_state: Shapes = None) -> Dim:
        kept: Dim = sequences[1] * self.cell.kept_states(step_shape(sequences))
        return kept

    def states(self, sequences: Shape, initial_state: Shapes = None) -> Iterator[Weight]:
        shapes = flatten(self.cell.state_shapes(sequences[0]))
        return state_variables(self, [f"state_{i}" for i in range(len(shapes))], shapes)

    def inner(self) -> list[tuple[str, Any]]:
        return [(self.cell.name, self.cell)]

    def notes(self) -> Iterator[str]:
        yield SAME_WEIGHTS
        yield from self.cell.notes()

    def shape_reason(self, sequences: Any, output: Any) -> str:
        return sequence_shape_reason(self, sequences, output)

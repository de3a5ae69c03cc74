"""Recurrent layers: they run a cell, which is one time step, over all of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import msgspec

from lstmcount.dimensions import Dim, Shape, Shapes, flatten, show
from lstmcount.errors import LstmcountError, ShapeError
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
from lstmcount.summary import Weight

SEQUENCES = "batch, timesteps, features"
SAME_WEIGHTS = (
    "Every time step uses the same weights: the count does not depend on how many steps there are."
)


# A struct can have only one struct among its bases, so what runs a cell over time is a mixin.
if TYPE_CHECKING:
    _Mixin = Cell
else:
    _Mixin = object


class OverTime(_Mixin):
    """A cell run over the time steps of a sequence."""

    __slots__ = ()
    call_arguments: ClassVar[tuple[str, ...]] = ("sequences", "initial_state")
    needed_arguments: ClassVar[int] = 1
    kept_in: ClassVar[str] = "cell/"
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
    """What a cell sees at one time step: the sequences' shape without the time axis."""
    return (sequences[0], *sequences[2:])


def step_shapes(sequences: Shapes) -> Any:
    """Of several tensors (Keras 2 took them), what is left of each at one time step."""
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
    """Why a layer that runs over time gives that output."""
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
    """The mask of a sequence that a recurrent layer gives; its states have none."""
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
    held_as: ClassVar[tuple[str, ...]] = ("cell",)
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
        self.cell.check(step_shape(sequences))

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


class Bidirectional(Layer):
    """A recurrent layer and its copy that reads the sequence backwards.

    `merge_mode` concat doubles the features of the output; sum, mul and ave keep them; null
    gives both outputs. Weights: twice those of the layer.

    >>> sum(w.count for w in Bidirectional(layer=LSTM(units=12, name="lstm")).weights((1, 7, 80)))
    8928
    """

    layer: LayerArgument
    merge_mode: Literal["sum", "mul", "ave", "concat"] | None = "concat"
    weights_: Any = msgspec.field(default=None, name="weights")
    backward_layer: LayerArgument = None

    call_arguments: ClassVar[tuple[str, ...]] = ("sequences", "initial_state")
    layer_arguments: ClassVar[tuple[str, ...]] = ("layer", "backward_layer")
    held_as: ClassVar[tuple[str, ...]] = ("forward_layer", "backward_layer")
    takes_mask: ClassVar[bool] = True

    def __post_init__(self) -> None:
        for inner in (self.layer, self.backward_layer):
            if inner is not None and not hasattr(inner, "go_backwards"):
                raise LstmcountError(
                    "Bidirectional wraps a recurrent layer (LSTM, GRU, SimpleRNN, RNN, …), "
                    f"got {getattr(inner, 'class_name', inner)!r}",
                    path=("layer",),
                )
        if self.layer is not None and self.backward_layer is not None:
            self._check_directions()

    def check_arguments(self) -> None:
        if self.backward_layer is None and self.layer.go_backwards is True:
            raise LstmcountError(
                "the layer reads forward here, its copy backward: go_backwards must be false",
                path=("layer", "go_backwards"),
            )

    def _check_directions(self) -> None:
        if self.layer.go_backwards == self.backward_layer.go_backwards:
            raise LstmcountError(
                "the forward and the backward layer must differ in go_backwards, "
                f"both have {self.layer.go_backwards}",
                path=("backward_layer",),
            )
        for name in ("stateful", "return_sequences", "return_state"):
            if getattr(self.layer, name) != getattr(self.backward_layer, name):
                raise LstmcountError(
                    f"the forward and the backward layer must have the same {name}",
                    path=("backward_layer",),
                )

    @property
    def backward(self) -> Any:
        return self.backward_layer or self.layer

    def check(self, sequences: Shape, initial_state: Shapes = None) -> None:
        self.layer.check(sequences)
        self.backward.check(sequences)

    def inner(self) -> list[tuple[str, Any]]:
        name = self.layer.name or ""
        forward = f"forward_{name.removeprefix('forward_')}"
        if self.backward_layer is not None:
            backward = self.backward_layer.name
        else:
            backward = f"backward_{name.removeprefix('backward_')}"
        return [(forward, self.layer), (backward, self.backward)]

    def compute_mask(self, inputs: Any, mask: Any, operations: Any) -> Any:
        mask = sequence_mask(self.layer, mask)
        return mask if self.merge_mode else [mask, mask]

    def weights(self, sequences: Shape, initial_state: Shapes = None) -> Iterator[Weight]:
        for name, layer in self.inner():
            yield from under(name, layer.weights(sequences))

    def output_shape(self, sequences: Shape, initial_state: Shapes = None) -> Shapes:
        output = self.layer.output_shape(sequences)
        states = []
        if self.layer.return_state:
            output, *states = output
        if self.merge_mode is None:
            outputs = [output, output]
        elif self.merge_mode == "concat":
            outputs = [(*output[:-1], 2 * output[-1])]
        else:
            outputs = [output]
        outputs += states * 2
        return outputs if len(outputs) > 1 else outputs[0]

    def macs(self, sequences: Shape, initial_state: Shapes = None) -> Dim:
        macs: Dim = self.layer.macs(sequences) + self.backward.macs(sequences)
        return macs

    def kept_states(self, sequences: Shape, initial_state: Shapes = None) -> Dim:
        kept: Dim = self.layer.kept_states(sequences) + self.backward.kept_states(sequences)
        return kept

    def notes(self) -> Iterator[str]:
        yield (
            "The two directions have weights of their own: one reads the time steps from first to "
            "last, the other from last to first."
        )
        yield from self.layer.notes()

    def shape_reason(self, sequences: Any, output: Any) -> str:
        text = running_reason(self.layer, sequences, output)
        if self.merge_mode == "concat":
            return f"{text} merge_mode concat: the two directions' features side by side."
        if self.merge_mode is None:
            return f"{text} merge_mode null: one output for each direction."
        return f"{text} merge_mode {self.merge_mode}: the two directions' outputs combined in one."


class TimeDistributed(Layer):
    """The same layer at every time step: (batch, timesteps, …) as if it were more samples."""

    layer: LayerArgument

    layer_arguments: ClassVar[tuple[str, ...]] = ("layer",)
    held_as: ClassVar[tuple[str, ...]] = ("layer",)
    supports_masking: ClassVar[bool] = True
    takes_mask: ClassVar[bool] = True

    def check(self, sequences: Shapes) -> None:
        given = flatten(sequences)
        if not given or any(len(shape) < 3 for shape in given):
            raise ShapeError(
                "expected at least a 3-D input (batch, timesteps, …), got " + show(sequences),
                wanted_rank=3,
            )
        self.layer.check(step_shapes(sequences))

    def check_today(self, sequences: Shapes) -> None:
        if type(sequences) is not tuple:
            raise ShapeError(f"expected one tensor, got {show(sequences)}")
        self.layer.check_today(step_shapes(sequences))

    def weights(self, sequences: Shapes) -> Iterable[Weight]:
        weights: Iterable[Weight] = self.layer.weights(step_shapes(sequences))
        return weights

    def output_shape(self, sequences: Shapes) -> Shapes:
        output = self.layer.output_shape(step_shapes(sequences))
        if output is None:  # of a model with a layer in it that nobody knows
            return None
        return (output[0], flatten(sequences)[0][1], *output[1:])

    def macs(self, sequences: Shapes) -> Dim:
        macs: Dim = flatten(sequences)[0][1] * self.layer.macs(step_shapes(sequences))
        return macs

    def kept_states(self, sequences: Shapes) -> Dim:
        if not isinstance(self.layer, Layer):
            return 0
        return flatten(sequences)[0][1] * self.layer.kept_states(step_shapes(sequences))

    def inner(self) -> list[tuple[str, Any]]:
        return [("", self.layer)]

    def notes(self) -> Iterator[str]:
        yield SAME_WEIGHTS
        yield from self.layer.notes()

    def shape_reason(self, sequences: Any, output: Any) -> str:
        return "The layer's own output, once for each time step."

"""Wrappers that run a layer in both directions over a sequence, or at every time step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar, Literal

import msgspec

from lstmcount.errors import LstmcountError, ShapeError
from lstmcount.layers.arguments import LayerArgument
from lstmcount.layers.base import Layer, under
from lstmcount.layers.core import Wrapper
from lstmcount.layers.rnn import SAME_WEIGHTS, sequence_mask, sequence_shape_reason, step_shapes
from lstmcount.shapes import Dim, Shape, Shapes, flatten, show
from lstmcount.structures import mapped
from lstmcount.summary import Weight

_SWITCHES = ("stateful", "return_sequences", "return_state")


class Bidirectional(Layer):
    """A recurrent layer and a copy of it that reads the sequence backwards.

    `merge_mode` "concat" doubles the features of the output; "sum", "mul" and "ave" keep them; with
    null there are two outputs. Weights: twice those of the layer.

    >>> from lstmcount.layers.rnn import LSTM
    >>> sum(w.count for w in Bidirectional(layer=LSTM(units=12, name="lstm")).weights((1, 7, 80)))
    8928
    """

    layer: LayerArgument
    merge_mode: Literal["sum", "mul", "ave", "concat"] | None = "concat"
    weights_: Any = msgspec.field(default=None, name="weights")
    backward_layer: LayerArgument = None

    call_arguments: ClassVar[tuple[str, ...]] = ("sequences", "initial_state")
    layer_arguments: ClassVar[tuple[str, ...]] = ("layer", "backward_layer")
    copied_arguments: ClassVar[tuple[str, ...]] = ("layer",)
    checkpoint_attributes: ClassVar[tuple[str, ...]] = ("forward_layer", "backward_layer")
    takes_mask: ClassVar[bool] = True

    def __post_init__(self) -> None:
        for inner in (self.layer, self.backward_layer):
            if inner is not None and not hasattr(inner, "go_backwards"):
                raise LstmcountError(_no_recurrence(inner), path=("layer",))
            for name in _SWITCHES if inner is not None else ():
                if not hasattr(inner, name):
                    raise LstmcountError(
                        f"Bidirectional needs a layer with {name}; {inner.class_name} has none",
                        path=("layer",),
                    )
        if self.layer is not None and self.backward_layer is not None:
            self._check_directions()

    def check_arguments(self) -> None:
        if self.backward_layer is None and getattr(self.layer, "go_backwards", None) is True:
            raise LstmcountError(
                "expected false: the layer reads forwards, and its copy backwards",
                path=("layer", "go_backwards"),
            )

    def _check_directions(self) -> None:
        if self.layer.go_backwards == self.backward_layer.go_backwards:
            raise LstmcountError(
                "the forward and the backward layer must differ in go_backwards, "
                f"both have {self.layer.go_backwards}",
                path=("backward_layer",),
            )
        for name in _SWITCHES:
            if getattr(self.layer, name) != getattr(self.backward_layer, name):
                raise LstmcountError(
                    f"the forward and the backward layer must have the same {name}",
                    path=("backward_layer",),
                )

    @property
    def backward(self) -> Any:
        return self.backward_layer or self.layer

    def check(self, sequences: Shape, initial_state: Shapes = None) -> None:
        self.layer.accept(sequences)
        self.backward.accept(sequences)

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

    def states(self, sequences: Shape, initial_state: Shapes = None) -> Iterator[Weight]:
        for name, layer in self.inner():
            yield from under(name, layer.states(sequences))

    def notes(self) -> Iterator[str]:
        yield (
            "Each direction has its own weights: one layer reads the time steps from first to "
            "last, the other from last to first."
        )
        yield from self.layer.notes()

    def shape_reason(self, sequences: Any, output: Any) -> str:
        text = sequence_shape_reason(self.layer, sequences, output)
        if self.merge_mode == "concat":
            return f"{text} merge_mode concat: the features of both directions are concatenated."
        if self.merge_mode is None:
            return f"{text} merge_mode null: one output for each direction."
        return f"{text} merge_mode {self.merge_mode}: the outputs of both directions are combined."


def _no_recurrence(inner: Any) -> str:
    """The message for a layer that Bidirectional does not take, or whose copies are not known."""
    name = getattr(inner, "class_name", inner)
    if isinstance(inner, Layer):
        return f"Bidirectional wraps a recurrent layer (LSTM, GRU, SimpleRNN, RNN, …), got {name!r}"
    return (
        f"Bidirectional around {name}, which derives from no recurrent layer of Keras, is not "
        "followed: derive the class from RNN, or put its cell into RNN"
    )


def _over_steps(output: Any, steps: Dim) -> Any:
    """Add the time axis to the output of a step, or to each of several outputs (Keras 2)."""
    # of a nested model with an unknown layer, an output is None
    return mapped(lambda each: each and (each[0], steps, *each[1:]), output)


class TimeDistributed(Wrapper):
    """Applies a layer to every time step of (batch, timesteps, …).

    Keras 2 accepts a structure of sequences, too.
    """

    checkpoint_attributes: ClassVar[tuple[str, ...]] = ("layer",)
    supports_masking: ClassVar[bool] = True
    takes_mask: ClassVar[bool] = True

    def check(self, sequences: Shapes) -> None:
        tensors = flatten(sequences)
        if not tensors or any(len(shape) < 3 for shape in tensors):
            raise ShapeError(
                "expected at least a 3-D input (batch, timesteps, …), got " + show(sequences),
                wanted_rank=3,
            )
        self.layer.accept(step_shapes(sequences))

    def check_for_keras3(self, sequences: Shapes) -> None:
        if type(sequences) is not tuple:
            raise ShapeError(f"expected one tensor, got {show(sequences)}")
        self.layer.check_for_keras3(step_shapes(sequences))
        output = self.layer.output_shape(step_shapes(sequences))
        if output is not None and type(output) is not tuple:
            raise ShapeError(f"expected a layer with one output, got {show(output)}")

    def weights(self, sequences: Shapes) -> Iterable[Weight]:
        weights: Iterable[Weight] = self.layer.weights(step_shapes(sequences))
        return weights

    def output_shape(self, sequences: Shapes) -> Shapes:
        output = self.layer.output_shape(step_shapes(sequences))
        return _over_steps(output, flatten(sequences)[0][1])

    def macs(self, sequences: Shapes) -> Dim:
        macs: Dim = flatten(sequences)[0][1] * self.layer.macs(step_shapes(sequences))
        return macs

    def kept_states(self, sequences: Shapes) -> Dim:
        if not isinstance(self.layer, Layer):
            return 0
        return flatten(sequences)[0][1] * self.layer.kept_states(step_shapes(sequences))

    def states(self, sequences: Shapes) -> Iterable[Weight]:
        return self.layer.states(step_shapes(sequences)) if isinstance(self.layer, Layer) else ()

    def notes(self) -> Iterator[str]:
        yield SAME_WEIGHTS
        yield from self.layer.notes()

    def shape_reason(self, sequences: Any, output: Any) -> str:
        return "The output of the wrapped layer for each time step."

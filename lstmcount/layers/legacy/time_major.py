"""Recurrent layers of Keras 2 with `time_major=True`, which read (timesteps, batch, …)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from lstmcount.layers.base import Layer
from lstmcount.layers.rnn import GRU, LSTM, RNN, SimpleRNN
from lstmcount.shapes import Dim, Shape, Shapes
from lstmcount.summary import Weight

# A msgspec struct can have only one struct as base, so TimeMajor must be a plain mixin.
if TYPE_CHECKING:

    class _Mixin(Layer):
        return_sequences: bool = False

else:
    _Mixin = object


class TimeMajor(_Mixin):
    """Mixin that swaps the first two axes of what a recurrent layer reads and returns."""

    __slots__ = ()

    def check(self, sequences: Shape, initial_state: Shapes = None) -> None:
        super().check(_swapped(sequences))

    def weights(self, sequences: Shape, initial_state: Shapes = None) -> Iterable[Weight]:
        return super().weights(_swapped(sequences))

    def output_shape(self, sequences: Shape, initial_state: Shapes = None) -> Shapes:
        output = super().output_shape(_swapped(sequences))
        if not self.return_sequences:
            return output
        if isinstance(output, list):
            return [_swapped(output[0]), *output[1:]]
        return _swapped(output)

    def macs(self, sequences: Shape, initial_state: Shapes = None) -> Dim:
        return super().macs(_swapped(sequences))

    def kept_states(self, sequences: Shape, initial_state: Shapes = None) -> Dim:
        return super().kept_states(_swapped(sequences))

    def states(self, sequences: Shape, initial_state: Shapes = None) -> Iterator[Weight]:
        yield from super().states(_swapped(sequences))


def _swapped(shape: Any) -> Any:
    return (*shape[1::-1], *shape[2:])


def batch_first(layer: Any, shape: Any) -> Any:
    """The shape of a layer's input with the batch first, as other layers read it.

    >>> batch_first(TimeMajorLSTM(units=4), (7, 2, 3)), batch_first(LSTM(units=4), (7, 2, 3))
    ((2, 7, 3), (7, 2, 3))
    """
    is_time_major = isinstance(getattr(layer, "layer", layer), TimeMajor)
    return _swapped(shape) if is_time_major else shape


class TimeMajorSimpleRNN(TimeMajor, SimpleRNN):
    """SimpleRNN with `time_major=True`."""

    display_name: ClassVar[str | None] = "SimpleRNN"


class TimeMajorLSTM(TimeMajor, LSTM):
    """LSTM with `time_major=True`.

    >>> TimeMajorLSTM(units=4).output_shape((7, 2, 3))
    (2, 4)
    """

    display_name: ClassVar[str | None] = "LSTM"


class TimeMajorGRU(TimeMajor, GRU):
    """GRU with `time_major=True`."""

    display_name: ClassVar[str | None] = "GRU"


class TimeMajorRNN(TimeMajor, RNN):
    """RNN with `time_major=True`."""

    display_name: ClassVar[str | None] = "RNN"

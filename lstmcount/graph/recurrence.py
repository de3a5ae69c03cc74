"""The directions of a recurrent layer, and the cells of each direction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lstmcount.errors import LstmcountError, did_you_mean_or_known
from lstmcount.graph.layer import Node, bound
from lstmcount.layers.legacy.time_major import batch_first
from lstmcount.layers.rnn import RNN
from lstmcount.layers.rnn_cells import Cell, StackedRNNCells
from lstmcount.layers.rnn_wrappers import Bidirectional
from lstmcount.shapes import public, show
from lstmcount.summary import LayerSummary, Summary, matching, why_unknown

RECURRENT = "LSTM, GRU, SimpleRNN, their cells in RNN, or Bidirectional of them"
WITH_CELLS = f"ConvLSTM1D, ConvLSTM2D, ConvLSTM3D, {RECURRENT}"


def is_recurrent(layer: Any) -> bool:
    """Whether a layer runs over vectors: LSTM, GRU, SimpleRNN, or their cells, also if wrapped."""
    if isinstance(layer, Cell):
        return bool(layer.equations())  # cells of other packages may have none
    if isinstance(layer, StackedRNNCells):
        return all(is_recurrent(cell) for cell in layer.cells)
    if isinstance(layer, RNN | Bidirectional):
        return all(is_recurrent(child) for _, child in layer.inner())
    return False


def has_cell(layer: Any) -> bool:
    """Whether a layer's cell has equations: if `is_recurrent`, or if it runs over frames."""
    if isinstance(layer, Bidirectional):
        return all(has_cell(child) for _, child in layer.inner())
    return is_recurrent(layer) or (hasattr(layer, "state_names") and bool(layer.equations()))


def cell_names(layer: Any) -> list[tuple[str, Any]]:
    """Every cell of a layer by its path, in the order in which they run."""
    return [
        (path, cell) for name, inner, _ in directions(layer) for path, cell in cells(inner, name)
    ]


def directions(layer: Any) -> Iterator[tuple[str, Any, bool]]:
    """Each direction: its path, the layer that runs, and whether it runs backwards."""
    if not isinstance(layer, Bidirectional):
        yield "", layer, getattr(layer, "go_backwards", False)
        return
    (forward, first), (backward, second) = layer.inner()
    yield forward, first, first.go_backwards
    mirrored = not first.go_backwards if layer.backward_layer is None else second.go_backwards
    yield backward, second, mirrored


def cells(layer: Any, path: str) -> Iterator[tuple[str, Any]]:
    """The stacked cells of a step, with their paths."""
    if hasattr(layer, "state_names"):
        yield path, layer
        return
    for name, child in layer.inner():
        yield from cells(child, f"{path}/{name}" if path else name)


def sequence_shape(layer: LayerSummary, call: Node | None) -> Any:
    """The shape of the sequence that the layer's last call reads, without its other arguments.

    Raises `LstmcountError` if the layer's weights are for another shape.
    """
    shape = layer.input_shape if call is None else bound(layer.layer, call.args, call.kwargs)[0][0]
    if not isinstance(shape, tuple) or len(shape) not in (2, 3):
        raise LstmcountError(
            f"layer {layer.name!r} reads {show(shape)}; expected a sequence of vectors"
        )
    made = {weight.name: weight.shape for weight in layer.layer.weights(shape)}
    if made != {name: weight.shape for name, weight in layer.named_weights}:
        raise LstmcountError(
            f"layer {layer.name!r} reads {show(shape)}, and its weights are made for another shape"
        )
    return public(batch_first(layer.layer, shape))


def chosen(
    summary: Summary,
    name: str | None,
    does: str,
    is_meant: Callable[[Any], bool] = is_recurrent,
    classes: str = RECURRENT,
) -> LayerSummary:
    """The recurrent layer that `name` (a name, glob or class) selects; without it, the only one.

    Errors say what the command `does` with which `classes`.
    """
    layers = [layer for layer in summary.walk() if not layer.layers]
    recurrent = [layer for layer in layers if is_meant(layer.layer) and layer.weights]
    meant = recurrent if name is None else matching(recurrent, name)
    if len(meant) == 1 or (meant and meant[0].name == name):
        return meant[0]
    if meant:
        names = ", ".join(layer.name for layer in meant)
        raise LstmcountError(f"say which layer with --layer: {names}")
    others = layers if name is None else matching(layers, name)
    if any(is_meant(layer.layer) for layer in others):  # without weights
        raise LstmcountError(why_unknown(summary))
    if name is None:
        raise LstmcountError(f"no layer is recurrent; {does} {classes}")
    if others:
        other = f"{others[0].name!r} ({others[0].class_name})"
        raise LstmcountError(f"layer {other} is not recurrent; {does} {classes}")
    hint = did_you_mean_or_known(name, [layer.name for layer in recurrent or layers])
    raise LstmcountError(f"there is no layer {name!r}.{hint}")

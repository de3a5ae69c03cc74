"""Find out whether Keras can run a recurrent layer on cuDNN's fused kernel, and why not.

The rules are those of Keras 3.15: `LSTM.inner_loop`, `GRU.inner_loop`, `Bidirectional.call`, and
`cudnn_ok`, `lstm` and `gru` in `rnn.py` of each backend. All of them need a GPU. Keras 2 decides as
the TensorFlow backend does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

import msgspec

from lstmcount.config import LayerConfig, inner_layers
from lstmcount.graph.layer import BuiltLayer
from lstmcount.graph.mask_flow import Mask, masked_calls
from lstmcount.graph.model import Model
from lstmcount.layers.arguments import activation_name
from lstmcount.layers.legacy.keras2 import CuDNNLayout
from lstmcount.layers.rnn import GRU, LSTM, RNN, SimpleRNN
from lstmcount.layers.rnn_wrappers import Bidirectional, TimeDistributed
from lstmcount.shapes import Unknown

BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}
_TAKES_MASK = ("tensorflow",)
_RUNS_BOTH_DIRECTIONS = ("jax", "torch")
_DECISIVE = (
    "use_cudnn", "recurrent_dropout", "activation", "recurrent_activation", "unroll", "use_bias",
    "reset_after",
)  # fmt: skip
_USE_CUDNN, _UNROLL = "use_cudnn=False", "unroll=True"
_PADDING = "if masked time steps are at the end of each sequence"
_NO_MASK = "if no mask reaches it"


class Fused(msgspec.Struct, frozen=True):
    """Whether a backend can run a layer on the fused kernel, and the obstacles if it cannot."""

    backend: str
    is_possible: bool
    obstacles: tuple[str, ...] = ()
    condition: str = ""  # what the data must satisfy for the layer to run on the kernel


def fused_kernels(layer: Any, mask: Mask | None = None) -> tuple[Fused, ...]:
    """Whether each backend runs a recurrent layer on cuDNN; () for other layers.

    `mask` tells whether a mask reaches the call.

    >>> from lstmcount.layers.rnn import LSTM
    >>> fused_kernels(LSTM(units=64, activation="relu"))[0].obstacles
    ("activation='relu': cuDNN has tanh only",)
    >>> [fused.is_possible for fused in fused_kernels(LSTM(units=64), Mask.CERTAIN)]
    [True, False, False]
    """
    while isinstance(layer, TimeDistributed):
        layer = layer.layer
    if not isinstance(layer, LSTM | GRU | SimpleRNN | RNN | Bidirectional):
        return ()
    kernels = []
    for backend in BACKENDS:
        refused = mask is Mask.CERTAIN and backend not in _TAKES_MASK
        obstacles = tuple(dict.fromkeys(_obstacles(layer, backend, refused)))
        condition = ""
        if mask is not None and not obstacles:
            condition = _PADDING if backend in _TAKES_MASK else _NO_MASK
        kernels.append(Fused(backend, not obstacles, obstacles, condition))
    return tuple(kernels)


def fused_layers(model: Model) -> dict[BuiltLayer, tuple[Fused, ...]]:
    """The fused kernels of a model's recurrent layers, also in nested models.

    () for a layer of an unknown class, and where it depends on an unknown argument.
    """
    masks: dict[BuiltLayer, Mask | None] = {}
    for node, mask in masked_calls(model):
        if masks.get(node.layer) is not Mask.CERTAIN:
            masks[node.layer] = mask or masks.get(node.layer)
    kernels = {}
    for layer, mask in masks.items():
        fused = fused_kernels(layer.layer, mask)
        if fused or layer.layer is None:
            kernels[layer] = () if _is_undecided(layer.config) else fused
    return kernels


def _is_undecided(config: LayerConfig) -> bool:
    """Whether an argument is unknown that decides whether Keras can use cuDNN."""
    return any(isinstance(config.arguments.get(name), Unknown) for name in _DECISIVE) or any(
        map(_is_undecided, inner_layers(config))
    )


def unfused(layers: Mapping[Any, Sequence[Fused]]) -> int | None:
    """The number of recurrent layers that cannot run on cuDNN, on the model's best backend.

    None if this is not known of a layer.
    """
    if not all(layers.values()):
        return None
    return min(
        sum(
            not fused.is_possible
            for each in layers.values()
            for fused in each
            if fused.backend == backend
        )
        for backend in BACKENDS
    )


def sentences(fused: Sequence[Fused]) -> Iterator[str]:
    """
    >>> from lstmcount.layers.rnn import GRU
    >>> for sentence in sentences(fused_kernels(GRU(units=64))):
    ...     print(sentence)
    On TensorFlow and PyTorch, Keras runs this layer on cuDNN's fused kernel.
    On JAX, Keras cannot run it on cuDNN's fused kernel: GRU has none there.
    """
    ordered = sorted(fused, key=lambda each: (each.obstacles, each.condition))
    for (obstacles, condition), group in groupby(
        ordered, lambda each: (each.obstacles, each.condition)
    ):
        names = [BACKENDS[each.backend] for each in group]
        where = " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
        kernel = "cuDNN's fused kernel"
        if obstacles:
            yield f"On {where}, Keras cannot run it on {kernel}: {'; '.join(obstacles)}."
        else:
            yield f"On {where}, Keras runs this layer on {' '.join((kernel, condition)).rstrip()}."


def _obstacles(layer: Any, backend: str, mask_refused: bool) -> Iterator[str]:
    if isinstance(layer, Bidirectional):
        yield from _obstacles(layer.layer, backend, mask_refused)
        ignored = _ignored_backwards(layer, backend)
        backwards = _obstacles(layer.backward, backend, mask_refused)
        yield from (each for each in backwards if each not in ignored)
    elif isinstance(layer, CuDNNLayout):
        if backend != "tensorflow":
            yield f"only Keras 2 has {layer.class_name}"
    elif isinstance(layer, LSTM | GRU):
        yield from _of_arguments(layer, backend)
        if mask_refused:
            yield "a mask reaches it"
    elif isinstance(layer, SimpleRNN):
        yield "SimpleRNN has none"
    else:
        yield f"RNN runs {layer.cell.class_name} step by step"


def _ignored_backwards(layer: Bidirectional, backend: str) -> tuple[str, ...]:
    """The obstacles of the backward layer that Keras overrides or does not look at.

    `use_cudnn` is that of the forward layer, and where one kernel runs both directions, `unroll`
    is, too.
    """
    forward, backward = layer.layer, layer.backward
    is_one_kernel = (
        backend in _RUNS_BOTH_DIRECTIONS
        and any(isinstance(forward, cls) and isinstance(backward, cls) for cls in (LSTM, GRU))
        and forward.units == backward.units
        and not (forward.stateful or forward.dropout or backward.dropout)
    )
    return (_USE_CUDNN, _UNROLL) if is_one_kernel else (_USE_CUDNN,)


def _of_arguments(layer: LSTM | GRU, backend: str) -> Iterator[str]:
    if isinstance(layer, GRU) and backend == "jax":
        yield "GRU has none there"
    if not layer.use_cudnn:
        yield _USE_CUDNN
    if layer.recurrent_dropout:
        yield f"recurrent_dropout={layer.recurrent_dropout}: cuDNN has none"
    for name, only in (("activation", "tanh"), ("recurrent_activation", "sigmoid")):
        function = _function(getattr(layer, name))
        if function != only:
            yield f"{name}={function!r}: cuDNN has {only} only"
    if layer.unroll:
        yield _UNROLL
    if not layer.use_bias:
        yield "use_bias=False"
    if isinstance(layer, GRU) and not layer.reset_after:
        yield "reset_after=False"


def _function(activation: Any) -> str:
    """The name of an activation function. A program's own function is stored without a module."""
    is_function = isinstance(activation, dict) and activation.get("class_name") == "function"
    if is_function and "module" not in activation:
        return f"<function {activation.get('config')}>"
    return activation_name(activation)

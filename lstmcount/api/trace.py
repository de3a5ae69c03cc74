"""A recurrent layer, run over time."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal, Unpack

import msgspec

from lstmcount.api.opening import (
    Options,
    built,
    opened,
    require_one_of,
    require_path,
    require_positive,
    require_seed,
    require_text,
)
from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import last_call, summarize_model
from lstmcount.graph.recurrence import chosen, sequence_shape
from lstmcount.naming import counted
from lstmcount.tracing import stored, unroll, values
from lstmcount.tracing.arrays import numpy
from lstmcount.tracing.table import About
from lstmcount.tracing.unroll import Trace


class Run(msgspec.Struct, frozen=True):
    """The values of the gates at every step, and what was run."""

    about: About
    trace: Trace


def trace(
    source: Any,
    layer: str | None = None,
    *,
    steps: int | None = None,
    timesteps: int | None = None,
    seed: int = 0,
    weights: Literal["file", "random"] | str = "file",
    input: str | os.PathLike[str] = "random",
    initial: Literal["zeros", "random"] | str = "zeros",
    **options: Unpack[Options],
) -> Run:
    """Run a recurrent layer of the model by its equations, and keep the values of `steps` steps.

    `layer` is a name or a class; the default is the only recurrent layer. `timesteps` is the
    length where the model leaves it open. `weights` are those of the file, if it stores them, or
    random; `input` is random, zeros, or an .npy or .csv file of [timesteps, features]. Arrays have
    the shape (timesteps, units), without the batch axis.

    Raises `LstmcountError` for a source or an input that is wrong. Needs NumPy.

    >>> found = trace({"input_shape": [5, 8], "layers": [{"LSTM": 4}]})
    >>> found.about.timesteps, found.trace.output.shape
    (5, (4,))
    """
    require_positive(steps=steps, timesteps=timesteps)
    require_text(layer=layer)
    require_seed(seed)
    require_one_of("source of weights", weights, ("file", "random"))
    require_one_of("initial state", initial, ("zeros", "random"))
    source = opened(source, options)
    return traced(
        source, layer, options, steps=steps, timesteps=timesteps, seed=seed, weights=weights,
        inputs=require_path(input), initial=initial, is_whole=False,
    )  # fmt: skip


def traced(
    source: Any,
    name: str | None,
    options: Options,
    *,
    steps: int | None,
    timesteps: int | None,
    seed: int,
    weights: str,
    inputs: str,
    initial: str,
    is_whole: bool,
) -> Run:
    """As `trace`, for an open source; with `is_whole`, the values of all steps are kept."""
    model = built(source, options)
    summary = summarize_model(model)
    layer = chosen(summary, name, "trace unrolls")
    shape = sequence_shape(layer, last_call(model, summary, layer))
    length, features = _sizes(layer.name, shape, timesteps)
    own = layer.renamed_weights()
    stored_arrays = None
    if weights == "file" and source.name:  # NumPy's threads rule out a quick fork
        stored_arrays = stored.stored_weights(Path(source.name), summary, layer, own)
    random = numpy().random.default_rng(seed)
    arrays = stored_arrays or values.random_weights(own, layer.layer, random)
    if inputs in ("random", "zeros"):
        length = length or steps
        if length is None:
            raise LstmcountError(
                f"layer {layer.name!r} leaves the number of time steps open: "
                "give --timesteps N or --input FILE"
            )
        shape = (length, features)
        values.require_few(length * features, "inputs")
        sequence = random.standard_normal(shape) if inputs == "random" else numpy().zeros(shape)
    else:
        sequence = values.read_sequence(Path(inputs), length, features)
    states = values.initial_states(layer.layer, initial, random)
    last = None if is_whole else steps
    about = About(
        name=layer.name,
        class_name=layer.class_name,
        timesteps=len(sequence),
        shown=min(steps or len(sequence), len(sequence)),
        seed=seed,
        weights="from the file" if stored_arrays else "random",
        input=inputs,
        initial=initial,
    )
    trace = unroll.unroll(layer.layer, own, arrays, sequence, states, last)
    return Run(about, trace)


def _sizes(layer: str, shape: Any, timesteps: int | None) -> tuple[int | None, int]:
    """The number of time steps (None if unknown) and of features."""
    length = shape[1] if len(shape) == 3 else 1  # a bare cell runs one step
    if timesteps is not None and length is not None and timesteps != length:
        raise LstmcountError(
            f"layer {layer!r} has {counted(length, 'time step')}, not {timesteps:,}"
        )
    return length if timesteps is None else timesteps, shape[-1]

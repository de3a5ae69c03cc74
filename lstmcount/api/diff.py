"""What changed between two models."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Unpack

from lstmcount.api.opening import (
    Options,
    config_of,
    opened,
    reading_of,
    require_positive,
    require_text,
)
from lstmcount.costs.measures import Conditions
from lstmcount.differences import ModelChange, compare
from lstmcount.differences.html import of_change
from lstmcount.differences.profile import Profile, profile
from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import build
from lstmcount.sources import Source, errors_in
from lstmcount.sources.names import name_of

ModelChange.as_html = of_change
MEASURES = ("params", "trainable_params", "size", "macs")


def diff(
    old: Any,
    new: Any = None,
    *,
    base: str | None = None,
    timesteps: int | None = None,
    **options: Unpack[Options],
) -> ModelChange:
    """The layers that were added, removed, renamed or changed from `old` to `new`.

    With `base`, a revision of git, from the state of the file `old` there to its state now. Sizes
    are bytes, MACs are for one sample.

    Raises `LstmcountError` for a source that is wrong.

    >>> old = {"input_shape": [5, 8], "layers": [{"LSTM": 4}]}
    >>> found = diff(old, {"input_shape": [5, 8], "layers": [{"LSTM": 6}]})
    >>> [(layer.name, layer.arguments) for layer in found.layers]
    [('lstm', {'units': (4, 6)})]
    """
    require_positive(timesteps=timesteps)
    require_text(base=base)
    conditions = Conditions(timesteps=timesteps)
    if base is None:
        before = profiled(opened(old, options), conditions, options)
        after = profiled(opened(new, options), conditions, options)
        return compare(name_of(new), before, after, name_of(old))
    if new is not None:
        raise LstmcountError("give two models, or one and the revision `base`")
    from lstmcount.sources.git import source_at

    source = source_at(Path(name_of(old)), base)
    if source is not None:
        reading_of(options).apply(source, name_of(old))
    was = None if source is None else profiled(source, conditions, options)
    return compare(name_of(old), was, profiled(opened(old, options), conditions, options))


def profiled(source: Source, conditions: Conditions, options: Options) -> Profile:
    """The layers and measures of a model, which are compared."""
    with errors_in(source):
        return profile(build(config_of(source, options)), MEASURES, conditions)

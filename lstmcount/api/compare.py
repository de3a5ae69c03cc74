"""Several models side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Unpack

import msgspec

from lstmcount.api.opening import Options, built, opened, require_one_of, require_positive, several
from lstmcount.costs.measures import MEASURES as ALL
from lstmcount.costs.measures import Conditions
from lstmcount.differences.comparison import MEASURES
from lstmcount.differences.html import of_comparison
from lstmcount.differences.profile import Values, values_of
from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import summarize_model
from lstmcount.sources import Source
from lstmcount.sources.names import name_of
from lstmcount.summary import why_unknown


class Compared(msgspec.Struct, frozen=True):
    """The measures of a model; None for one that is not known."""

    source: str
    values: Values


class Comparison(msgspec.Struct, frozen=True):
    """Models in the order of their sources; a notebook shows a table."""

    models: tuple[Compared, ...]

    def _repr_html_(self) -> str:
        return of_comparison([{"path": each.source, **each.values} for each in self.models])


def compare(
    *sources: Any,
    measures: Sequence[str] = MEASURES,
    batch: int | None = None,
    timesteps: int | None = None,
    **options: Unpack[Options],
) -> Comparison:
    """The `measures` of each source: numbers, bytes (size, states) and MACs for one sample.

    Raises `LstmcountError` for a source that is wrong or has an unknown number of parameters.

    >>> lstm = {"input_shape": [5, 8], "layers": [{"LSTM": 4}]}
    >>> gru = {"input_shape": [5, 8], "layers": [{"GRU": 4}]}
    >>> [each.values for each in compare(lstm, gru, measures=["params"]).models]
    [{'params': 208}, {'params': 168}]
    """
    for name in several(measures):
        require_one_of("measure", name, ALL)
    require_positive(batch=batch, timesteps=timesteps)
    conditions = Conditions(batch=batch, timesteps=timesteps)
    if not sources:
        raise LstmcountError("give models to compare")
    return Comparison(
        tuple(
            Compared(name_of(each), measured(opened(each, options), measures, conditions, options))
            for each in sources
        )
    )


def measured(
    source: Source, measures: Sequence[str], conditions: Conditions, options: Options
) -> Values:
    """The measures of one model, whose number of parameters must be known."""
    model = built(source, options)
    values = values_of(model, measures, conditions)
    if values.get("params", 0) is None:
        raise LstmcountError(why_unknown(summarize_model(model)))
    return values

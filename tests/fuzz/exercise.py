"""Everything that lstmcount does with a source; it may raise only `LstmcountError`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lstmcount import LstmcountError
from lstmcount.api.verify import verify_model as verify
from lstmcount.conversion.forms import FORMATS, written
from lstmcount.costs.measures import MEASURES
from lstmcount.costs.totals import costs, with_costs
from lstmcount.differences import compare
from lstmcount.differences import formats as diffs
from lstmcount.differences.profile import profile
from lstmcount.explanation import derive, select
from lstmcount.explanation import markup as explanation_markup
from lstmcount.explanation import text as explanation
from lstmcount.graph.builder import build_partly
from lstmcount.graph.inference import summarize_model
from lstmcount.graph.model import Model
from lstmcount.optimizers import own_optimizer
from lstmcount.renderers import cost_table, records
from lstmcount.renderers.cells import Options
from lstmcount.renderers.columns import COLUMNS, COSTS
from lstmcount.renderers.table import as_text
from lstmcount.sources import Source, of_bytes, place, read


def exercise(name: str, data: bytes) -> None:
    """Summarise the source and, if that succeeds, render, explain, convert, cost, compare it."""
    source = of_bytes(name, data)
    try:
        config: Any = read(source)
    except LstmcountError as error:
        _one_line(place(error, source))
        config = error.partial
    if config is None:
        return
    model, wrong = build_partly(config)
    if wrong is not None:
        _one_line(place(wrong, source))
    for task in TASKS:
        _allowed(lambda task=task: task(model))  # type: ignore[misc]
    for form in FORMATS:
        _allowed(lambda form=form: written(read(of_bytes(name, data)), form))  # type: ignore[misc]
    if source.binary is not None:
        _allowed(lambda: verify(Source(name, binary=data), model))


def _allowed(task: Callable[[], Any]) -> None:
    try:
        task()
    except LstmcountError as error:
        _one_line(error)


def _one_line(error: LstmcountError) -> None:
    text = str(error)
    assert text, "an error without words"
    assert text.isprintable(), f"a terminal would obey {text!r}"


def _render(model: Model) -> None:
    summary = summarize_model(model)
    as_text(summary)
    as_text(summary, Options(line_length=80, expand_nested=True, show_trainable=True))
    for render in records.FORMATS.values():
        render(with_costs(model, summary, COSTS), tuple(COLUMNS))


def _explain(model: Model) -> None:
    summary = summarize_model(model)
    derivations = [derive(layer) for layer in select(summary)]
    explanation.as_json(derivations, summary)
    list(explanation.text(derivations, summary))
    explanation_markup.markdown(derivations, summary)
    explanation_markup.latex(derivations, summary)


def _cost(model: Model) -> None:
    found = costs(model, batch=2, timesteps=3, optimizer=own_optimizer(model.config.training))
    list(cost_table.text(found))
    cost_table.as_json(found)
    records.markdown(cost_table.records(found))


def _diff(model: Model) -> None:
    found = profile(model, list(MEASURES))
    for changes in ([compare("m", found, found)], [compare("m", None, found)]):
        for render in diffs.FORMATS.values():
            render(changes)


TASKS: tuple[Callable[[Model], None], ...] = (_render, _explain, _cost, _diff)

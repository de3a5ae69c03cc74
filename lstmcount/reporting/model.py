"""The report on one model, as plain data for the page."""

from __future__ import annotations

from typing import Any

import msgspec

from lstmcount.budgets.results import Result
from lstmcount.costs.measures import Conditions, Measured, number_of_layers
from lstmcount.escapes import escape
from lstmcount.graph import model as graph
from lstmcount.optimizers import own_optimizer
from lstmcount.reporting.derivations import Derivations
from lstmcount.reporting.memory import Memory, memory
from lstmcount.reporting.rows import ROW, rows
from lstmcount.shapes import Unknown
from lstmcount.summary import Amount, added, count


class Budget(msgspec.Struct, frozen=True):
    """One limit and its state."""

    rule: str
    passed: bool
    text: str
    details: list[str]


class Totals(msgspec.Struct, frozen=True):
    params: int | None
    trainable: int | None
    non_trainable: int | None
    optimizer: int | None  # number of variables of a built optimizer
    bytes: int | None
    macs: Amount
    layers: int


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """The data of one source; `rows` hold one list per layer, with the fields of `columns`."""

    source: str
    name: str
    class_name: str
    is_graph: bool
    totals: Totals
    notes: list[str]
    columns: tuple[str, ...] = ROW
    rows: list[list[Any]]
    derivations: list[dict[str, Any]]
    memory: Memory
    budgets: list[Budget] | None
    budget_notes: list[str]


def model_of(
    source: str,
    model: graph.Model,
    *,
    timesteps: int | None = None,
    optimizer: Any = None,
    budgets: Result | None = None,
) -> Model:
    """The data of one model; `budgets` is the result of `check`, None without a budget.

    >>> from lstmcount.graph.builder import build
    >>> from lstmcount.readers.spec.reader import read_spec
    >>> dense = build(read_spec({"input_shape": [5], "layers": [{"Dense": 3}]}))
    >>> model = model_of("a.yaml", dense)
    >>> model.totals.params, model.totals.macs.value
    (18, 15)
    """
    derivations = Derivations()
    measured = Measured(model, Conditions(timesteps=timesteps))
    summary = measured.summary
    layer_rows = rows(measured, derivations)
    chosen = own_optimizer(model.config.training) if optimizer is None else optimizer
    return Model(
        source=escape(source),
        name=escape(summary.name),
        class_name=escape(summary.class_name),
        is_graph=summary.is_graph,
        totals=Totals(
            params=whole(summary.total_params),
            trainable=whole(summary.trainable_params),
            non_trainable=whole(summary.non_trainable_params),
            optimizer=None if summary.optimizer is None else count(summary.optimizer),
            bytes=whole(summary.size_bytes),
            macs=_macs(layer_rows, measured),
            layers=number_of_layers(summary),
        ),
        notes=[escape(note) for note in summary.notes],
        rows=layer_rows,
        derivations=derivations.records,
        memory=memory(model, measured.timesteps, chosen),
        budgets=_budgets(budgets),
        budget_notes=_budget_notes(budgets),
    )


def whole(value: Any) -> int | None:
    return None if isinstance(value, Unknown) else value


def _macs(layer_rows: list[list[Any]], measured: Measured) -> Amount:
    """The sum over the model's own layers; per time step while the sequence length is unknown."""
    depth, macs, per_step = (ROW.index(name) for name in ("depth", "macs", "macs_per_step"))
    own = [row for row in layer_rows if not row[depth]]
    values = [row[macs] for row in own]
    unlisted = measured.of_unlisted["macs"] if measured.model.unlisted_operations else Amount(0)
    if None not in values:
        return added([Amount(sum(values)), unlisted])
    if unlisted.value != 0:
        return Amount(None)
    steps = [row[per_step] for row in own if row[macs] is None]
    fixed = sum(value or 0 for value in values)
    return Amount(None, None if None in steps or fixed else sum(steps))


def _budgets(result: Result | None) -> list[Budget] | None:
    if result is None:
        return None
    return [
        Budget(check.rule, check.passed, escape(check.text), [escape(d) for d in check.details])
        for check in result.checks
    ]


def _budget_notes(result: Result | None) -> list[str]:
    if result is None:
        return []
    return [escape(text) for text in (*([result.error] if result.error else ()), *result.notes)]

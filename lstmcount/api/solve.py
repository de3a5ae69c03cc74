"""The sizes with which a model meets limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Unpack

import msgspec

from lstmcount.api.opening import Options, built, opened, require_one_of, settings_of
from lstmcount.costs.amounts import parse_bytes, parse_count
from lstmcount.design.ranges import parse_variable
from lstmcount.design.solve import (
    Goal,
    Solution,
    nearest_combinations,
    neighbours,
    pareto_front,
    solve_one,
)
from lstmcount.design.template import Template
from lstmcount.differences.profile import values_of
from lstmcount.errors import LstmcountError
from lstmcount.escapes import escape
from lstmcount.sources import Source, errors_in
from lstmcount.sources.names import name_of

MEASURES = {"params": parse_count, "macs": parse_count, "size": parse_bytes}
SIDES = {"below": "max", "above": "min"}

Ranges = dict[str, Any]  # variables, and their values in a sequence; None for any
Measure = Literal["params", "macs", "size"]


class Solved(msgspec.Struct, frozen=True):
    """The solutions, best first; if there are none, those that come nearest to one exact limit."""

    goals: tuple[Goal, ...]
    solutions: tuple[Solution, ...]
    nearest: tuple[Solution, ...] = ()


def solve(
    source: Any,
    *wanted: str,
    like: Any = None,
    by: Measure = "params",
    side: Literal["below", "above"] | None = None,
    max_params: int | str | None = None,
    max_macs: int | str | None = None,
    max_size: int | str | None = None,
    min_params: int | str | None = None,
    min_macs: int | str | None = None,
    min_size: int | str | None = None,
    exact_params: int | str | None = None,
    exact_macs: int | str | None = None,
    exact_size: int | str | None = None,
    **options: Unpack[Options],
) -> Solved:
    """The largest values of variables within limits, or the smallest if all limits are `min`.

    `wanted` are variables such as `units`, `lstm.units` or `units=32..1024:32`; of several, the
    solutions that cannot be bettered in one variable without giving up another. Sizes are bytes,
    MACs are for one sample; limits may be texts such as 250k or 4MB. With `like`, the size whose
    measure `by` is nearest to that of another model, on one `side` of it if that is given.

    Raises `LstmcountError` for a source that is wrong, and for limits that contradict each other.

    >>> spec = {"input_shape": [5, 126], "layers": [{"LSTM": 64}]}
    >>> solve(spec, "lstm.units", max_params="50k").solutions[0].values
    {'lstm.units': 65}
    """
    require_one_of("measure", by, MEASURES)
    for name in wanted:
        if not isinstance(name, str):
            raise LstmcountError(f"expected the name of a variable, got {type(name).__name__}")
    limits = {
        "max_params": max_params, "max_macs": max_macs, "max_size": max_size,
        "min_params": min_params, "min_macs": min_macs, "min_size": min_size,
        "exact_params": exact_params, "exact_macs": exact_macs, "exact_size": exact_size,
    }  # fmt: skip
    goals = []
    for limit, value in limits.items():
        if value is not None:
            bound, _, measure = limit.partition("_")
            goals.append(Goal(bound, measure, MEASURES[measure](value)))
    if (like is None) == (not goals):
        raise LstmcountError("give a limit such as max_params=1_000_000, or like, a model")
    if like is not None:
        goals = [Goal(SIDES[side] if side else "near", by, amount_of(like, by))]
    return solved(opened(source, options), separated(wanted), goals, options)


def solved(
    source: Source, wanted: Sequence[str], goals: Sequence[Goal], options: Options
) -> Solved:
    """As `solve`, for an open source."""
    ranges = dict(map(parse_variable, wanted))
    if not ranges:
        raise LstmcountError("give a variable, such as units or lstm.units=32..1024:32")
    with errors_in(source):
        template = Template(source, tuple(ranges), settings_of(options))
        answers = _answers(template, ranges, goals)
        nearest = [] if answers else _near(template, ranges, goals)
    return Solved(tuple(goals), tuple(answers), tuple(nearest))


def amount_of(like: Any, measure: str) -> int:
    """The other model's value of the measure."""
    amount = values_of(built(opened(like, {}), {}), [measure])[measure]
    if amount is None:
        raise LstmcountError(f"the {measure} of {escape(name_of(like))} are not known")
    return amount


def separated(wanted: Sequence[str]) -> list[str]:
    """Split `units,depth=1..8` into two variables; in `units=8,16` the comma separates values."""
    variables: list[str] = []
    for text in wanted:
        for part in text.split(","):
            if variables and part.strip().isdigit() and "=" in variables[-1]:
                variables[-1] += f",{part}"
            else:
                variables.append(part)
    return variables


def _answers(template: Template, ranges: Ranges, goals: Sequence[Goal]) -> list[Solution]:
    for name, values in ranges.items() if len(ranges) > 1 else ():
        if values is None:
            raise LstmcountError(f"of several variables each needs a range: {name}=LOW..HIGH")
    if goals[0].bound == "near":
        nearest = _near(template, ranges, goals)
        return sorted(nearest, key=lambda size: goals[0].distance(size.measures))[:1]
    if len(ranges) > 1:
        return pareto_front(template, ranges, goals)
    ((name, values),) = ranges.items()
    answer = solve_one(template, name, goals, values)
    return [] if answer is None else [answer]


def _near(template: Template, ranges: Ranges, goals: Sequence[Goal]) -> list[Solution]:
    """For one amount, the values that give the nearest amounts below and above it."""
    if len(goals) > 1 or goals[0].bound not in ("exact", "near"):
        return []
    if len(ranges) > 1:
        return nearest_combinations(template, ranges, goals[0])
    ((name, values),) = ranges.items()
    return neighbours(template, name, goals[0].measure, goals[0].amount, values)

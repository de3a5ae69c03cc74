"""Budgets: what a model may weigh, and whether it does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from lstmcount.amounts import parse_bytes, parse_count
from lstmcount.errors import LstmcountError, Path, did_you_mean
from lstmcount.summary import Summary


class Measure(msgspec.Struct, frozen=True):
    """Something that a budget can bound."""

    label: str
    of: Callable[[Summary], int]
    parse: Callable[[Any], int] = parse_count
    unit: str = ""


MEASURES: dict[str, Measure] = {
    "params": Measure("params", lambda summary: summary.total_params),
    "trainable_params": Measure("trainable params", lambda summary: summary.trainable_params),
    "non_trainable_params": Measure(
        "non-trainable params", lambda summary: summary.non_trainable_params
    ),
    "size": Measure("size", lambda summary: summary.size_bytes, parse_bytes, " bytes"),
}
BOUNDS = {"max": ">", "min": "<", "exact": "!="}


class Limit(msgspec.Struct, frozen=True):
    """One bound on one measure, and where it was set."""

    bound: str  # max, min or exact
    measure: str
    amount: int
    path: Path = ()

    @property
    def name(self) -> str:
        return f"{self.bound}_{self.measure}"


class Verdict(msgspec.Struct, frozen=True):
    """A limit held against a model."""

    limit: Limit
    actual: int

    @property
    def passed(self) -> bool:
        bound, amount = self.limit.bound, self.limit.amount
        if bound == "max":
            return self.actual <= amount
        return self.actual >= amount if bound == "min" else self.actual == amount

    def __str__(self) -> str:
        """params 203,459 > 200,000 (over by 3,459, +1.7%)"""
        limit = self.limit
        measure = MEASURES[limit.measure]
        sign = BOUNDS[limit.bound] if not self.passed else {"max": "<=", "min": ">="}.get(
            limit.bound, "=="
        )  # fmt: skip
        text = f"{measure.label} {self.actual:,} {sign} {limit.amount:,}{measure.unit}"
        distance = self.actual - limit.amount
        if self.passed or not distance:
            return text
        share = f", {distance / limit.amount:+.1%}" if limit.amount else ""
        return f"{text} ({'over' if distance > 0 else 'under'} by {abs(distance):,}{share})"


def parse_budget(budget: Any, path: Path = ("budget",)) -> list[Limit]:
    """The limits of a `budget:` block such as `{max_params: 250k}`."""
    if not isinstance(budget, dict) or not budget:
        raise LstmcountError(
            f"expected a budget such as max_params: 250k, got {budget!r}", path=path
        )
    return [parse_limit(str(key), value, (*path, str(key))) for key, value in budget.items()]


def parse_limit(key: str, value: Any, path: Path = ()) -> Limit:
    bound, _, measure = key.partition("_")
    if bound not in BOUNDS or measure not in MEASURES:
        known = [f"{b}_{m}" for b in BOUNDS for m in MEASURES]
        hint = did_you_mean(key, known) or f" Known: {', '.join(known)}."
        raise LstmcountError(f"unknown budget {key!r}.{hint}", path=path)
    try:
        return Limit(bound, measure, MEASURES[measure].parse(value), path)
    except LstmcountError as error:
        raise error.at(*path) from None


def judge(summary: Summary, limits: list[Limit]) -> list[Verdict]:
    return [Verdict(limit, MEASURES[limit.measure].of(summary)) for limit in limits]

"""The result of each source: records that all reports render."""

from __future__ import annotations

import msgspec

from lstmcount.errors import Location
from lstmcount.naming import counted


class Share(msgspec.Struct, frozen=True):
    """One of the largest layers."""

    layer: str
    class_name: str
    value: int
    share: float  # share of the whole, 0 to 1


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One limit checked for one model; `budget` has line and column only if the check failed."""

    rule: str
    passed: bool
    text: str
    measure: str
    actual: int
    allowed: int
    budget: Location
    layer: str | None = None
    base: int | None = None
    message: str | None = None
    cause: str | None = None  # the layer to look at, if the budget is for the whole model
    cause_layer: str | None = None
    cause_at: Location | None = None

    @property
    def details(self) -> list[str]:
        return [part for part in (self.cause, self.message) if part]


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One source: its checks, or the error that prevented them."""

    source: str
    checks: tuple[Check, ...] = ()
    error: str | None = None
    error_at: Location = Location()
    notes: tuple[str, ...] = ()
    largest: tuple[Share, ...] = ()
    is_unchanged: bool = False  # all measured numbers equal those of the base

    @property
    def failures(self) -> list[Check]:
        return [check for check in self.checks if not check.passed]


class Totals(msgspec.Struct):
    """Counts over all results; the results themselves are not kept in memory."""

    models: int = 0
    checks: int = 0
    failed: int = 0
    failed_models: int = 0
    errors: int = 0
    unchanged: int = 0

    def add(self, result: Result) -> None:
        failures = len(result.failures)
        self.models += 1
        self.checks += len(result.checks)
        self.failed += failures
        self.failed_models += failures > 0
        self.errors += result.error is not None
        self.unchanged += result.is_unchanged

    def __str__(self) -> str:
        parts = [counted(self.models, "model"), f"{self.failed_models:,} over budget"]
        if self.unchanged:
            parts.append(f"{self.unchanged:,} unchanged")
        if self.errors:
            parts.append(f"{self.errors:,} could not be checked")
        return ", ".join(parts)

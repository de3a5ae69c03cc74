"""What a CI system shows of a result: the error or the failed checks, each in a file."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec

from lstmcount.budgets.reports.paths import file_of, repository_path
from lstmcount.budgets.results import Check, Result
from lstmcount.errors import Location

UNREADABLE = "unreadable"


class Problem(msgspec.Struct, frozen=True):
    """An error or a failed check of a source; `lines` are not escaped."""

    rule: str
    lines: list[str]
    place: Location
    source: str
    check: Check | None = None

    @property
    def file(self) -> str:
        return file_of(self.place, self.source)

    @property
    def fingerprint(self) -> str:
        """The problem's identity, which stays the same when lines move."""
        layer = (self.check and self.check.layer) or ""
        parts = (self.rule, repository_path(self.source), self.file, layer)
        return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def problems(result: Result) -> Iterator[Problem]:
    if result.error is not None:
        yield Problem(UNREADABLE, [result.error], result.error_at, result.source)
    for check in result.failures:
        lines = [f"{repository_path(result.source)}: {check.text}", *check.details]
        yield Problem(check.rule, lines, check.budget, result.source, check)

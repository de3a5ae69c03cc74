"""GitHub Actions: workflow commands that become annotations in the pull request."""

from __future__ import annotations

from lstmcount.budgets.results import Check, Result, Totals
from lstmcount.errors import escape
from lstmcount.renderers.reports import Write
from lstmcount.renderers.reports.paths import file_of, repository_path

SHOWN = 10  # what GitHub shows of each kind in one step


class Report:
    def __init__(self, write: Write) -> None:
        self.write = write
        self.errors = 0

    def add(self, result: Result) -> None:
        if result.error is not None:
            place = result.error_at
            file = file_of(place, result.source)
            self._error(file, place.line, place.column, "lstmcount", escape(result.error))
        for check in result.failures:
            self._failure(result.source, check)

    def _failure(self, source: str, check: Check) -> None:
        parts = [f"{repository_path(source)}: {check.text}", *check.details]
        message = "\n".join(escape(part) for part in parts)
        budget = check.budget
        file = file_of(budget, source)
        self._error(file, budget.line, budget.column, f"lstmcount {check.rule}", message)

    def _error(
        self, file: str, line: int | None, column: int | None, title: str, message: str
    ) -> None:
        self.errors += 1
        if self.errors > SHOWN:
            return
        given = {"file": file, "line": line, "col": column, "title": title}
        properties = ",".join(f"{key}={_property(v)}" for key, v in given.items() if v is not None)
        self.write(f"::error {properties}::{_data(message)}\n")

    def end(self, totals: Totals) -> None:
        if self.errors > SHOWN:
            more = self.errors - SHOWN
            self.write(f"::notice title=lstmcount::… and {more:,} more; see the log\n")


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: object) -> str:
    return _data(escape(str(value))).replace(":", "%3A").replace(",", "%2C")

"""GitHub Actions: workflow commands that become annotations in the pull request."""

from __future__ import annotations

from lstmcount.budgets.reports.base import Write
from lstmcount.budgets.reports.paths import file_of, repository_path
from lstmcount.budgets.results import Check, Result, Totals
from lstmcount.escapes import for_workflow, for_workflow_property

SHOWN = 10  # GitHub's limit for each kind of annotation in one step


class Report:
    def __init__(self, write: Write) -> None:
        self.write = write
        self.errors = 0

    def add(self, result: Result) -> None:
        if result.error is not None:
            place = result.error_at
            file = file_of(place, result.source)
            self._error(file, place.line, place.column, "lstmcount", [result.error])
        for check in result.failures:
            self._failure(result.source, check)

    def _failure(self, source: str, check: Check) -> None:
        parts = [f"{repository_path(source)}: {check.text}", *check.details]
        budget = check.budget
        file = file_of(budget, source)
        self._error(file, budget.line, budget.column, f"lstmcount {check.rule}", parts)

    def _error(
        self, file: str, line: int | None, column: int | None, title: str, lines: list[str]
    ) -> None:
        self.errors += 1
        if self.errors > SHOWN:
            return
        properties_by_name = {"file": file, "line": line, "col": column, "title": title}
        properties = ",".join(
            f"{key}={for_workflow_property(str(value))}"
            for key, value in properties_by_name.items()
            if value is not None
        )
        self.write(f"::error {properties}::{for_workflow(lines)}\n")

    def end(self, totals: Totals) -> None:
        if self.errors > SHOWN:
            more = self.errors - SHOWN
            self.write(f"::notice title=lstmcount::… and {more:,} more; see the log\n")

"""A table of what failed, for step summaries and pull-request comments."""

from __future__ import annotations

from lstmcount.budgets.reports.base import Write
from lstmcount.budgets.reports.paths import repository_path
from lstmcount.budgets.reports.text import budget_place
from lstmcount.budgets.results import Result, Totals
from lstmcount.escapes import for_markdown_cell
from lstmcount.naming import counted
from lstmcount.renderers.markdown import head, row

MAX_ROWS = 500


class Report:
    def __init__(self, write: Write) -> None:
        self.write = write
        self.rows = 0

    def add(self, result: Result) -> None:
        source = repository_path(result.source)
        if result.error is not None:
            self._row(source, "error", result.error, "")
        for check in result.failures:
            place = budget_place(check) or check.rule
            self._row(source, place, check.text, "; ".join(check.details))

    def _row(self, *cells: str) -> None:
        self.rows += 1
        if self.rows > MAX_ROWS:
            return
        if self.rows == 1:
            self.write("### lstmcount: over budget\n\n")
            self.write("\n".join(head(["model", "budget", "result", "look at"])) + "\n")
        self.write(row(map(for_markdown_cell, cells)) + "\n")

    def end(self, totals: Totals) -> None:
        if not self.rows:
            self.write("### lstmcount: within budget\n")
        if self.rows > MAX_ROWS:
            self.write(f"\n… and {self.rows - MAX_ROWS:,} more\n")
        self.write(f"\n{counted(totals.checks, 'check')}: {totals}\n")

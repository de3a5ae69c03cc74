"""GitHub Actions: workflow commands that become annotations in the pull request."""

from __future__ import annotations

from lstmcount.budgets.reports.base import Write
from lstmcount.budgets.reports.problems import problems
from lstmcount.budgets.results import Result, Totals
from lstmcount.escapes import for_workflow, for_workflow_property

SHOWN = 10  # GitHub's limit for each kind of annotation in one step


class Report:
    def __init__(self, write: Write) -> None:
        self.write = write
        self.errors = 0

    def add(self, result: Result) -> None:
        for problem in problems(result):
            self.errors += 1
            if self.errors > SHOWN:
                continue
            properties_by_name = {
                "file": problem.file,
                "line": problem.place.line,
                "col": problem.place.column,
                "title": "lstmcount" if problem.check is None else f"lstmcount {problem.rule}",
            }
            properties = ",".join(
                f"{key}={for_workflow_property(str(value))}"
                for key, value in properties_by_name.items()
                if value is not None
            )
            self.write(f"::error {properties}::{for_workflow(problem.lines)}\n")

    def end(self, totals: Totals) -> None:
        if self.errors > SHOWN:
            more = self.errors - SHOWN
            self.write(f"::notice title=lstmcount::… and {more:,} more; see the log\n")

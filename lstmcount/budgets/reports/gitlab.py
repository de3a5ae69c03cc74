"""GitLab Code Quality: an array of issues."""

from __future__ import annotations

from typing import Any

from lstmcount.budgets.reports.base import Write
from lstmcount.budgets.reports.problems import problems
from lstmcount.budgets.results import Result, Totals
from lstmcount.escapes import escape
from lstmcount.renderers.records import to_json


class Report:
    def __init__(self, write: Write) -> None:
        self.write = write
        self.separator = "[\n"

    def add(self, result: Result) -> None:
        for problem in problems(result):
            text = "; ".join(map(escape, problem.lines))
            issue: dict[str, Any] = {
                "description": f"{problem.rule}: {text}",
                "check_name": f"lstmcount/{problem.rule}",
                "fingerprint": problem.fingerprint,
                "severity": "critical" if problem.check is None else "major",
                "location": {"path": problem.file, "lines": {"begin": problem.place.line or 1}},
            }
            text = to_json(issue).rstrip("\n").replace("\n", "\n  ")
            self.write(f"{self.separator}  {text}")
            self.separator = ",\n"

    def end(self, totals: Totals) -> None:
        self.write("[]\n" if self.separator == "[\n" else "\n]\n")

"""GitLab Code Quality: an array of issues."""

from __future__ import annotations

from typing import Any

from lstmcount.budgets.reports.base import Write
from lstmcount.budgets.reports.fingerprints import fingerprint
from lstmcount.budgets.reports.paths import file_of, repository_path
from lstmcount.budgets.results import Check, Result, Totals
from lstmcount.escapes import escape
from lstmcount.renderers.records import to_json


class Report:
    def __init__(self, write: Write) -> None:
        self.write = write
        self.separator = "[\n"

    def add(self, result: Result) -> None:
        if result.error is not None:
            place = result.error_at
            path = file_of(place, result.source)
            self._issue(
                "unreadable", escape(result.error), "critical", path, place.line, result.source
            )
        for check in result.failures:
            self._failure(result.source, check)

    def _failure(self, source: str, check: Check) -> None:
        parts = [f"{repository_path(source)}: {check.text}", *check.details]
        self._issue(
            check.rule,
            "; ".join(escape(part) for part in parts),
            "major",
            file_of(check.budget, source),
            check.budget.line,
            source,
            check.layer or "",
        )

    def _issue(
        self,
        rule: str,
        text: str,
        severity: str,
        path: str,
        line: int | None,
        source: str,
        layer: str = "",
    ) -> None:
        issue: dict[str, Any] = {
            "description": f"{rule}: {text}",
            "check_name": f"lstmcount/{rule}",
            "fingerprint": fingerprint(rule, repository_path(source), path, layer),
            "severity": severity,
            "location": {"path": path, "lines": {"begin": line or 1}},
        }
        text = to_json(issue).rstrip("\n").replace("\n", "\n  ")
        self.write(f"{self.separator}  {text}")
        self.separator = ",\n"

    def end(self, totals: Totals) -> None:
        self.write("[]\n" if self.separator == "[\n" else "\n]\n")

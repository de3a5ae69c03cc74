"""Text: one line per check; below a failure, where the budget is set and what to look at."""

from __future__ import annotations

from collections.abc import Callable

from lstmcount.budgets.reports.base import Write
from lstmcount.budgets.results import Check, Result, Totals
from lstmcount.escapes import escape

_BAR = 30


def plain(word: str) -> str:
    return word


class Report:
    quiet = False  # passed checks are not shown
    errors = True  # only this report shows checks that were not possible

    def __init__(self, write: Write) -> None:
        self.write = write
        self.mark: Callable[[str], str] = plain  # colours the word that says how it went

    def add(self, result: Result) -> None:
        source = escape(result.source)
        if result.error is not None and self.errors:
            self.write(f"{self.mark('ERROR')} {escape(result.error)}\n")
        for check in result.checks:
            if not check.passed:
                first, *others = failure_lines(source, check)
                first = self.mark("FAIL") + first.removeprefix("FAIL")
                self.write("".join(f"{line}\n" for line in (first, *others)))
            elif not self.quiet:
                self.write(f"{self.mark('ok')}   {source}: {escape(check.text)}\n")
        if not self.quiet:
            for note in result.notes:
                self.write(f"{self.mark('note')} {source}: {escape(note)}\n")
        for share in result.largest:
            bar = "#" * max(1, round(share.share * _BAR))
            name = escape(f"{share.layer} ({share.class_name})")
            self.write(f"     {bar:<{_BAR}} {share.share:6.1%} {share.value:>14,}  {name}\n")

    def end(self, totals: Totals) -> None:
        if totals.models > 1:
            self.write(f"{totals}\n")


def failure_lines(source: str, check: Check) -> list[str]:
    lines = [f"FAIL {source}: {escape(check.text)}"]
    where = budget_place(check)
    if where:
        lines.append(f"     {where}: {check.rule}")
    lines += [f"     {escape(part)}" for part in check.details]
    return lines


def budget_place(check: Check) -> str:
    """path:line:column of the budget."""
    budget = check.budget
    if budget.source is None:
        return ""
    parts = [escape(budget.source), budget.line, budget.column]
    return ":".join(str(part) for part in parts if part is not None)

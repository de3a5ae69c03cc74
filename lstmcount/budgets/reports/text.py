"""Text: one line per check; below a failure, where the budget is set and what to look at."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lstmcount.budgets.reports.base import Write
from lstmcount.budgets.results import Check, Result, Share, Totals
from lstmcount.escapes import escape
from lstmcount.renderers.lines import aligned, folded

_BAR = 30
_BESIDE_BARS = 50  # columns for the numbers and the name


def plain(word: str) -> str:
    return word


class Report:
    quiet = False  # passed checks are not shown
    unchanged = True  # passed checks of unchanged sources are shown, too
    room: int | None = None  # columns of the terminal
    errors = True  # other reports leave out checks that were not possible

    def __init__(self, write: Write) -> None:
        self.write = write
        self.mark: Callable[[str], str] = plain  # colours the word ok or FAIL

    def add(self, result: Result) -> None:
        source = escape(result.source)
        if result.error is not None and self.errors:
            self._say("ERROR", f" {escape(result.error)}")
        for check in result.checks:
            if not check.passed:
                first, *others = failure_lines(source, check)
                self._say("FAIL", first.removeprefix("FAIL"))
                for line in others:
                    self._say("", line)
            elif not self.quiet and (self.unchanged or not result.is_unchanged):
                self._say("ok", f"   {source}: {escape(check.text)}")
        if not self.quiet:
            for note in result.notes:
                self._say("note", f" {source}: {escape(note)}")
        if result.largest:
            self._bars(result.largest)

    def _say(self, word: str, text: str) -> None:
        first, *others = folded([word + text], self.room)
        mark = self.mark(word) if word else ""
        self.write("".join(f"{line}\n" for line in (mark + first.removeprefix(word), *others)))

    def _bars(self, shares: Sequence[Share]) -> None:
        """The largest layers, with bars as long as the room allows."""
        longest = _BAR if self.room is None else max(0, min(_BAR, self.room - _BESIDE_BARS))
        rows = [
            [
                *(["#" * max(1, round(share.share * longest))] if longest else []),
                f"{share.share:.1%}",
                f"{share.value:,}",
                escape(f"{share.layer} ({share.class_name})"),
            ]
            for share in shares
        ]
        indent = "     " if longest else "  "
        room = None if self.room is None else self.room - len(indent)
        for lines in aligned(rows, "lrrl" if longest else "rrl", room, repeated=len(rows[0]) - 1):
            self.write("".join(f"{indent}{line}\n" for line in lines))

    def end(self, totals: Totals) -> None:
        if totals.models > 1:
            self._say("", str(totals))


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

"""The reports that `check` writes, and their files."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import click

from lstmcount.budgets.reports import FORMATS
from lstmcount.budgets.reports.base import Report
from lstmcount.budgets.reports.text import Report as TextReport
from lstmcount.budgets.results import Result, Totals
from lstmcount.cli.output import Output, open_output
from lstmcount.cli.pipes import tidily
from lstmcount.cli.progress import clear
from lstmcount.cli.terminal import print_error, wants_color, width

_COLORS = {"ok": "green", "FAIL": "red", "ERROR": "red", "note": "cyan"}
_LINES = {"text", "github"}  # formats whose lines may stand between those of others
MAX_STEP_SUMMARY = 1000 * 2**10  # GitHub discards a summary larger than 1 MiB


class Reports:
    """All reports of one run."""

    def __init__(self, reports: list[Report]) -> None:
        self.reports = reports

    def add(self, result: Result) -> None:
        if result.error is not None:
            clear()
            print_error(result.error)
        for report in self.reports:
            report.add(result)

    def end(self, totals: Totals) -> None:
        for report in self.reports:
            report.end(totals)


@contextmanager
def reports_for(
    fmt: str | None,
    output: str | None,
    more: tuple[str, ...],
    quiet: bool,
    color: str,
    unchanged: bool,
) -> Iterator[Reports]:
    """The requested reports. Files are opened first and get their final names on success."""
    wanted = [(fmt or "text", output or "-"), *map(_named, more)]
    _refuse_mixtures(wanted)
    if fmt is None and output is None and os.environ.get("GITHUB_ACTIONS") == "true":
        wanted.append(("github", "-"))
    outputs: list[Output] = []
    try:
        reports = []
        for name, file in wanted:
            outputs.append(open_output(file))
            report = FORMATS[name](_echo if file == "-" else outputs[-1].write)
            if isinstance(report, TextReport):
                report.quiet, report.errors = quiet, file != "-"
                report.unchanged = unchanged
                report.room = width(None if file == "-" else file)
                if file == "-" and wants_color(color):
                    report.mark = _colored
            reports.append(report)
        with tidily(), ExitStack() as stack:
            if summary := os.environ.get("GITHUB_STEP_SUMMARY"):
                reports.append(stack.enter_context(_step_summary(summary)))
            yield Reports(reports)
        for opened in outputs:
            opened.commit()
    finally:
        for opened in outputs:
            opened.discard()


def _refuse_mixtures(wanted: list[tuple[str, str]]) -> None:
    """Refuse two reports in one file, which would be neither; only lines of a log may mix."""
    formats: dict[str, list[str]] = {}
    for name, file in wanted:
        formats.setdefault(file, []).append(name)
    for file, names in formats.items():
        if len(names) > 1 and not _LINES.issuperset(names):
            where = "standard output" if file == "-" else file
            raise click.UsageError(
                f"the reports {' and '.join(names)} cannot go to {where} together; "
                f"give one a file: --report {names[-1]}=FILE"
            )


def _echo(text: str) -> None:
    clear()
    click.echo(text, nl=False, color=True)


def _colored(word: str) -> str:
    return click.style(word, fg=_COLORS[word], bold=True)


def _named(value: str) -> tuple[str, str]:
    fmt, equals, file = value.partition("=")
    if fmt not in FORMATS or not equals or not file:
        raise click.BadParameter(
            f"expected FORMAT=FILE such as sarif=lstmcount.sarif, got {value!r}; formats: "
            + ", ".join(FORMATS),
            param_hint="--report",
        )
    return fmt, file


@contextmanager
def _step_summary(file: str) -> Iterator[Report]:
    """Append Markdown to the step summary, up to GitHub's limit."""
    lines: list[str] = []
    yield FORMATS["markdown"](lines.append)
    text, used = "".join(lines), os.path.getsize(file) if os.path.exists(file) else 0
    if used + len(text.encode()) < MAX_STEP_SUMMARY:
        with open(file, "a", encoding="utf-8") as stream:
            stream.write(text)

"""JUnit XML: one suite per model, one case per check, passed ones included."""

from __future__ import annotations

from lstmcount.budgets.reports.base import Write
from lstmcount.budgets.reports.paths import file_of, repository_path
from lstmcount.budgets.results import Check, Result, Totals
from lstmcount.escapes import for_xml


class Report:
    def __init__(self, write: Write) -> None:
        self.write = write
        self.write('<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="lstmcount">\n')

    def add(self, result: Result) -> None:
        path = repository_path(result.source)
        classname = path.rpartition(".")[0].replace("/", ".") or path
        errors = int(result.error is not None)
        tests, failures = len(result.checks) + errors, len(result.failures)
        lines = [
            f' <testsuite name={_attribute(path)} tests="{tests}" '
            f'failures="{failures}" errors="{errors}" skipped="0">'
        ]
        if result.error is not None:
            text = _attribute(result.error)
            lines += [
                f'  <testcase classname={_attribute(classname)} name="readable">',
                f'   <error message={text} type="error"/>',
                "  </testcase>",
            ]
        for check in result.checks:
            lines += _case(check, classname, result.source)
        lines.append(" </testsuite>\n")
        self.write("\n".join(lines))

    def end(self, totals: Totals) -> None:
        self.write("</testsuites>\n")


def _case(check: Check, classname: str, source: str) -> list[str]:
    name = f"{check.rule} {check.layer}" if check.layer else check.rule
    head = f"  <testcase classname={_attribute(classname)} name={_attribute(name)}"
    if check.passed:
        return [head + "/>"]
    place = f"{file_of(check.budget, source)}:{check.budget.line or 1}"
    details = "\n".join(map(for_xml, (place, *check.details)))
    return [
        head + ">",
        f'   <failure message={_attribute(check.text)} type="budget">{details}</failure>',
        "  </testcase>",
    ]


def _attribute(text: str) -> str:
    return f'"{for_xml(text)}"'

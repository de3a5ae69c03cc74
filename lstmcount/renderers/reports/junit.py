"""JUnit XML: a suite a model, a case a budget, those that passed too."""

from __future__ import annotations

import re
from xml.sax.saxutils import quoteattr

from lstmcount.budgets.results import Check, Result, Totals
from lstmcount.errors import escape
from lstmcount.renderers.reports import Write
from lstmcount.renderers.reports.paths import file_of, repository_path

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


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
    parts = [place, *check.details]
    details = "\n".join(escape(part) for part in parts)
    return [
        head + ">",
        f'   <failure message={_attribute(check.text)} type="budget">{_text(details)}</failure>',
        "  </testcase>",
    ]


def _attribute(text: str) -> str:
    return quoteattr(_NOT_XML.sub("\ufffd", escape(text)))


def _text(text: str) -> str:
    from xml.sax.saxutils import escape as escape_xml

    return escape_xml(_NOT_XML.sub("\ufffd", text))

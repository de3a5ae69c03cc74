"""SARIF 2.1.0, for code scanning."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from lstmcount.budgets.reports.base import Write
from lstmcount.budgets.reports.paths import file_of
from lstmcount.budgets.reports.problems import UNREADABLE, Problem, problems
from lstmcount.budgets.results import Result, Totals
from lstmcount.budgets.syntax import RULES
from lstmcount.costs.measures import MEASURES
from lstmcount.errors import Location
from lstmcount.escapes import for_sarif
from lstmcount.renderers.records import json_line
from lstmcount.version import __version__

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_SAYS = {
    "max": "The {} of a model may not exceed its budget.",
    "min": "The {} of a model may not fall below its budget.",
    "exact": "The {} of a model must be what its budget says.",
    "max_increase": "The {} of a model may not grow by more than its budget since the base.",
}


def _rule(name: str) -> dict[str, Any]:
    if name == UNREADABLE:
        text = "A model must be readable to be checked."
    else:
        bound, measure = RULES[name]
        text = _SAYS[bound].format(MEASURES[measure].label)
    return {
        "id": name,
        "shortDescription": {"text": text},
        "fullDescription": {"text": text},
        "help": {"text": f"{text} Change the model, or the budget where it is set."},
        "defaultConfiguration": {"level": "error"},
        "properties": {"problem.severity": "error", "precision": "very-high"},
    }


class Report:
    """Writes the results first, then the rules that they refer to."""

    def __init__(self, write: Write) -> None:
        self.write = write
        self.rules: dict[str, int] = {}
        head = f'{{"$schema":"{SCHEMA}","version":"2.1.0",'
        self.write(head + '"runs":[{"columnKind":"unicodeCodePoints","results":[')
        self.separator = "\n"

    def add(self, result: Result) -> None:
        for problem in problems(result):
            self._add(problem)

    def _add(self, problem: Problem) -> None:
        rule, check = problem.rule, problem.check
        entry: dict[str, Any] = {
            "ruleId": rule,
            "ruleIndex": self.rules.setdefault(rule, len(self.rules)),
            "level": "error",
            "message": {"text": "\n".join(map(for_sarif, problem.lines))},
            "locations": [{"physicalLocation": _physical(problem.file, problem.place)}],
            "partialFingerprints": {"lstmcount/v1": problem.fingerprint},
        }
        if check is not None and check.cause and check.cause_at is not None:
            file = file_of(check.cause_at, problem.source)
            entry["relatedLocations"] = [
                {
                    "id": 0,
                    "message": {"text": for_sarif(check.cause)},
                    "physicalLocation": _physical(file, check.cause_at),
                }
            ]
        self.write(self.separator + json_line(entry))
        self.separator = ",\n"

    def end(self, totals: Totals) -> None:
        driver = {
            "name": "lstmcount",
            "semanticVersion": __version__,
            "rules": [_rule(name) for name in self.rules],
        }
        self.write(f'\n],"tool":{json_line({"driver": driver})}}}]}}\n')


def _physical(file: str, place: Location) -> dict[str, Any]:
    line, column = place.line or 1, place.column or 1
    uri = quote(file.encode("utf-8", "surrogatepass"))
    artifact = {"uri": uri, "uriBaseId": "%SRCROOT%"}
    if file.startswith("/"):
        artifact = {"uri": f"file://{uri}"}
    return {
        "artifactLocation": artifact,
        "region": {
            "startLine": line,
            "startColumn": column,
            "endLine": line,
            "endColumn": column + 1,
        },
    }

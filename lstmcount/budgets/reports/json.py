"""The results as one JSON object."""

from __future__ import annotations

from typing import Any

import msgspec

from lstmcount.budgets.reports.base import Write
from lstmcount.budgets.results import Check, Result, Totals
from lstmcount.renderers.records import to_json


class Report:
    def __init__(self, write: Write) -> None:
        self.write = write
        self.separator = '{\n  "results": [\n'

    def add(self, result: Result) -> None:
        text = to_json(record(result)).rstrip("\n").replace("\n", "\n    ")
        self.write(f"{self.separator}    {text}")
        self.separator = ",\n"

    def end(self, totals: Totals) -> None:
        if self.separator != ",\n":
            self.write(self.separator)
        text = to_json(msgspec.to_builtins(totals)).rstrip("\n").replace("\n", "\n  ")
        self.write(f'\n  ],\n  "totals": {text}\n}}\n')


def record(result: Result) -> dict[str, Any]:
    fields: dict[str, Any] = {"source": result.source, "passed": passed(result)}
    if result.error is not None:
        fields["error"] = result.error
    fields["checks"] = [_check(check) for check in result.checks]
    if result.notes:
        fields["notes"] = result.notes
    if result.is_unchanged:
        fields["unchanged"] = True
    if result.largest:
        fields["largest"] = msgspec.to_builtins(result.largest)
    return fields


def passed(result: Result) -> bool:
    return result.error is None and not result.failures


def _check(check: Check) -> dict[str, Any]:
    fields = msgspec.to_builtins(check)
    for key in ("budget", "cause_at"):
        place = fields.pop(key)
        if place and place["source"]:
            fields[key] = {name: place[name] for name in ("source", "line", "column")}
    return {key: value for key, value in fields.items() if value is not None}

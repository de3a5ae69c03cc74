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
    found: dict[str, Any] = {"source": result.source, "passed": passed(result)}
    if result.error is not None:
        found["error"] = result.error
    found["checks"] = [_check(check) for check in result.checks]
    if result.notes:
        found["notes"] = result.notes
    if result.is_unchanged:
        found["unchanged"] = True
    if result.largest:
        found["largest"] = msgspec.to_builtins(result.largest)
    return found


def passed(result: Result) -> bool:
    return result.error is None and not result.failures


def _check(check: Check) -> dict[str, Any]:
    found = msgspec.to_builtins(check)
    for key in ("budget", "cause_at"):
        place = found.pop(key)
        if place and place["source"]:
            found[key] = {name: place[name] for name in ("source", "line", "column")}
    return {key: value for key, value in found.items() if value is not None}

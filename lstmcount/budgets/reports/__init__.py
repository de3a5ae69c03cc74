"""The results of `check` in the formats of people and of CI systems; one file a format.

A report takes results one by one (`add`) and writes as it goes, so that ten thousand models need no
more memory than ten.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Protocol

from lstmcount.budgets.results import Result, Totals

FORMATS = ("text", "json", "github", "gitlab", "junit", "sarif", "markdown")

Write = Callable[[str], object]


class Report(Protocol):
    def __init__(self, write: Write) -> None: ...

    def add(self, result: Result) -> None: ...

    def end(self, totals: Totals) -> None: ...


def report(fmt: str, write: Write) -> Report:
    """A report in the format of that name, imported only now."""
    found: type[Report] = importlib.import_module(f"lstmcount.budgets.reports.{fmt}").Report
    return found(write)

"""The interface of a report of `check`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from lstmcount.budgets.results import Result, Totals

Write = Callable[[str], object]


class Report(Protocol):
    """Takes results one by one (`add`) and writes as it goes, so that ten thousand models need no
    more memory than ten.
    """

    def __init__(self, write: Write) -> None: ...

    def add(self, result: Result) -> None: ...

    def end(self, totals: Totals) -> None: ...

"""Write the signatures of the public functions and the fields of their records.

python -m tests.api.regenerate    # rewrites signatures.txt
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

import lstmcount
from lstmcount.api.compare import Compared, Comparison
from lstmcount.api.convert import Conversion
from lstmcount.api.count_many import Counts
from lstmcount.api.explain import Explanation
from lstmcount.api.opening import Options
from lstmcount.api.plot import Plot
from lstmcount.api.report import Report
from lstmcount.api.solve import Solved
from lstmcount.api.trace import Run
from lstmcount.budgets.results import Result
from lstmcount.costs.quantizing import Quantized, QuantizedLayer
from lstmcount.costs.totals import Costs, LayerCost, Row
from lstmcount.design.solve import Goal, Solution
from lstmcount.design.sweep import Points
from lstmcount.differences import LayerChange, ModelChange
from lstmcount.differences.log import Row as LogRow
from lstmcount.explanation import Derivation
from lstmcount.testing import assert_budget
from lstmcount.verification import Difference, Verdict

FILE = Path(__file__).parent / "signatures.txt"
RECORDS = (
    lstmcount.Summary, lstmcount.LayerSummary, lstmcount.Weight, Counts, Result, Comparison,
    Compared,
    Conversion, Costs, LayerCost, Row, Quantized, QuantizedLayer, ModelChange, LayerChange,
    Explanation, Derivation, LogRow, Plot, Report, Solved, Solution, Goal, Points, Run, Verdict,
    Difference,
)  # fmt: skip


def functions() -> Iterator[tuple[str, Any]]:
    for name in lstmcount.__all__:
        found = getattr(lstmcount, name)
        if inspect.isfunction(found):
            yield f"lstmcount.{name}", found
    yield "lstmcount.testing.assert_budget", assert_budget


def text() -> str:
    """Write one parameter or field per line, so that a diff shows each change."""
    lines = []
    for name, function in functions():
        signature = inspect.signature(function)
        lines += [f"{name} -> {signature.return_annotation}"]
        for parameter in signature.parameters.values():
            by_name = "by name: " if parameter.kind is parameter.KEYWORD_ONLY else ""
            lines.append(f"    {by_name}{parameter}")
    lines += ["Options", *[f"    {name}: {kind}" for name, kind in _annotations(Options)]]
    for record in sorted(RECORDS, key=lambda cls: (cls.__module__, cls.__name__)):
        lines.append(f"{record.__module__}.{record.__name__}")
        lines += [f"    {field.name}" for field in msgspec.structs.fields(record)]
    return "".join(f"{line}\n" for line in lines)


def _annotations(cls: Any) -> Iterator[tuple[str, str]]:
    for name, kind in cls.__annotations__.items():
        yield name, getattr(kind, "__forward_arg__", str(kind))


if __name__ == "__main__":
    FILE.write_text(text())

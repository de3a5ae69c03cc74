"""Count a model for each value of one variable in plain Python, without NumPy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lstmcount.design.template import MEASURES, Measures, Template
from lstmcount.design.terms import Evaluator
from lstmcount.design.vectorised import MAX_REGIONS, Region, trace
from lstmcount.errors import LstmcountError


def count_each(
    template: Template, name: str, values: Sequence[int]
) -> Iterator[Measures | LstmcountError]:
    """The measures for each value, or the error of a value that gives no valid model."""
    regions: list[Region] = []
    for value in values:
        point = {name: value}
        if name in template.structural:
            region = trace(template, {}, point)
        else:
            is_first = len(regions) < MAX_REGIONS
            known = next((r for r in regions if Evaluator(point).holding(r.guards)), None)
            region = known or trace(template, point, {}, is_first)
            if known is None and is_first:
                regions.append(region)
        if region.error is not None:
            yield region.error
            continue
        evaluator = Evaluator(point)
        yield Measures(*(evaluator.value(region.terms[measure]) for measure in MEASURES))

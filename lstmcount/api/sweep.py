"""Counts over a grid of sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from typing import Any, Unpack

from lstmcount.api.opening import (
    Options,
    by_name,
    opened,
    require_positive,
    require_seed,
    require_text,
    settings_of,
    several,
)
from lstmcount.design.grid import chunks
from lstmcount.design.ranges import parse_range
from lstmcount.design.space import TrialSpace, sweep_trials
from lstmcount.design.sweep import Points, concatenated, sweep_chunks
from lstmcount.design.template import Template
from lstmcount.errors import LstmcountError
from lstmcount.sources import Source, errors_in

NO_RANGE = "give a range to sweep over, such as units=32..512:32"


def sweep(
    source: Any,
    grid: Mapping[str, Sequence[int] | str] | None = None,
    *,
    sample: int | None = None,
    seed: int = 0,
    where: str | None = None,
    sort: str | None = None,
    top: int | None = None,
    pareto: Sequence[str] = (),
    executor: Executor | None = None,
    **options: Unpack[Options],
) -> Points:
    """Params, MACs (of one sample) and bytes of the model at every point of a grid of variables.

    A variable is one of the spec, or an argument of a layer (`lstm.units`); its values are numbers
    or a text such as 32..512:32. Without a grid: at every trial of a program for KerasTuner.
    `sample` points are chosen at random, `where` keeps those that satisfy a condition, `sort`
    orders by a column (-COLUMN falls), `top` keeps the first, and `pareto` those that no other
    point betters in all of some columns. `executor`, from `concurrent.futures` or of a Dask or Ray
    cluster, counts in parallel.

    Raises `LstmcountError` for a source that is wrong, and where no point gives a valid model.

    >>> spec = {"input_shape": [5, 126], "layers": [{"LSTM": 64}]}
    >>> [int(n) for n in sweep(spec, {"lstm.units": [64, 128]}).columns["params"]]
    [48896, 130560]
    """
    require_positive(sample=sample, top=top)
    require_text(where=where, sort=sort)
    require_seed(seed)
    for column in several(pareto):
        require_text(pareto=column)
    source = opened(source, options)
    ranges = {
        name: parse_range(values) if isinstance(values, str) else several(values)
        for name, values in by_name("a grid", grid).items()
    }
    settings = settings_of(options)
    with errors_in(source):
        if ranges:
            parts = grid_points(source, ranges, settings, sample, seed, where, executor)
        else:
            space = TrialSpace(source, settings)
            if not space.first.space:
                raise LstmcountError(NO_RANGE)
            parts = sweep_trials(space, sample, seed, where)
    points = concatenated(list(parts))
    points.require_valid()
    points = ordered(points, pareto, sort)
    return points.take(slice(top)) if top else points


def grid_points(
    source: Source,
    grid: Mapping[str, Sequence[int]],
    settings: Mapping[str, Any],
    sample: int | None,
    seed: int,
    where: str | None,
    executor: Executor | None = None,
) -> Iterator[Points]:
    """The points in chunks; what is wrong with the source or the grid is raised at once."""
    template = Template(source, tuple(grid), settings)
    next(chunks(grid, sample, seed))
    return sweep_chunks(template, grid, sample, seed, where, executor)


def ordered(points: Points, pareto: Sequence[str], sort: str | None) -> Points:
    if pareto:
        points = points.pareto(pareto)
    return points.sorted_by(sort) if sort else points

"""Checks of many models, by any executor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import msgspec

from lstmcount.api.opening import reading_of, require_path, require_positive, require_text, several
from lstmcount.budgets.checking import Request, checked, result_of
from lstmcount.budgets.project import project_for
from lstmcount.budgets.results import Result
from lstmcount.budgets.syntax import Budget, parse_budget
from lstmcount.errors import LstmcountError, did_you_mean
from lstmcount.sources import open_source
from lstmcount.sources.names import name_of
from lstmcount.sources.parallel import CHUNK, mapped


def check(
    sources: Iterable[Any],
    *,
    base: str | None = None,
    baseline: str | None = None,
    config: str | None = None,
    batch: int | None = None,
    timesteps: int | None = None,
    settings: Mapping[str, Any] | None = None,
    model: str | None = None,
    code: Sequence[str] = (),
    executor: Executor | None = None,
    **limits: Any,
) -> Iterator[Result]:
    """Check each source against `limits`, its own budget and its project's, as the command does.

    `limits` are those of a `budget:`, such as `max_params`, `cudnn=True` or `layers={"lstm*": …}`.
    `executor` is any of `concurrent.futures` or of a Dask or Ray cluster. If a source cannot be
    checked, its result has an `error`, and the others are still checked.

    >>> model = {"input_shape": [5, 8], "layers": [{"LSTM": 4}]}
    >>> [(one.text, one.passed) for one in next(check([model], max_params="1k")).checks]
    [('params 208 of 1,000 (20 %)', True)]
    """
    rules = Budget.__struct_fields__
    for rule in limits:
        if rule not in rules:
            raise LstmcountError(f"there is no limit {rule!r}.{did_you_mean(rule, rules)}")
    require_positive(batch=batch, timesteps=timesteps)
    require_text(base=base)
    reading = reading_of(
        {"settings": settings or {}, "model": model, "code": code, "config": config}
    )
    budget = parse_budget(limits, ()) if limits else []
    request = Request(
        **msgspec.structs.asdict(reading),
        limits=tuple(msgspec.structs.replace(each, path=()) for each in budget),
        base=base,
        baseline=None if baseline is None else require_path(baseline),
        batch=batch,
        timesteps=timesteps,
    )
    return mapped(partial(_result, request=request), several(sources), executor, CHUNK)


def _result(source: Any, request: Request) -> Result:
    name = name_of(source)
    return result_of(name, lambda: _checked(source, name, request))


def _checked(source: Any, name: str, request: Request) -> Result:
    opened = open_source(source)
    request.apply(opened, name)
    return checked(opened, project_for(name, request.config), request)

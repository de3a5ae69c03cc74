"""Budgets as assertions, for a project's own tests."""

from __future__ import annotations

from typing import Any

from lstmcount.api.check import check
from lstmcount.budgets.reports.text import Report
from lstmcount.errors import LstmcountError


def assert_budget(source: Any, **options: Any) -> None:
    """Fail with the report of `lstmcount check` unless the model keeps its budget.

    `source` is what `lstmcount.summarize` takes: a path, a dict, JSON, or a Keras model in memory.
    `options` are those of `lstmcount.check`: limits such as `max_params="250k"` and `cudnn=True`,
    `base`, `timesteps`. Limits of the source and its project apply, too.

    Raises `AssertionError` where a limit is exceeded, and `LstmcountError` for a model that cannot
    be checked.

    >>> model = {"input_shape": [5, 126], "layers": [{"LSTM": 64}]}
    >>> assert_budget(model, max_params="50k")
    >>> assert_budget(model, max_params="40k")
    Traceback (most recent call last):
    AssertionError: FAIL <model>: params 48,896 > 40,000 (over by 8,896, +22.2%)
         largest layer: lstm (LSTM), 48,896, 100.0%
    """
    __tracebackhide__ = True  # pytest then shows the line that calls
    try:
        (result,) = check([source], **options)
    except LstmcountError as error:
        raise error.with_traceback(None) from None
    if result.error is not None:
        raise LstmcountError(result.error)
    if result.failures:
        lines: list[str] = []
        report = Report(lines.append)
        report.quiet = True
        report.add(result)
        raise AssertionError("".join(lines).rstrip())

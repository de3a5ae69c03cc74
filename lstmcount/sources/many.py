"""Count many models, optionally in parallel."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Executor
from functools import partial
from typing import Any

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.sources.names import is_json
from lstmcount.sources.opening import open_source
from lstmcount.sources.parallel import attempted, mapped
from lstmcount.sources.reading import read
from lstmcount.sources.source import errors_in
from lstmcount.summary import Summary, is_unknown, why_unknown

IN_MEMORY = "<model>"  # the name of a source that is no file
CHUNK = 16  # sources in one task of an executor


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """The counts of one source, or the error that prevented them."""

    source: str
    total_params: int | None = None
    trainable_params: int | None = None
    non_trainable_params: int | None = None
    size_bytes: int | None = None
    error: str | None = None


def count_many(
    sources: Iterable[Any],
    *,
    settings: Mapping[str, Any] | None = None,
    executor: Executor | None = None,
) -> Iterator[Counts]:
    """The counts of each source, in order: paths, URLs, dicts and strings of JSON.

    `executor`, from `concurrent.futures` or of a Dask or Ray cluster, counts in parallel. A source
    that cannot be counted has an `error`; the other sources are still counted.

    >>> small, broken = count_many([{"input_shape": [5, 8], "layers": [{"LSTM": 4}]}, "no.yaml"])
    >>> small.total_params, broken.error
    (208, 'no.yaml: no such file or directory')
    """
    return mapped(partial(_count, settings=dict(settings or {})), sources, executor, CHUNK)


def name_of(source: Any) -> str:
    """The name of a source in results."""
    is_path = isinstance(source, os.PathLike) or (isinstance(source, str) and not is_json(source))
    return os.fspath(source) if is_path else IN_MEMORY


def _count(source: Any, settings: dict[str, Any]) -> Counts:
    name = name_of(source)
    summary = attempted(name, lambda: _summary(source, settings))
    if isinstance(summary, LstmcountError):
        return Counts(source=name, error=str(summary))
    return Counts(
        source=name,
        total_params=summary.total_params,
        trainable_params=summary.trainable_params,
        non_trainable_params=summary.non_trainable_params,
        size_bytes=summary.size_bytes,
    )


def _summary(source: Any, settings: dict[str, Any]) -> Summary:
    """The summary of a model. Raises `LstmcountError` if its size is not known."""
    opened = open_source(source)
    with errors_in(opened):
        summary = infer(read(opened, settings=settings))
        if is_unknown(summary.total_params, summary.walk()):
            raise LstmcountError(why_unknown(summary))
        return summary

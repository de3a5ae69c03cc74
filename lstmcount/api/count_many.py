"""Count many models, optionally in parallel."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from functools import partial
from typing import Any, Unpack

import msgspec

from lstmcount.api.opening import Options, config_of, opened, reading_of, several
from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.sources import errors_in
from lstmcount.sources.names import name_of
from lstmcount.sources.parallel import CHUNK, attempted, mapped
from lstmcount.summary import Summary, is_unknown, why_unknown


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
    executor: Executor | None = None,
    **options: Unpack[Options],
) -> Iterator[Counts]:
    """The counts of each source, in order: paths, URLs, dicts and strings of JSON.

    `executor`, from `concurrent.futures` or of a Dask or Ray cluster, counts in parallel. A source
    that cannot be counted has an `error`; the other sources are still counted. `options` are those
    of `summarize`.

    >>> small, broken = count_many([{"input_shape": [5, 8], "layers": [{"LSTM": 4}]}, "no.yaml"])
    >>> small.total_params, broken.error
    (208, 'no.yaml: no such file or directory')
    """
    reading_of(options)
    return mapped(partial(_count, options=options), several(sources), executor, CHUNK)


def _count(source: Any, options: Options) -> Counts:
    name = name_of(source)
    summary = attempted(name, lambda: _summary(source, options))
    if isinstance(summary, LstmcountError):
        return Counts(source=name, error=str(summary))
    return Counts(
        source=name,
        total_params=summary.total_params,
        trainable_params=summary.trainable_params,
        non_trainable_params=summary.non_trainable_params,
        size_bytes=summary.size_bytes,
    )


def _summary(source: Any, options: Options) -> Summary:
    """The summary of a model. Raises `LstmcountError` if its size is not known."""
    source = opened(source, options)
    with errors_in(source):
        summary = infer(config_of(source, options))
        if is_unknown(summary.total_params, summary.walk()):
            raise LstmcountError(why_unknown(summary))
        return summary

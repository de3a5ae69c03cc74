"""One function over many sources: on all cores where that pays, with a progress bar."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import click

Result = TypeVar("Result")
PARALLEL_FROM = 64  # sources; below that, starting processes costs more than it gains


def each(function: Callable[[str], Result], sources: Sequence[str]) -> Iterator[Result]:
    """`function` of every source, in order."""
    if len(sources) < PARALLEL_FROM:
        yield from map(function, sources)
        return
    from concurrent.futures import ProcessPoolExecutor

    workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    chunk = max(1, min(100, len(sources) // (8 * (workers or 1))))
    with ProcessPoolExecutor(workers, initializer=_quiet) as pool:
        try:
            yield from _with_progress(pool.map(function, sources, chunksize=chunk), len(sources))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _quiet() -> None:
    """Workers leave Ctrl-C to the parent."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _with_progress(results: Iterable[Result], length: int) -> Iterator[Result]:
    if not sys.stderr.isatty():
        yield from results
        return
    with click.progressbar(results, length=length, file=sys.stderr, label="Counting") as bar:
        yield from bar

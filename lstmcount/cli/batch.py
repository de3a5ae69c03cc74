"""Apply a function to many sources, on all cores where that pays, with a progress bar."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Generator, Sequence
from typing import TypeVar

from lstmcount.cli.pipes import ignore_interrupts, tidily
from lstmcount.cli.progress import with_progress

Given = TypeVar("Given")
Result = TypeVar("Result")
PARALLEL_FROM = 64  # with fewer sources, starting processes costs more than it gains


def each(
    function: Callable[[Given], Result], sources: Sequence[Given]
) -> Generator[Result, None, None]:
    """The function's result for each source, in order; closing the generator ends the processes."""
    if len(sources) < PARALLEL_FROM:
        yield from map(function, sources)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    from lstmcount.sources.parallel import mapped

    workers = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    chunk = max(1, min(100, len(sources) // (8 * (workers or 1))))
    if hasattr(os, "register_at_fork"):  # also before the initializer runs
        os.register_at_fork(after_in_child=ignore_interrupts)
    # Since Python 3.14, another process would fork the workers, and print a traceback at Ctrl-C.
    context = get_context("fork" if sys.platform == "linux" else None)
    # Workers ignore Ctrl-C; this process handles it.
    with tidily(), ProcessPoolExecutor(workers, context, initializer=ignore_interrupts) as pool:
        try:
            yield from with_progress(mapped(function, sources, pool, chunk), len(sources))
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise

"""Process items in parallel, by an executor of `concurrent.futures` or of a Dask or Ray cluster."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from itertools import islice
from typing import TypeVar

from lstmcount.errors import Location, LstmcountError, reason_of

CHUNK = 16  # sources in one task
MAX_PENDING = 64  # chunks submitted before waiting for the first result

Item = TypeVar("Item")
Result = TypeVar("Result")


def mapped(
    function: Callable[[Item], Result],
    items: Iterable[Item],
    executor: Executor | None = None,
    chunk: int = 1,
) -> Iterator[Result]:
    """The function's result for each item, in order; an executor's task has `chunk` items.

    Items are consumed as results are, so that any number of items needs little memory.

    >>> list(mapped(abs, [-1, 2]))
    [1, 2]
    """
    if executor is None:
        yield from map(function, items)
        return
    if not hasattr(executor, "submit"):
        kind = type(executor).__name__
        raise LstmcountError(f"expected an executor such as ProcessPoolExecutor(), got {kind}")
    pending: deque[Future[list[Result]]] = deque()
    remaining = iter(items)
    try:
        while part := list(islice(remaining, chunk)):
            pending.append(executor.submit(_map, function, part))
            if len(pending) >= MAX_PENDING:
                yield from pending.popleft().result()
        while pending:
            yield from pending.popleft().result()
    except BrokenExecutor:
        raise LstmcountError("a process that counts died; is there enough memory?") from None
    finally:
        for future in pending:
            future.cancel()


def attempted(name: str, work: Callable[[], Result]) -> Result | LstmcountError:
    """The result of `work` for the source of that name, or its error.

    A bug in lstmcount also becomes an error, so that the results of other sources are not lost.
    """
    try:
        return work()
    except LstmcountError as error:
        return error
    except Exception as error:
        bug = f"a bug in lstmcount: {type(error).__name__}: {error}"
        attributed = LstmcountError(reason_of(error) or bug)
        attributed.location = Location(source=name)
        return attributed


def _map(function: Callable[[Item], Result], items: list[Item]) -> list[Result]:
    return [function(item) for item in items]

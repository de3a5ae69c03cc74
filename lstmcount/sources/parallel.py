"""Many items at once, by any executor of `concurrent.futures` or of a Dask or Ray cluster."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from itertools import islice
from typing import TypeVar

from lstmcount.errors import Location, LstmcountError, reason_of

AHEAD = 64  # chunks submitted before waiting for the first result

Given = TypeVar("Given")
Result = TypeVar("Result")


def mapped(
    function: Callable[[Given], Result],
    items: Iterable[Given],
    executor: Executor | None = None,
    chunk: int = 1,
) -> Iterator[Result]:
    """The function's result for each item, in order; the executor gets `chunk` items at a time.

    Items are taken as results are, so that any number of them needs little memory.

    >>> list(mapped(abs, [-1, 2]))
    [1, 2]
    """
    if executor is None:
        yield from map(function, items)
        return
    waiting: deque[Future[list[Result]]] = deque()
    left = iter(items)
    try:
        while part := list(islice(left, chunk)):
            waiting.append(executor.submit(_each, function, part))
            if len(waiting) >= AHEAD:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()
    except BrokenExecutor:
        raise LstmcountError("a process that counts died; is there enough memory?") from None
    finally:
        for future in waiting:
            future.cancel()


def attempted(name: str, work: Callable[[], Result]) -> Result | LstmcountError:
    """What `work` returns for the source of that name, or its error.

    A bug of ours is an error too: what fails for one of thousands must not lose the others.
    """
    try:
        return work()
    except LstmcountError as error:
        return error
    except Exception as error:
        bug = f"a bug in lstmcount: {type(error).__name__}: {error}"
        found = LstmcountError(reason_of(error) or bug)
        found.location = Location(source=name)
        return found


def _each(function: Callable[[Given], Result], items: list[Given]) -> list[Result]:
    return [function(item) for item in items]

"""Generate the points of a sweep in chunks: a grid of values, or a random sample of the grid."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lstmcount.design.vectorised import numpy
from lstmcount.errors import LstmcountError

CHUNK = 2**17
MAX_POINTS = 10**9


def size_of(grid: Mapping[str, Sequence[int]]) -> int:
    return math.prod(len(values) for values in grid.values())


def chunks(
    grid: Mapping[str, Sequence[int]], sample: int | None = None, seed: int = 0
) -> Iterator[dict[str, Any]]:
    """The points in chunks: columns by variable. The last variable varies fastest.

    Raises `LstmcountError` for a grid with more than `MAX_POINTS` points.
    """
    np = numpy()
    total = size_of(grid)
    if sample is not None:
        yield from _sampled(grid, min(sample, total), seed)
        return
    if total > MAX_POINTS:
        raise LstmcountError(
            f"the grid has {total:,} points, more than {MAX_POINTS:,}; take some of them: "
            "--sample 100000"
        )
    for start in range(0, total, CHUNK):
        yield _columns(grid, np.arange(start, min(start + CHUNK, total)))


def _columns(grid: Mapping[str, Sequence[int]], index: Any) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name in reversed(list(grid)):
        values = grid[name]
        columns[name] = _taken(values, index % len(values))
        index = index // len(values)
    return {name: columns[name] for name in grid}


def _sampled(grid: Mapping[str, Sequence[int]], sample: int, seed: int) -> Iterator[dict[str, Any]]:
    """Points sampled uniformly, variable by variable: indices of a large grid exceed 64 bits."""
    np = numpy()
    if sample < 1:
        raise LstmcountError("expected a sample of at least 1 point")
    random = np.random.default_rng(seed)
    for start in range(0, sample, CHUNK):
        length = min(CHUNK, sample - start)
        picked = {name: random.integers(0, len(values), length) for name, values in grid.items()}
        yield {name: _taken(grid[name], at) for name, at in picked.items()}


def _taken(values: Sequence[int], at: Any) -> Any:
    np = numpy()
    if isinstance(values, range):
        return values.start + at * values.step
    return np.asarray(values, dtype=np.int64)[at]

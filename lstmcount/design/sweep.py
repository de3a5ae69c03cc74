"""Count a model at every point of a grid of its variables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import msgspec

from lstmcount.design.conditions import Condition
from lstmcount.design.grid import chunks
from lstmcount.design.template import MEASURES, Template, refuse_measures
from lstmcount.design.vectorised import evaluate, numpy
from lstmcount.errors import LstmcountError, did_you_mean_or_known
from lstmcount.sources.parallel import mapped


class Points(msgspec.Struct, frozen=True):
    """Points of a sweep: columns of equal length, variables first, then measures.

    A measure that depends on an unknown size has no column.
    """

    columns: dict[str, Any]
    tried: int = 0  # number of points, including invalid points
    invalid: int = 0  # number of invalid points, which have no rows
    reason: str | None = None  # the error of the first invalid point

    def require_valid(self) -> None:
        """Raise `LstmcountError` if no point is valid."""
        if self.reason is not None and self.invalid == self.tried:
            raise LstmcountError(f"no point gives a valid model; {self.reason}")

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def records(self) -> Iterator[dict[str, Any]]:
        columns = {name: values.tolist() for name, values in self.columns.items()}
        for row in zip(*columns.values(), strict=True):
            yield dict(zip(columns, row, strict=True))

    def take(self, index: Any) -> Points:
        columns = {name: values[index] for name, values in self.columns.items()}
        return msgspec.structs.replace(self, columns=columns)

    def sorted_by(self, key: str) -> Points:
        """The points sorted by a column; `params` sorts ascending, `-params` descending."""
        name = key.removeprefix("-")
        order = numpy().argsort(self.column(name), kind="stable")
        return self.take(order[::-1] if key.startswith("-") else order)

    def column(self, name: str) -> Any:
        if name not in self.columns:
            hint = did_you_mean_or_known(name, self.columns)
            raise LstmcountError(f"there is no column {name!r}.{hint}")
        return self.columns[name]

    def pareto(self, names: Sequence[str]) -> Points:
        """The points for which no other point is at most as large in all named columns."""
        np = numpy()
        keys = np.stack([self.column(name).astype(np.float64) for name in names], axis=1)
        order = np.lexsort(keys.T[::-1])
        kept: list[int] = []
        best = np.empty((0, len(names)))
        for row in order:
            if not (best <= keys[row]).all(axis=1).any():
                kept.append(int(row))
                best = np.vstack([best, keys[row]])
        return self.take(np.array(kept, dtype=np.int64))


def concatenated(parts: Sequence[Points]) -> Points:
    np = numpy()
    if not parts:
        return Points({})
    names = dict.fromkeys(name for part in parts for name in part.columns if name not in MEASURES)
    common = [name for name in MEASURES if all(name in part.columns for part in parts)]
    return Points(
        {
            name: np.concatenate([_column_or_none(part, name) for part in parts])
            for name in (*names, *common)
        },
        sum(part.tried for part in parts),
        sum(part.invalid for part in parts),
        next((part.reason for part in parts if part.reason), None),
    )


def _column_or_none(part: Points, name: str) -> Any:
    """A column of the points; a column of None if the points lack the variable."""
    return part.columns[name] if name in part.columns else numpy().full(len(part), None)


def sweep_chunks(
    template: Template,
    grid: Mapping[str, Sequence[int]],
    sample: int | None,
    seed: int,
    where: str | None,
    executor: Executor | None,
) -> Iterator[Points]:
    """The points of a grid of variables, one chunk at a time; `executor` counts in parallel."""
    refuse_measures(grid)
    condition = Condition(where) if where is not None else None
    count = partial(count_points, template, condition=condition)
    yield from mapped(count, chunks(grid, sample, seed), executor)


def count_points(
    template: Template, columns: dict[str, Any], condition: Condition | None
) -> Points:
    evaluated = evaluate(template, columns)
    measures = {name: getattr(evaluated.measures, name) for name in MEASURES}
    invalid = int((~evaluated.valid).sum())
    if invalid:
        columns = {name: values[evaluated.valid] for name, values in columns.items()}
    known = {k: v for k, v in measures.items() if v is not None}
    points = Points({**columns, **known}, len(evaluated.valid), invalid, evaluated.reason)
    if condition is None:
        return points
    np = numpy()
    return points.take(np.broadcast_to(condition.holds(points.columns), len(points)))

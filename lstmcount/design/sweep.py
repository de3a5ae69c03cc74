"""Many whole models at once: counts at every point of a grid."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor
from functools import partial
from typing import Any

import msgspec

from lstmcount.design.conditions import Condition
from lstmcount.design.grid import chunks
from lstmcount.design.template import MEASURES, Template
from lstmcount.design.vectorised import evaluate, numpy
from lstmcount.errors import LstmcountError
from lstmcount.parallel import mapped
from lstmcount.sources import open_source


class Points(msgspec.Struct, frozen=True):
    """Points of a sweep: columns of equal length, variables first, then measures.

    A measure that depends on something unknown has no column.
    """

    columns: dict[str, Any]
    looked_at: int = 0  # number of points before any were left out
    left_out: int = 0  # number of invalid points
    reason: str | None = None  # why the first of them is invalid

    def refuse_none(self) -> None:
        """Raise `LstmcountError` if no point is valid."""
        if self.reason is not None and self.left_out == self.looked_at:
            raise LstmcountError(f"no point is a model; {self.reason}")

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
        """Sorted by a column, ascending; descending for `-params`."""
        name = key.removeprefix("-")
        order = numpy().argsort(self.column(name), kind="stable")
        return self.take(order[::-1] if key.startswith("-") else order)

    def column(self, name: str) -> Any:
        if name not in self.columns:
            raise LstmcountError(f"there is no column {name!r}; known: {', '.join(self.columns)}")
        return self.columns[name]

    def pareto(self, names: Sequence[str]) -> Points:
        """The points for which no other point is at most as large in all these columns."""
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


def joined(parts: Sequence[Points]) -> Points:
    np = numpy()
    if not parts:
        return Points({})
    names = dict.fromkeys(name for part in parts for name in part.columns if name not in MEASURES)
    common = [name for name in MEASURES if all(name in part.columns for part in parts)]
    return Points(
        {name: np.concatenate([_of(part, name) for part in parts]) for name in (*names, *common)},
        sum(part.looked_at for part in parts),
        sum(part.left_out for part in parts),
        next((part.reason for part in parts if part.reason), None),
    )


def _of(part: Points, name: str) -> Any:
    """A column; of a variable that these points do not have, None."""
    return part.columns[name] if name in part.columns else numpy().full(len(part), None)


def sweep(
    source: Any,
    grid: Mapping[str, Sequence[int]],
    *,
    sample: int | None = None,
    seed: int = 0,
    where: str | None = None,
    settings: Mapping[str, Any] | None = None,
    executor: Executor | None = None,
) -> Points:
    """Params, MACs and bytes of the model in `source` at every point of a grid of its variables.

    A variable is one of the spec's, or an argument of a layer (`lstm.units`). `executor`, any of
    `concurrent.futures` or of a Dask or Ray cluster, evaluates chunks of points in parallel.

    >>> spec = {"input_shape": [5, 126], "layers": [{"LSTM": 64}]}
    >>> [int(n) for n in sweep(spec, {"lstm.units": [64, 128]}).columns["params"]]
    [48896, 130560]
    """
    template = Template(open_source(source), tuple(grid), settings)
    points = joined(list(swept(template, grid, sample, seed, where, executor)))
    points.refuse_none()
    return points


def swept(
    template: Template,
    grid: Mapping[str, Sequence[int]],
    sample: int | None = None,
    seed: int = 0,
    where: str | None = None,
    executor: Executor | None = None,
) -> Iterator[Points]:
    """Like `sweep`, one chunk of points at a time."""
    condition = Condition(where) if where is not None else None
    measure = partial(measured, template, condition=condition)
    yield from mapped(measure, chunks(grid, sample, seed), executor)


def measured(template: Template, columns: dict[str, Any], condition: Condition | None) -> Points:
    found = evaluate(template, columns)
    measures = {name: getattr(found.measures, name) for name in MEASURES}
    left_out = int((~found.valid).sum())
    if left_out:
        columns = {name: values[found.valid] for name, values in columns.items()}
    known = {k: v for k, v in measures.items() if v is not None}
    points = Points({**columns, **known}, len(found.valid), left_out, found.reason)
    if condition is None:
        return points
    np = numpy()
    return points.take(np.broadcast_to(condition.holds(points.columns), len(points)))

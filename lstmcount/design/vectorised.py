"""Count a model at many points at once, with one traced pass per region of equal branches."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import msgspec

from lstmcount import memory
from lstmcount.design.template import MEASURES, Measures, Template
from lstmcount.design.terms import Bounds, Evaluator
from lstmcount.errors import LstmcountError
from lstmcount.expressions.arithmetic import FUNCTIONS
from lstmcount.expressions.traced import Guard, Recording, term_of
from lstmcount.extras import install

MAX_LAYERS_READ = 50_000  # number of layers read for all values of structural variables
MAX_REGIONS = 64  # the points of further regions are counted one by one


class Evaluated(msgspec.Struct, frozen=True):
    """The measures of the valid points, and the error of the first invalid point."""

    measures: Measures
    valid: Any  # a mask of all points
    reason: str | None = None  # the error of the first invalid point


class Region(msgspec.Struct, frozen=True):
    """The result of one pass (counts as terms, or an error), valid where the guards hold."""

    guards: list[Guard]
    terms: dict[str, Any] = {}
    error: LstmcountError | None = None


@cache
def numpy() -> Any:
    memory.require(memory.FOR_NUMPY)
    try:
        import numpy

        from lstmcount.design.columns import FUNCTIONS as OF_ARRAYS
    except ImportError:
        raise LstmcountError(f"this needs NumPy: {install('design')}") from None
    FUNCTIONS[numpy.ndarray] = FUNCTIONS[numpy.generic] = OF_ARRAYS
    return numpy


def trace(
    template: Template, values: Mapping[str, int], fixed: Mapping[str, int], whole: bool = True
) -> Region:
    """Count the model at one point. If `whole`, record the guards of the surrounding region."""
    recording = Recording()
    try:
        measures = template.measure({**fixed, **(recording.variables(values) if whole else values)})
    except LstmcountError as error:
        return Region(recording.guards, error=error)
    terms = {name: term_of(getattr(measures, name)) for name in MEASURES}
    return Region(recording.guards, terms)


def evaluate(template: Template, columns: Mapping[str, Any]) -> Evaluated:
    """Measures of all points; `columns` are equally long columns of whole numbers.

    Every point is counted and checked as if the source contained its numbers. Counts are exact:
    values that might exceed 64 bits are computed with integers of any size.
    """
    np = numpy()
    columns = {name: np.asarray(values) for name, values in columns.items()}
    length = len(next(iter(columns.values())))
    pool = _Pool(length)
    if not template.structural:
        pool.fill(template, columns, {}, np.arange(length))
        return pool.result()
    keys = np.stack([columns[name] for name in template.structural], axis=1)
    groups, which = np.unique(keys, axis=0, return_inverse=True)
    for i, group in enumerate(groups):
        fixed = dict(zip(template.structural, (int(v) for v in group), strict=True))
        free = {name: values for name, values in columns.items() if name not in fixed}
        pool.fill(template, free, fixed, np.flatnonzero(which.reshape(-1) == i))
        if template.layers_read > MAX_LAYERS_READ:
            raise LstmcountError(
                f"counting models for that many values of {', '.join(template.structural)}, "
                "which decides how many layers there are, takes too long; give a smaller range"
            )
    return pool.result()


class _Pool:
    """The results of all points, which are filled in region by region."""

    def __init__(self, length: int) -> None:
        np = numpy()
        self.length = length
        self.valid = np.ones(length, dtype=bool)
        self.columns: dict[str, Any] = {}
        self.errors: dict[int, str] = {}
        self.unknown: set[str] = set()  # measures that depend on an unknown size

    def fill(
        self, template: Template, columns: dict[str, Any], fixed: dict[str, int], rows: Any
    ) -> None:
        np = numpy()
        regions = 0
        while len(rows):
            point = {name: int(values[rows[0]]) for name, values in columns.items()}
            regions += 1
            region = trace(template, point, fixed, regions <= MAX_REGIONS)
            inside = rows[:1]
            if regions <= MAX_REGIONS:
                holds = _inside(region, {name: v[rows] for name, v in columns.items()})
                inside = rows[np.broadcast_to(holds, len(rows))]
            self._put(region, columns, inside, {**fixed, **point})
            rows = rows[1:] if len(inside) == 1 else np.setdiff1d(rows, inside, True)

    def _put(
        self, region: Region, columns: dict[str, Any], rows: Any, point: dict[str, int]
    ) -> None:
        if region.error is not None:
            self.valid[rows] = False
            at = ", ".join(f"{name} = {value}" for name, value in point.items())
            self.errors[int(rows[0])] = f"at {at}: {region.error}"
            return
        own = {name: values[rows] for name, values in columns.items()}
        self.unknown |= {name for name, term in region.terms.items() if term is None}
        for name, values in _measured(region, own, len(rows)).items():
            self._store(name, rows, values)

    def _store(self, name: str, rows: Any, values: Any) -> None:
        np = numpy()
        if len(rows) == self.length:
            self.columns[name] = values
            return
        if name not in self.columns:
            self.columns[name] = np.zeros(self.length, dtype=np.int64)
        if values.dtype == object and self.columns[name].dtype != object:
            self.columns[name] = self.columns[name].astype(object)
        self.columns[name][rows] = values

    def result(self) -> Evaluated:
        measures = {n: None if n in self.unknown else self.columns.get(n) for n in MEASURES}
        reason = self.errors[min(self.errors)] if self.errors else None
        if not self.valid.any():
            measures = dict.fromkeys(MEASURES, numpy().empty(0, dtype=numpy().int64))
        elif not self.valid.all():
            measures = {k: None if v is None else v[self.valid] for k, v in measures.items()}
        return Evaluated(Measures(**measures), self.valid, reason)


def _inside(region: Region, columns: dict[str, Any]) -> Any:
    """A mask of the points in the region."""
    terms = [side for guard in region.guards for side in (guard.left, guard.right)]
    return Evaluator(_wide_enough(columns, terms)).holding(region.guards)


def _measured(region: Region, columns: dict[str, Any], length: int) -> dict[str, Any]:
    np = numpy()
    terms = {name: term for name, term in region.terms.items() if term is not None}
    evaluator = Evaluator(_wide_enough(columns, list(terms.values())))
    measures = {}
    for name, term in terms.items():
        value = evaluator.value(term)
        measures[name] = value if isinstance(value, np.ndarray) else np.full(length, value)
    return measures


def _wide_enough(columns: dict[str, Any], terms: list[Any]) -> dict[str, Any]:
    """The columns as 64-bit integers, or as Python integers if a term might exceed 64 bits."""
    np = numpy()
    largest = Bounds({name: int(np.max(np.abs(v), initial=0)) for name, v in columns.items()})
    kind = np.int64 if largest.largest(terms) < 2**63 else object
    return {name: values.astype(kind) for name, values in columns.items()}

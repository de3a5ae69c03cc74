"""Many points of a model at once: the layers' own formulas, evaluated on NumPy arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from lstmcount.design.template import MEASURES, Measures, Template
from lstmcount.errors import LstmcountError

SAFE = 2**62  # above it, in floating point, a count is computed again with Python's integers


def numpy() -> Any:
    try:
        import numpy
    except ImportError:
        raise LstmcountError("this needs NumPy: pip install 'lstmcount[design]'") from None
    return numpy


def evaluate(template: Template, columns: Mapping[str, Any]) -> Measures:
    """Measures of all points, given as equally long columns of whole numbers.

    Columns of structural variables are grouped, and each group is one evaluation. Counts are exact:
    what might exceed 64 bits is computed again with integers of any size.
    """
    np = numpy()
    columns = {name: np.asarray(values) for name, values in columns.items()}
    length = len(next(iter(columns.values())))
    if not template.structural:
        return _exact(template, columns, {}, length)
    keys = np.stack([columns[name] for name in template.structural], axis=1)
    groups, which = np.unique(keys, axis=0, return_inverse=True)
    which = which.reshape(-1)
    found: dict[str, Any] = {name: np.empty(length, dtype=object) for name in MEASURES}
    for i, group in enumerate(groups):
        chosen = which == i
        fixed = dict(zip(template.structural, (int(v) for v in group), strict=True))
        free = {name: values[chosen] for name, values in columns.items() if name not in fixed}
        part = _exact(template, free, fixed, int(chosen.sum()))
        for name in MEASURES:
            found[name][chosen] = getattr(part, name)
    return Measures(**{name: _narrowed(values) for name, values in found.items()})


def _exact(
    template: Template, columns: dict[str, Any], fixed: dict[str, int], length: int
) -> Measures:
    np = numpy()
    small = {name: values.astype(np.int64) for name, values in columns.items()}
    rough = template.measure({**fixed, **{n: v.astype(np.float64) for n, v in small.items()}})
    largest = _full(rough.size, length)
    for value in (rough.params, rough.macs):
        if value is not None:
            largest = np.maximum(largest, _full(value, length))
    large = ~(np.abs(largest) * 8 < SAFE)
    if not large.any():
        return _columns(template.measure({**fixed, **small}), length)
    exact = {name: values.astype(object) for name, values in columns.items()}
    return _columns(template.measure({**fixed, **exact}), length)


def _columns(found: Measures, length: int) -> Measures:
    return Measures(
        **{
            name: None if value is None else _full(value, length)
            for name, value in zip(MEASURES, msgspec_values(found), strict=True)
        }
    )


def msgspec_values(found: Measures) -> Sequence[Any]:
    return [getattr(found, name) for name in MEASURES]


def _full(value: Any, length: int) -> Any:
    """A column, also where the value is the same for every point."""
    np = numpy()
    return value if isinstance(value, np.ndarray) else np.full(length, value)


def _narrowed(values: Any) -> Any:
    np = numpy()
    if all(value is None for value in values):
        return None
    try:
        return values.astype(np.int64)
    except OverflowError:
        return values

"""Batches of windows over series: `timeseries_dataset_from_array`, `TimeseriesGenerator`."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import Raw
from lstmcount.programs.libraries.keras.data.pipelines import Dataset
from lstmcount.programs.libraries.numpy.arrays import Array, as_array
from lstmcount.shapes import UNKNOWN


def _dataset(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`timeseries_dataset_from_array`: functions that get its batches do not know the length."""
    names = ("data", "targets", "sequence_length", "sequence_stride", "sampling_rate", "batch_size")
    passed = arguments_by_name(names, args, kwargs)
    data, targets = as_array(passed.get("data")), as_array(passed.get("targets"))
    if not _is_series(data) or not (targets is None or _is_series(targets)):
        return run.unknown(run.source_of(node))
    batch = () if passed.get("batch_size", 128) is None else (UNKNOWN,)

    def element(length: Any) -> Any:
        windows = Array((*batch, length, *data.shape[1:]))
        labels = None if targets is None else Array((*batch, *targets.shape[1:]))
        return windows if labels is None else (windows, labels)

    return Dataset(element(UNKNOWN), element(passed.get("sequence_length", UNKNOWN)))


class _Generator(Dataset):
    """A `TimeseriesGenerator`, whose batches a program takes by their numbers."""

    __slots__ = ("options",)

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__(self._batch(options, UNKNOWN))
        self.options = options

    @staticmethod
    def _batch(options: dict[str, Any], rows: Any) -> Any:
        length, rate = options["length"], options["sampling_rate"]
        data, targets = options["data"].shape[1:], options["targets"].shape[1:]
        return (Array((rows, -(-length // rate), *data)), Array((rows, *targets)))

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return self.options.get(name, MISSING)

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        ends, batch = self._ends(), self.options["batch_size"]
        if not isinstance(key, int) or None in (ends, batch):
            return super().item(run, key, node)
        first, last, step = ends
        start = first + batch * step * key
        stop = min(start + batch * step, last + 1)
        is_random = self.options["shuffle"] is not False
        rows = batch if is_random else len(range(start, stop, step))
        return self._batch(self.options, rows or UNKNOWN)

    def length(self, run: Run, node: ast.AST) -> Any:
        ends, batch = self._ends(), self.options["batch_size"]
        if ends is None or batch is None:
            return run.unknown(f"len({run.source_of(node)})")
        first, last, step = ends
        return (last - first + batch * step) // (batch * step)

    def _ends(self) -> Any:
        """The first and the last row that a window precedes, and the step; None if not known."""
        options, rows = self.options, self.options["data"].shape[0]
        last = rows - 1 if options["end_index"] is None else options["end_index"]
        ends = (options["start_index"] + options["length"], last, options["stride"])
        return ends if all(type(end) is int for end in ends) else None


_OPTIONS = {"sampling_rate": 1, "stride": 1, "start_index": 0, "end_index": None, "shuffle": False,
            "reverse": False, "batch_size": 128}  # fmt: skip


def _generator(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    options = _OPTIONS | arguments_by_name(("data", "targets", "length", *_OPTIONS), args, kwargs)
    options |= {name: as_array(options.get(name)) for name in ("data", "targets")}
    sizes = [options.get(name) for name in ("length", "sampling_rate")]
    is_known = _is_series(options["data"]) and _is_series(options["targets"])
    if not is_known or not all(type(size) is int and size > 0 for size in sizes):
        return run.unknown(run.source_of(node))
    return _Generator(options)


def _is_series(value: Any) -> bool:
    return isinstance(value, Array) and len(value.shape) > 0


FUNCTIONS: dict[str, Raw] = {
    "timeseries_dataset_from_array": _dataset,
    "TimeseriesGenerator": _generator,
}

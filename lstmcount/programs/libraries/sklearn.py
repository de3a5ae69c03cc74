"""scikit-learn functions that pass on the shapes of arrays."""

from __future__ import annotations

import ast
import math
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.provided import Namespace, Native
from lstmcount.programs.libraries.numpy.arrays import Array, as_array

_SCALERS = ("MinMaxScaler", "StandardScaler", "RobustScaler", "MaxAbsScaler", "Normalizer",
            "PowerTransformer", "QuantileTransformer")  # fmt: skip


def member(name: str) -> Any:
    """A name in one of its modules; MISSING if it is not known."""
    if name in _SCALERS:
        return Native(name, _scaler, raw=True)
    if name == "train_test_split":
        return Native(name, _split, raw=True)
    if name == "shuffle":
        return Native(name, _shuffled, raw=True)
    if name.startswith(("load_", "fetch_", "make_")):
        from lstmcount.programs.libraries import sample_data

        return sample_data.member(name)
    from lstmcount.programs.libraries import encoders

    return encoders.member(name)


def _scaler(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """An object that transforms arrays without changing their shape."""
    names = ("fit_transform", "transform", "inverse_transform")
    scaler = Namespace({name: Native(name, _scaled, raw=True) for name in names})
    scaler.attributes["fit"] = Native("fit", lambda *args, **kwargs: scaler)
    return scaler


def _scaled(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    array = as_array(args[0] if args else kwargs.get("X"))
    return Array(array.shape) if isinstance(array, Array) else run.unknown(run.source_of(node))


def _split(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    """`train_test_split`: two parts of each array, with an unknown number of rows if need be."""
    words = run.source_of(node)
    lengths = [len(x) if isinstance(x, list) else x.shape[0] for x in args if _has_length(x)]
    if not lengths:
        return run.unknown(words)
    sizes = _sizes_of_parts(lengths[0], kwargs)
    rows = sizes or [run.unknown(f"len({words}[0])")] * 2

    def part(array: Any, at: int, size: Any) -> Any:
        if isinstance(array, list) and sizes is not None:
            run.spend(len(array), node)
            row = as_array(array[0])
            is_array = isinstance(row, Array) and isinstance(as_array(array), Array)
            return [Array(row.shape) if is_array else run.unknown(f"{words}[{at}][...]")] * size
        is_known = isinstance(array, Array) and array.shape
        return array.with_rows(size) if is_known else run.unknown(f"{words}[{at}]")

    return [part(array, 2 * i + j, rows[j]) for i, array in enumerate(args) for j in (0, 1)]


def _has_length(value: Any) -> bool:
    return (
        bool(value) if isinstance(value, list) else isinstance(value, Array) and value.shape != ()
    )


def _sizes_of_parts(rows: Any, options: dict[str, Any]) -> list[int] | None:
    """The rows of the parts for training and testing; None if they are not known.

    >>> _sizes_of_parts(153, {"test_size": 0.3}), _sizes_of_parts(10, {"train_size": 4})
    ([107, 46], [4, 6])
    """
    test, train = options.get("test_size"), options.get("train_size")
    if type(rows) is not int or not all(isinstance(x, int | float | None) for x in (test, train)):
        return None
    test = 0.25 if test is None and train is None else test
    tested = math.ceil(test * rows) if isinstance(test, float) else test
    trained = math.floor(train * rows) if isinstance(train, float) else train
    trained = rows - (tested or 0) if trained is None else trained
    tested = rows - trained if tested is None else tested
    is_possible = 0 < trained < rows and 0 < tested < rows and trained + tested <= rows
    return [trained, tested] if is_possible else None


def _shuffled(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
    if not args or not all(isinstance(array, Array) for array in args):
        return run.unknown(run.source_of(node))
    shuffled = [array.with_rows(array.shape[0]) for array in args]
    return shuffled[0] if len(shuffled) == 1 else shuffled

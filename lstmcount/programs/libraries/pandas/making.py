"""Functions of pandas that make frames and series, or join them."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.operators import folded
from lstmcount.programs.language.values.provided import Module, Native, Raw
from lstmcount.programs.libraries.numpy.arrays import Array, from_data
from lstmcount.programs.libraries.pandas import frame_methods, locations  # noqa: F401
from lstmcount.programs.libraries.pandas.frames import NUMBERS, Frame, frame_of
from lstmcount.programs.libraries.pandas.series import PLAIN, Index, Series, distinct, listed
from lstmcount.shapes import Unknown

_SCALARS = (bool, int, float, str, type(None))


class PandasModule(Module):
    """A module of pandas, of which most functions are not followed."""

    def missing(self, run: Run, name: str, node: ast.AST) -> Any:
        words = run.source_of(node)
        run.failed_imports.note(words, node, "pandas is not followed")
        return run.unknown(words)


def member(path: str, name: str) -> Any:
    """`pandas.name`; MISSING if it is not known."""
    return _FUNCTIONS.get(name, MISSING) if path == "pandas" else MISSING


class _Class(Native):
    """`pd.DataFrame` or `pd.Series`."""

    def __init__(self, name: str, function: Raw, cls: type, made: Any = None) -> None:
        super().__init__(name, function, raw=True)
        self.cls = cls
        self.members = lambda name: (made or {}).get(name, MISSING)

    def has_instance(self, value: Any) -> Any:
        return isinstance(value, self.cls)


def _frame(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`DataFrame(data=None, index=None, columns=None)`."""
    passed = arguments_by_name(("data", "index", "columns"), args, kwargs)
    data, index, columns = [passed.get(name) for name in ("data", "index", "columns")]
    run.weigh(node, passed)
    labels = None if columns is None else _labels(columns)
    if (columns is not None and labels is None) or run.is_open(data):
        return run.unknown(run.source_of(node))
    made = _of_data(run, data, labels, node)
    if made is None:
        return run.unknown(run.source_of(node))
    if index is not None:
        made.index = Index()
        values = data.values() if isinstance(data, dict) else [data]
        if any(isinstance(value, Series | Frame) for value in values):  # which are then aligned
            made = made.with_rows(_length(index))
        elif data is None or not isinstance(made.shape[0], int):
            made.shape = (_length(index), made.shape[1])
        if made.shape[0] is None:
            made.shape = (run.unknown(f"len({run.source_of(node)})"), made.shape[1])
    return made


def _labels(columns: Any) -> list[Any] | None:
    names = listed(columns) if isinstance(columns, list | tuple | Array | range) else []
    names = list(columns) if isinstance(columns, range) else names
    is_known = names and all(
        type(name) in (str, int) or isinstance(name, Unknown) for name in names
    )
    return names if is_known else None


def _of_data(run: Run, data: Any, labels: Any, node: ast.AST) -> Frame | None:
    if data is None:
        return Frame(0, labels or [], [[] for _ in labels or []])
    if isinstance(data, Frame) and data.labels is not None:
        places = None if labels is None else data.places(run, labels)
        copy = data if labels is None else data.chosen(places) if places else None
        return (
            None
            if copy is None
            else Frame(copy.shape[0], copy.labels or [], copy.cells, copy.index)
        )
    if isinstance(data, dict):
        return _of_columns(run, data, labels, node)
    if isinstance(data, Series):
        label = 0 if data.label is None else data.label
        return Frame(data.shape[0], labels or [label], [data.data], data.index)
    if isinstance(data, list) and data and all(isinstance(row, dict) for row in data):
        found = list(dict.fromkeys(label for row in data for label in row))
        cells = [[row.get(label, None) for row in data] for label in labels or found]
        return Frame(len(data), labels or found, [_plain(values) for values in cells])
    if isinstance(data, list) and any(isinstance(row, list | tuple) for row in data):
        return _of_rows(data, labels)
    array = from_data(data) if isinstance(data, list) else data
    if isinstance(array, Array) and 1 <= len(array.shape) <= 2 and not isinstance(array, Frame):
        width = array.shape[1] if len(array.shape) == 2 else 1
        if type(width) is int and (labels is None or len(labels) == width):
            cells = _columns(array, width)
            return Frame(array.shape[0], labels or list(range(width)), cells)
        return None
    if isinstance(data, Unknown) and labels is not None:
        return Frame(run.unknown(f"len({run.source_of(node)})"), labels, index=Index())
    return None


def _columns(array: Array, width: int) -> list[Any]:
    """What is known of the values in each column of an array."""
    if not isinstance(array.data, list):
        return [NUMBERS] * width
    if len(array.shape) == 1:
        return [list(array.data)]
    return [list(values) for values in zip(*array.data, strict=True)] or [NUMBERS] * width


def _of_rows(rows: list[Any], labels: Any) -> Frame | None:
    if not all(isinstance(row, list | tuple) for row in rows):
        return None
    width = max(map(len, rows))
    if labels is not None and len(labels) != width:
        return None
    is_full = all(len(row) == width for row in rows)
    cells = [_plain(list(values)) for values in zip(*rows, strict=True)] if is_full else None
    return Frame(len(rows), labels or list(range(width)), cells)


def _plain(values: list[Any]) -> list[Any] | None:
    return values if all(type(value) in PLAIN for value in values) else None


def _of_columns(run: Run, data: dict[Any, Any], labels: Any, node: ast.AST) -> Frame | None:
    """The frame of a dict: its rows are those of the values, which must be aligned."""
    chosen = {label: data.get(label) for label in labels or data}
    indices = {value.index for value in chosen.values() if isinstance(value, Series)}
    lengths = [_length(value) for value in chosen.values() if type(value) not in _SCALARS]
    known = {size for size in lengths if isinstance(size, int)}
    if not all(type(label) in (str, int) for label in chosen) or (len(known) > 1 and not indices):
        return None
    is_sure = len(indices) < 2 and known and len(known) == 1
    size = known.pop() if is_sure else run.unknown(f"len({run.source_of(node)})")
    cells = [_cells(value, size) for value in chosen.values()]
    index = next(iter(indices)) if len(indices) == 1 else Index() if indices else None
    return Frame(size, list(chosen), cells, index)


def _cells(value: Any, size: Any) -> Any:
    if isinstance(value, Array):
        return list(value.data) if isinstance(value.data, list) else (
            NUMBERS if type(value) is Array else None)  # fmt: skip
    if isinstance(value, list | tuple | range):
        return _plain(list(value))
    is_scalar = type(value) in PLAIN and isinstance(size, int) and size <= 1000
    return [value] * size if is_scalar else None


def _length(value: Any) -> Any:
    """The number of rows of a value that becomes a column; None if it is not known."""
    if isinstance(value, Array) and len(value.shape) == 1:
        return value.shape[0]
    return len(value) if isinstance(value, list | tuple | range) else None


def _series(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`Series(data=None, index=None, dtype=None, name=None)`."""
    passed = arguments_by_name(("data", "index", "dtype", "name"), args, kwargs)
    data, index, label = passed.get("data"), passed.get("index"), passed.get("name")
    run.weigh(node, passed)
    if isinstance(data, Series) and index is None:
        return Series(data.shape[0], data.data, data.index, label or data.label)
    if isinstance(data, dict) and index is None and not run.is_open(data):
        return Series(len(data), _plain(list(data.values())), Index(), label)
    size = _length(index if type(data) in _SCALARS else data)
    if size is None or isinstance(data, Series) or run.is_open(data):
        return run.unknown(run.source_of(node))
    values = _cells(data, size)
    new_index = None if index is None else Index()
    return Series(size, values if isinstance(values, list) else None, new_index, label)


# -- functions ------------------------------------------------------------------------------------


def _dummies(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`get_dummies(data, prefix=None, …, columns=None, drop_first=False)`."""
    data = args[0] if args else kwargs.get("data")
    dropped = kwargs.get("drop_first", False)
    is_plain = len(args) <= 2 and not kwargs.keys() & {"dummy_na", "prefix_sep"}
    prefix = args[1] if len(args) > 1 else kwargs.get("prefix")
    if not is_plain or type(dropped) is not bool or not isinstance(prefix, str | None):
        return run.unknown(run.source_of(node))
    if isinstance(data, Frame) and data.labels is not None:
        made = _dummies_of_frame(data, kwargs.get("columns"), prefix, dropped)
    else:
        made = _dummies_of_column(data, prefix, dropped)
    return run.unknown(run.source_of(node)) if made is None else made


def _dummies_of_column(data: Any, prefix: Any, dropped: bool) -> Frame | None:
    values = data.data if isinstance(data, Array) and len(data.shape) == 1 else data
    found = distinct(values)
    if found is None:
        return None
    labels = [each if prefix is None else f"{prefix}_{each}" for each in found[dropped:]]
    index = data.index if isinstance(data, Series) else None
    return Frame(len(values), labels, [NUMBERS] * len(labels), index)


def _dummies_of_frame(frame: Frame, columns: Any, prefix: Any, dropped: bool) -> Frame | None:
    """Text columns, or the chosen ones, are replaced by columns for their values, at the end."""
    labels = frame.labels or []
    chosen = listed(columns) if columns is not None else [
        label for label, values in zip(labels, frame.cells, strict=True)
        if values is None or (values != NUMBERS and str in map(type, values))
    ]  # fmt: skip
    kept = frame.chosen([at for at, label in enumerate(labels) if label not in chosen])
    for label in chosen:
        found = distinct(frame.cells[labels.index(label)]) if labels.count(label) == 1 else None
        if found is None:
            return None
        for value in found[dropped:]:
            name = f"{label if prefix is None else prefix}_{value}"
            kept.labels, kept.cells = [*(kept.labels or []), name], [*kept.cells, NUMBERS]
    kept.shape = (kept.shape[0], len(kept.labels or []))
    return kept


def _joined(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`concat(objs, axis=0)` of frames and series."""
    passed = arguments_by_name(("objs", "axis"), args, kwargs)
    tables, axis = passed.get("objs"), passed.get("axis", 0)
    tables = tables if isinstance(tables, list | tuple) and not run.is_open(tables) else []
    others = kwargs.keys() - {"objs", "axis", "ignore_index", "sort"}
    frames = [
        frame_of(each, at if each.label is None else None) if isinstance(each, Series) else each
        for at, each in enumerate(tables)
    ]
    are_known = frames and all(
        isinstance(each, Frame) and each.labels is not None for each in frames
    )
    if not are_known or others or axis not in (0, 1, "index", "columns"):
        return run.unknown(run.source_of(node))
    words = run.source_of(node)
    if axis in (1, "columns"):
        is_same = all(each.index == frames[0].index for each in frames)
        labels = [label for each in frames for label in each.labels or ()]
        if kwargs.get("ignore_index", False) is not False:
            labels = list(range(len(labels)))
        cells = [values for each in frames for values in each.cells] if is_same else None
        rows = frames[0].shape[0] if is_same else run.unknown(f"len({words})")
        return Frame(rows, labels, cells, frames[0].index if is_same else Index())
    rows = folded(run, ast.Add, [each.shape[0] for each in frames], node)
    if all(isinstance(each, Series) for each in tables):
        return Series(rows, index=Index())
    if any(isinstance(each, Series) for each in tables):
        return run.unknown(words)
    return Frame(
        rows, list(dict.fromkeys(x for each in frames for x in each.labels or ())), index=Index()
    )


def _factorized(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`factorize(values)`: the number of each value's class, and the classes."""
    value = args[0] if len(args) == 1 and not kwargs else None
    data = value.data if isinstance(value, Array) else value
    found = distinct(data)
    if found is None or not found:
        return run.unknown(run.source_of(node))
    return (Array((len(data or ()),)), Array((len(found),)))


def _dates(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`date_range(start=None, end=None, periods=None, freq=None)`."""
    passed = arguments_by_name(("start", "end", "periods"), args, kwargs)
    number = passed.get("periods")
    return Array((number,)) if type(number) is int else run.unknown(run.source_of(node))


def _same(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`to_datetime`, `to_numeric` and their like: as many rows."""
    value = args[0] if args else next(iter(kwargs.values()), None)
    if not isinstance(value, Series):
        return run.unknown(run.source_of(node))
    return Series(value.shape[0], None, value.index, value.label)


_MADE = {
    "from_dict": Native("from_dict", lambda run, args, kwargs, node: _frame(run, args, {}, node)
                        if not kwargs and len(args) == 1
                        else run.unknown(run.source_of(node)), raw=True),
}  # fmt: skip
_FUNCTIONS: dict[str, Any] = {
    "DataFrame": _Class("pd.DataFrame", _frame, Frame, _MADE),
    "Series": _Class("pd.Series", _series, Series),
    "get_dummies": Native("pd.get_dummies", _dummies, raw=True),
    "concat": Native("pd.concat", _joined, raw=True),
    "factorize": Native("pd.factorize", _factorized, raw=True),
    "date_range": Native("pd.date_range", _dates, raw=True),
    "to_datetime": Native("pd.to_datetime", _same, raw=True),
    "to_numeric": Native("pd.to_numeric", _same, raw=True),
}

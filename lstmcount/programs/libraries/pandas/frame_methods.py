"""Methods of frames: the result, or None if it is not known."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.run import Run
from lstmcount.programs.language.values.natives import arguments_by_name
from lstmcount.programs.language.values.provided import words
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.programs.libraries.pandas.frames import LABELS, METHODS, NUMBERS, Frame, frame_of
from lstmcount.programs.libraries.pandas.series import (
    ELEMENTWISE,
    MOVING,
    Index,
    Labels,
    Series,
    distinct,
    end_of_table,
    listed,
    moving,
    unknown_rows,
)
from lstmcount.programs.libraries.pandas.series import METHODS as OF_SERIES

_REDUCING = words("mean std var min max sum median count nunique")
# Methods that are not followed and may change the frame itself.
_CHANGING = words("drop_duplicates eval query update set_axis rename_axis where mask insert")


def _same(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return Frame(frame.shape[0], frame.labels or [], None, frame.index)


def _copy(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return frame.copied(run, node)


def _sorted(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    is_plain = kwargs.get("axis", 0) in (0, "index")
    return frame.with_rows(frame.shape[0]) if is_plain else None


def _ends(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return frame.taken(run, end_of_table(name, args, kwargs), node)


def _sample(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    passed, rows = arguments_by_name(("n", "frac"), args, kwargs), frame.shape[0]
    number, share = passed.get("n"), passed.get("frac")
    if type(number) is int and share is None:
        return frame.with_rows(number)
    if number is None and isinstance(share, int | float) and (share == 1 or isinstance(rows, int)):
        return frame.with_rows(rows if share == 1 else round(share * rows))
    return frame.with_rows(run.unknown(f"len({run.source_of(node)})"))


def _drop(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    passed = arguments_by_name(("labels", "axis", "index", "columns"), args, kwargs)
    axis, columns = passed.get("axis", 0), passed.get("columns")
    if axis in (1, "columns") and "labels" in passed:
        columns = passed["labels"]
    is_known = not isinstance(columns, Array) or isinstance(columns, Labels)
    if columns is not None and passed.get("index") is None:
        return (
            frame.without(run, listed(columns), passed.get("errors", "raise")) if is_known else None
        )
    if columns is not None or axis not in (0, "index"):
        return None
    return frame.with_rows(unknown_rows(run, kwargs, node))


def _pop(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    label = args[0] if args else kwargs.get("item")
    rest = frame.without(run, [label])
    if rest is None:
        frame.lose(run, node)
        return None
    column = frame.column(label)
    frame.become(rest)
    return column


def _insert(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    passed = arguments_by_name(("loc", "column", "value"), args, kwargs)
    at, label = passed.get("loc"), passed.get("column")
    if type(at) is not int or type(label) not in LABELS or at < 0:
        return None
    labels, cells = list(frame.labels or []), list(frame.cells)
    labels.insert(at, label)
    cells.insert(at, None)
    return Frame(frame.shape[0], labels, cells, frame.index)


def _filter(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    items = args[0] if args else kwargs.get("items")
    if not isinstance(items, list) or kwargs.keys() - {"items"}:
        return None
    labels = frame.labels or []
    return frame.chosen([labels.index(item) for item in items if item in labels])


def _assign(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    new = frame.copied(run, node)
    for label in kwargs:
        new.put(label, None)
    return new


def _rename(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    columns = kwargs.get("columns")
    if args or kwargs.keys() - {"columns", "inplace"} or not isinstance(columns, dict):
        return None
    labels = [columns.get(label, label) for label in frame.labels or []]
    return Frame(frame.shape[0], labels, frame.cells, frame.index)


def _reindexed(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    """`frame.reindex(columns=labels)`: columns that the frame lacks are empty."""
    labels = listed(kwargs["columns"]) if kwargs.keys() == {"columns"} and not args else []
    if not labels or not all(type(label) in LABELS for label in labels):
        return None
    return Frame(frame.shape[0], labels, None, frame.index)


def _reset(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    rows, labels = frame.shape[0], frame.labels or []
    if args or kwargs.keys() - {"drop", "inplace"}:
        return None
    if kwargs.get("drop", False) is True:
        return Frame(rows, labels, frame.cells)
    is_plain = frame.index == ("range", rows) and "index" not in labels
    return Frame(rows, ["index", *labels], [NUMBERS, *frame.cells]) if is_plain else None


def _set_index(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    keys = args[0] if args else kwargs.get("keys")
    if len(args) > 1 or kwargs.keys() - {"keys", "inplace", "drop"}:
        return None
    if kwargs.get("drop", True) is not True or not isinstance(keys, str | list):
        return None
    rest = frame.without(run, listed(keys))
    if rest is not None:
        rest.index = Index()
    return rest


def _dropna(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    if args or kwargs.get("axis", 0) not in (0, "index"):
        return None
    if frame.cells and all(distinct(values) is not None for values in frame.cells):
        return frame.copied(run, node)
    return frame.with_rows(unknown_rows(run, kwargs, node))


def _reduced(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    if args or kwargs.get("axis", 0) not in (0, "index") or kwargs.keys() - {"axis"}:
        return None
    labels = frame.labels or []
    return Series(len(labels), index=("labels", tuple(labels)))


def _moving(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return moving(_same(run, frame, name, args, kwargs, node))


def _array(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return frame.plain()


def _keys(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return Labels(frame.labels or [])


def _unknown(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> None:
    return None


def _items(run: Run, frame: Frame, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return None if frame.labels is None else [(each, frame.column(each)) for each in frame.labels]


METHODS |= {
    **dict.fromkeys(_CHANGING, _unknown),
    **dict.fromkeys(ELEMENTWISE, _same),
    **dict.fromkeys(MOVING, _moving),
    **dict.fromkeys(_REDUCING, _reduced),
    **dict.fromkeys(("head", "tail"), _ends),
    **dict.fromkeys(("sort_values", "sort_index"), _sorted),
    "copy": _copy,
    "sample": _sample,
    "drop": _drop,
    "pop": _pop,
    "insert": _insert,
    "filter": _filter,
    "assign": _assign,
    "rename": _rename,
    "reindex": _reindexed,
    "reset_index": _reset,
    "set_index": _set_index,
    "dropna": _dropna,
    "to_numpy": _array,
    "keys": _keys,
    "items": _items,
}


def _frame(run: Run, series: Series, name: str, args: Any, kwargs: Any, node: ast.AST) -> Any:
    return frame_of(series, args[0] if args else kwargs.get("name"))


OF_SERIES["to_frame"] = _frame

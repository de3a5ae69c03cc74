"""Frames of pandas: their numbers of rows and columns, and the labels of the columns."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.provided import Native
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.programs.libraries.numpy.changes import owner_of
from lstmcount.programs.libraries.numpy.sizes import sliced
from lstmcount.programs.libraries.numpy.stretching import unknown_array
from lstmcount.programs.libraries.pandas.series import (
    Index,
    Labels,
    Series,
    listed,
    range_index,
)
from lstmcount.shapes import Unknown

NUMBERS = "numbers"  # in the place of a column's values that are not known, but numbers
LABELS = (str, int)
_MAX_VALUES = 10_000

# By name: what a method returns, or None if that is not known; `frame.iloc` and the like.
METHODS: dict[str, Any] = {}
LOCATIONS: dict[str, Callable[[Frame], Any]] = {}


class Frame(Array):
    """A frame. Of each column, the values are a list, `NUMBERS`, or None if they are not known.

    If what changes a frame is not followed, its size is not known any more, and `labels` is None.
    """

    __slots__ = ("cells", "index", "labels")

    def __init__(self, rows: Any, labels: list[Any], cells: Any = None, index: Any = None) -> None:
        self.labels: list[Any] | None = list(labels)
        self.cells: list[Any] = [None] * len(labels) if cells is None else list(cells)
        self.index = range_index(rows) if index is None else index
        super().__init__((rows, len(labels)))

    def become(self, other: Frame) -> None:
        """Change in place."""
        self.labels, self.cells = other.labels, other.cells
        self.index, self.shape = other.index, other.shape

    def lose(self, run: Run, node: ast.AST) -> None:
        """Forget what is known, after a call or statement that changes the frame."""
        owner = run.source_of(owner_of(node))
        self.labels, self.cells, self.index = None, [], Index()
        self.shape = (run.unknown(f"len({owner})"), run.unknown(f"{owner}.shape[1]"))

    def copied(self, run: Run, node: ast.AST) -> Any:
        if self.labels is None:
            return Array(self.shape)
        return Frame(self.shape[0], self.labels, self.cells, self.index)

    def entries(self) -> dict[Any, Any] | None:
        labels = self.labels
        return None if labels is None else {label: self.column(label) for label in labels}

    def plain(self) -> Array:
        are_known = self.cells and all(isinstance(values, list) for values in self.cells)
        is_small = are_known and self.cells[0] and sum(map(len, self.cells)) <= _MAX_VALUES
        rows = [list(row) for row in zip(*self.cells, strict=False)] if is_small else None
        return Array(self.shape, rows)

    def with_rows(self, rows: Any) -> Frame:
        """As many columns, with other rows."""
        return Frame(rows, self.labels or [], map(_kind, self.cells), Index())

    def column(self, label: Any) -> Any:
        """The series under this label, or the frame of those with it."""
        labels = self.labels or []
        if labels.count(label) > 1:
            return self.chosen([at for at, each in enumerate(labels) if each == label])
        values = self.cells[labels.index(label)]
        data = values if isinstance(values, list) else None
        return Series(self.shape[0], data, self.index, label)

    def chosen(self, places: list[int]) -> Frame:
        """The columns at these places."""
        labels = self.labels or []
        cells = [self.cells[at] for at in places]
        return Frame(self.shape[0], [labels[at] for at in places], cells, self.index)

    def places(self, run: Run, wanted: list[Any]) -> list[int] | None:
        """The places of the columns with these labels; None if there is none with one of them."""
        labels = self.labels or []
        if not all(label in labels for label in wanted):
            if not any(isinstance(label, Unknown) for label in labels):
                run.fail(KeyError())
            return None
        return [at for label in wanted for at, each in enumerate(labels) if each == label]

    def without(self, run: Run, labels: list[Any], errors: Any = "raise") -> Frame | None:
        """The frame without these columns; None if it is not known."""
        if self.labels is None or not all(type(label) in LABELS for label in labels):
            return None
        if errors != "ignore" and self.places(run, labels) is None:
            return None
        return self.chosen([at for at, each in enumerate(self.labels) if each not in labels])

    # -- as a value

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        if name in ("shape", "ndim", "size", "T"):
            return super().attribute(run, name, node)
        if name == "values":
            return self.plain()
        if name == "index":
            return Array(self.shape[:1])
        if self.labels is None:
            return MISSING
        if name == "columns":
            return Labels(self.labels)
        if name in LOCATIONS:
            return LOCATIONS[name](self)
        method = METHODS.get(name)
        if method is None:
            return self.column(name) if name in self.labels else MISSING

        def call(run: Run, args: list[Any], kwargs: dict[str, Any], node: ast.AST) -> Any:
            result = method(run, self, name, args, kwargs, node)
            is_new = kwargs.get("inplace", False) is False and name not in ("insert", "update")
            if is_new or name == "pop":
                return run.unknown(run.source_of(node)) if result is None else result
            if isinstance(result, Frame) and kwargs.get("inplace", True) is True:
                self.become(result)
            else:
                self.lose(run, node)
            return None

        return Native(name, call, raw=True)

    def set_attribute(self, run: Run, name: str, new: Any, node: ast.AST) -> None:
        if name == "columns":
            names = listed(new)
            if len(names) == self.shape[1] and all(type(each) in LABELS for each in names):
                self.labels = list(names)
            elif isinstance(self.shape[1], int):
                self.labels = [run.unknown(f"{run.source_of(node)}[...]")] * self.shape[1]
            else:
                self.lose(run, node)
        elif name == "index":
            self.index = Index()
        elif self.labels is not None and name in self.labels:
            self.set_item(run, name, new, node)

    def elements(self, run: Run, node: ast.AST) -> list[Any] | None:
        return None if self.labels is None else list(self.labels)

    def contains(self, run: Run, value: Any, node: ast.AST) -> Any:
        is_known = self.labels is not None and not isinstance(value, Unknown)
        return value in (self.labels or []) if is_known else run.unknown(run.source_of(node))

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        if self.labels is None:
            return run.unknown(run.source_of(node))
        if isinstance(key, slice):
            return self.taken(run, key, node)
        if type(key) in LABELS:
            found = self.places(run, [key])
            return self.column(key) if found else run.unknown(run.source_of(node))
        is_mask = isinstance(key, Array) and not isinstance(key, Labels)
        if is_mask and len(key.shape) == 1:
            return self.with_rows(run.unknown(f"len({run.source_of(node)})"))
        names = listed(key) if isinstance(key, list | Labels) else []
        if names and all(type(name) in LABELS for name in names):
            places = self.places(run, names)
            return run.unknown(run.source_of(node)) if places is None else self.chosen(places)
        return run.unknown(run.source_of(node))

    def taken(self, run: Run, key: slice, node: ast.AST) -> Frame:
        """The rows at these positions."""
        size = sliced(self.shape[0], key, run, node)
        is_known = isinstance(size, int)
        cells = [
            values[key] if is_known and isinstance(values, list) else _kind(values)
            for values in self.cells
        ]
        index = self.index if key == slice(None) else Index()
        return Frame(size, self.labels or [], cells, index)

    def set_item(self, run: Run, key: Any, new: Any, node: ast.AST) -> Any:
        names = listed(key)
        if self.labels is None:
            return MISSING
        if isinstance(key, Array) and not isinstance(key, Labels):
            self.cells = [None] * len(self.labels)  # some values change
            return MISSING
        if not isinstance(key, str | int | list | Labels) or not all(
            type(name) in LABELS for name in names
        ):
            self.lose(run, node)
            return MISSING
        if not self.labels and self.shape[0] == 0:  # an empty frame takes the size
            size = new.shape[0] if isinstance(new, Array) and new.shape else None
            size = len(new) if isinstance(new, list | tuple) else size
            self.index = new.index if isinstance(new, Series) else range_index(size)
            words = run.source_of(owner_of(node))
            self.shape = (run.unknown(f"len({words})") if size is None else size, 0)
        for name in names:
            self.put(name, self._values(new) if len(names) == 1 else None)
        return MISSING

    def _values(self, new: Any) -> Any:
        """What is known of values that become a column."""
        is_aligned = not isinstance(new, Series) or new.index == self.index
        data = new.data if isinstance(new, Array) and is_aligned else new
        if isinstance(data, list) and len(data) == self.shape[0]:
            return list(data)
        is_array = type(new) is Array and new.data is None
        return NUMBERS if is_array or isinstance(new, int | float) else None

    def put(self, name: Any, values: Any) -> None:
        """Set the values of a column, which may be new."""
        labels = self.labels or []
        if name in labels:
            self.cells = [values if each == name else old
                          for each, old in zip(labels, self.cells, strict=True)]  # fmt: skip
        else:
            self.labels, self.cells = [*labels, name], [*self.cells, values]
            self.shape = (self.shape[0], len(self.labels))

    def delete_item(self, run: Run, key: Any, node: ast.AST) -> Any:
        dropped = self.without(run, listed(key))
        if dropped is None:
            self.lose(run, node)
        else:
            self.become(dropped)
        return MISSING

    def binary(self, run: Run, op: type[ast.operator], left: Any, right: Any, node: ast.AST) -> Any:
        other = right if left is self else left
        is_number = isinstance(other, int | float) or (
            isinstance(other, Unknown) and unknown_array(run, [left, right], node) is None
        )
        of_columns = self.labels is not None and ("labels", tuple(self.labels))
        is_row = isinstance(other, Series) and other.index == of_columns
        is_alike = isinstance(other, Frame) and (other.labels, other.index) == (
            self.labels, self.index)  # fmt: skip
        if self.labels is None or not (is_number or is_row or is_alike):
            return run.unknown(run.source_of(node))
        return Frame(self.shape[0], self.labels, None, self.index)

    def unary(self, run: Run, op: type[ast.unaryop], node: ast.AST) -> Any:
        return self.copied(run, node)


def _kind(values: Any) -> Any:
    """What is still known of a column's values when they are others."""
    return NUMBERS if isinstance(values, str) else None


def frame_of(series: Series, name: Any = None) -> Frame:
    """The frame with this column."""
    label = series.label if name is None else name
    values, label = [series.data], 0 if label is None else label
    return Frame(series.shape[0], [label], values, series.index)

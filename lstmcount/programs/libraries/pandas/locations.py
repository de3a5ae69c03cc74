"""Rows and columns of frames by position or label: `iloc`, `loc`, `iat`, `at`."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.provided import Namespace
from lstmcount.programs.libraries.numpy.arrays import Array
from lstmcount.programs.libraries.numpy.changes import owner_of
from lstmcount.programs.libraries.pandas.frames import LABELS, LOCATIONS, Frame
from lstmcount.programs.libraries.pandas.series import Index, Series, listed


class _Cells(Namespace):
    """`frame.iloc` and `frame.iat`, or `frame.loc` and `frame.at`."""

    def __init__(self, frame: Frame, *, by_label: bool) -> None:
        super().__init__({})
        self.frame, self.by_label = frame, by_label

    def item(self, run: Run, key: Any, node: ast.AST) -> Any:
        frame = self.frame
        rows, columns = key if isinstance(key, tuple) and len(key) == 2 else (key, slice(None))
        places = self._places(run, columns)
        if places is None or (isinstance(key, tuple) and len(key) != 2):
            return run.unknown(run.source_of(node))
        chosen = frame if columns == slice(None) else frame.chosen(places)
        is_one = not isinstance(columns, slice | list | Array)
        taken = self._rows(run, chosen, rows, node)
        if is_one and isinstance(taken, Frame):
            return taken.column((taken.labels or [])[0]) if len(places) == 1 else taken
        return taken

    def _rows(self, run: Run, frame: Frame, rows: Any, node: ast.AST) -> Any:
        is_range = frame.index == ("range", frame.shape[0])
        if isinstance(rows, slice):
            parts = (rows.start, rows.stop)
            if not self.by_label or parts == (None, None):
                return frame.taken(run, rows, node)
            are_rows = is_range and all(
                (type(part) is int and part >= 0) or part is None for part in parts
            )
            if are_rows and rows.step is None:  # a label is the end, and belongs to it
                stop = rows.stop if rows.stop is None else rows.stop + 1
                return frame.taken(run, slice(rows.start, stop), node)
            return frame.with_rows(run.unknown(f"len({run.source_of(node)})"))
        if isinstance(rows, list) and all(type(row) is int for row in rows):
            return frame.with_rows(len(rows))
        if isinstance(rows, Array) and len(rows.shape) == 1:
            size = rows.shape[0] if rows.holds_indices else None
            return frame.with_rows(
                run.unknown(f"len({run.source_of(node)})") if size is None else size
            )
        is_row = type(rows) is int and (is_range or not self.by_label)
        return Series(frame.shape[1], index=Index()) if is_row else run.unknown(run.source_of(node))

    def _places(self, run: Run, columns: Any) -> list[int] | None:
        """The places of the chosen columns; None if they are not known."""
        labels = self.frame.labels or []
        if isinstance(columns, slice) and columns == slice(None):
            return list(range(len(labels)))
        if self.by_label and isinstance(columns, slice):
            ends = (columns.start, columns.stop)
            if columns.step is not None or not all(end is None or end in labels for end in ends):
                return None
            first, last = ends
            start = 0 if first is None else labels.index(first)
            stop = len(labels) if last is None else labels.index(last) + 1
            return list(range(start, stop))
        if isinstance(columns, slice):
            parts = (columns.start, columns.stop, columns.step)
            is_known = all(part is None or type(part) is int for part in parts)
            return list(range(len(labels)))[columns] if is_known else None
        wanted = listed(columns)
        if wanted and len(wanted) == len(labels) and all(type(each) is bool for each in wanted):
            return [at for at, is_chosen in enumerate(wanted) if is_chosen]
        if not wanted or not all(type(each) in LABELS for each in wanted):
            return None
        if self.by_label:
            return self.frame.places(run, wanted)
        is_inside = all(type(at) is int and -len(labels) <= at < len(labels) for at in wanted)
        return [at % len(labels) for at in wanted] if is_inside else None

    def set_item(self, run: Run, key: Any, new: Any, node: ast.AST) -> Any:
        """New values; those of a label that the frame lacks are a new column or row."""
        frame = self.frame
        rows, columns = key if isinstance(key, tuple) and len(key) == 2 else (key, slice(None))
        size, is_row = (
            frame.shape[0],
            type(rows) is int and frame.index == ("range", frame.shape[0]),
        )
        is_inside = is_row and isinstance(size, int) and 0 <= rows < size
        may_add = self.by_label and not is_inside and not isinstance(rows, slice | Array)
        is_name = isinstance(columns, str) and frame.labels is not None
        if may_add or not (is_name or isinstance(columns, slice) or not self.by_label):
            frame.lose(run, owner_of(node))
        elif is_name and self.by_label:
            frame.put(columns, None)
        else:
            frame.cells = [None] * len(frame.cells)
        return MISSING


LOCATIONS |= {
    **dict.fromkeys(("iloc", "iat"), lambda frame: _Cells(frame, by_label=False)),
    **dict.fromkeys(("loc", "at"), lambda frame: _Cells(frame, by_label=True)),
}

"""Write the points of a sweep as a table, as records, or as Parquet."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import IO, Any

import msgspec

from lstmcount.design.sweep import Points, concatenated
from lstmcount.design.template import MEASURES
from lstmcount.errors import LstmcountError
from lstmcount.escapes import escape, for_csv, for_json, for_markdown_cell
from lstmcount.renderers import latex
from lstmcount.renderers.lines import aligned
from lstmcount.renderers.markdown import head, row


def table(points: Points, limit: int | None, room: int | None = None) -> tuple[str, int]:
    """The points as columns that fit into a `room`, and the number of points left out."""
    shown = points if limit is None else points.take(slice(limit))
    variables = sum(name not in MEASURES for name in points.columns)
    lines = aligned(_rows(shown), "r" * len(points.columns), room, repeated=variables)
    return "".join(f"{line}\n" for row in lines for line in row), len(points) - len(shown)


def write_latex(parts: Iterable[Points], file: IO[str]) -> None:
    points = concatenated(list(parts))
    file.write(latex.table(_rows(points), "r" * len(points.columns)))


def write_markdown(parts: Iterable[Points], file: IO[str]) -> None:
    points = concatenated(list(parts))
    names = list(map(for_markdown_cell, points.columns))
    lines = head(names, numbers=names)
    lines += [row(map(_markdown, record.values())) for record in points.records()]
    file.write("".join(f"{line}\n" for line in lines))


def _rows(points: Points) -> list[list[str]]:
    rows = [[escape(name) for name in points.columns]]
    return rows + [list(map(_cell, record.values())) for record in points.records()]


def _markdown(value: Any) -> str:
    return for_markdown_cell(value) if isinstance(value, str) else _cell(value)


def _cell(value: Any) -> str:
    """A value as text: integers in groups of three digits, None as an empty string."""
    if value is None:
        return ""
    return f"{value:,}" if type(value) is int else escape(str(value))


def write_csv(parts: Iterable[Points], file: IO[str], delimiter: str = ",") -> None:
    writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
    for i, points in enumerate(parts):
        if not i:
            writer.writerow(map(for_csv, points.columns))
        columns = [map(_csv_cell, values.tolist()) for values in points.columns.values()]
        writer.writerows(zip(*columns, strict=True))


def _csv_cell(value: Any) -> Any:
    return for_csv(value) if isinstance(value, str) else value


def write_jsonl(parts: Iterable[Points], file: IO[str]) -> None:
    for line in _json_lines(parts):
        file.write(f"{line}\n")


def write_json(parts: Iterable[Points], file: IO[str]) -> None:
    """A list with a record a line."""
    start = "[\n  "
    for line in _json_lines(parts):
        file.write(start + line)
        start = ",\n  "
    file.write("[]\n" if start[0] == "[" else "\n]\n")


def _json_lines(parts: Iterable[Points]) -> Iterator[str]:
    encode = msgspec.json.Encoder().encode
    for points in parts:
        for record in points.records():
            yield for_json(encode(record).decode())


def write_parquet(points: Points, path: Path) -> None:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise LstmcountError("Parquet needs pyarrow: pip install pyarrow") from None
    columns = {}
    for name, values in points.columns.items():
        if any(type(value) is int and abs(value) >= 2**63 for value in values.tolist()):
            raise LstmcountError(f"{name} exceeds 64 bits, which Parquet does not hold; use csv")
        columns[name] = values
    pyarrow.parquet.write_table(pyarrow.table(columns), path)


FORMATS: dict[str, Callable[[Iterable[Points], IO[str]], None]] = {
    "json": write_json,
    "jsonl": write_jsonl,
    "csv": write_csv,
    "tsv": partial(write_csv, delimiter="\t"),
    "markdown": write_markdown,
    "latex": write_latex,
}

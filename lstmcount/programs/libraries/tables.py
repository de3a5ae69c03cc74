"""Tables in short text files of the project: `csv`."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.language.values.elements import items
from lstmcount.programs.language.values.iterators import Iterator as Rows
from lstmcount.programs.language.values.natives import arguments_by_name, provides

TABLE: dict[str, Any] = {}
_provides = partial(provides, TABLE)
_FORMAT = {"delimiter": str, "quotechar": str, "escapechar": str, "skipinitialspace": bool}


def _rows(run: Run, lines: Any, options: dict[str, Any], node: ast.AST) -> list[list[str]] | None:
    """The rows of a table; None if they are not known."""
    import csv

    texts = items(run, lines, node)
    is_format = all(type(value) is _FORMAT.get(name) for name, value in options.items())
    if texts is None or not is_format or not all(isinstance(text, str) for text in texts):
        return None
    run.spend(8 * sum(map(len, texts)), node)
    try:
        return list(csv.reader(texts, **options))
    except (csv.Error, TypeError):
        return None


@_provides("csv.reader")
def _reader(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    rows = _rows(run, args[0], kwargs, node) if len(args) == 1 else None
    return run.unknown(run.source_of(node)) if rows is None else Rows(run, node, rows)


class _Records(Rows):
    """The rows of a table as dicts."""

    def __init__(self, run: Run, node: ast.AST, fields: list[Any], rows: Iterable[Any]) -> None:
        super().__init__(run, node, rows)
        self.fields = fields

    def attribute(self, run: Run, name: str, node: ast.AST) -> Any:
        return list(self.fields) if name == "fieldnames" else MISSING


@_provides("csv.DictReader")
def _dict_reader(run: Run, args: Any, kwargs: Any, node: ast.AST) -> Any:
    named = arguments_by_name(("f", "fieldnames"), args, kwargs)
    lines, fields = named.pop("f", None), named.pop("fieldnames", None)
    rows = _rows(run, lines, named, node)
    fields = rows.pop(0) if rows and fields is None else fields
    is_known = isinstance(fields, list | tuple) and all(isinstance(each, str) for each in fields)
    if rows is None or not is_known:
        return run.unknown(run.source_of(node))
    run.spend(8 * len(fields) * len(rows), node)
    return _Records(run, node, fields, _records(fields, rows))


def _records(fields: list[Any], rows: list[list[str]]) -> Iterator[dict[Any, Any]]:
    for row in filter(None, rows):
        record: dict[Any, Any] = dict(zip(fields, row, strict=False))
        record |= {None: row[len(fields) :]} if len(row) > len(fields) else {}
        yield record | dict.fromkeys(fields[len(row) :])

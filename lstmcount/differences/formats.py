"""The changes that `diff` found, in every format."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lstmcount.differences import ModelChange, json, latex, markdown, table
from lstmcount.differences.records import records
from lstmcount.renderers.records import RECORDS

FORMATS: dict[str, Callable[[Sequence[ModelChange]], str]] = {
    "table": table.render,
    "json": json.render,
    "jsonl": lambda changes: RECORDS["jsonl"](records(changes)),
    "csv": lambda changes: RECORDS["csv"](records(changes)),
    "tsv": lambda changes: RECORDS["tsv"](records(changes)),
    "markdown": markdown.render,
    "latex": latex.render,
}

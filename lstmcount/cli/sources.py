"""How commands read their SOURCE and report errors in it."""

from __future__ import annotations

import sys
from typing import Any

import click

from lstmcount.budgets.reading import Reading
from lstmcount.errors import LstmcountError
from lstmcount.escapes import escape
from lstmcount.graph.builder import build
from lstmcount.graph.inference import summarize_model
from lstmcount.graph.model import Model
from lstmcount.readers.text.pipes import read_up_to
from lstmcount.readers.text.text import MAX_BYTES, decode, parse_yaml
from lstmcount.sources import Source, errors_in, of_bytes, open_named, open_path, read
from lstmcount.summary import Summary

STDIN = "-"


def note_file(file: str) -> None:
    """Say that a file is read."""
    click.echo(f"read: {escape(file)}", err=True)


def open_argument(name: str, reading: Reading | None = None) -> Source:
    """Open a path, a URL, git:REV:PATH, or - for standard input."""
    if name == STDIN:
        source = of_bytes("<stdin>", read_up_to(sys.stdin.buffer, MAX_BYTES + 1))
    else:
        source = open_named(name)
    (reading or Reading()).apply(source, name)
    return source


def read_settings(path: str | None) -> dict[str, Any]:
    """The settings in a file; empty without a file."""
    if path is None:
        return {}
    source = open_path(path)
    with errors_in(source):
        values = parse_yaml(decode(source.data or b""))
        if not isinstance(values, dict):
            raise LstmcountError("expected names and values such as units: 96")
    return {str(name): value for name, value in values.items()}


def summarize_argument(name: str) -> Summary:
    """Read and count one source; errors carry their location."""
    return summarized(open_argument(name))


def summarized(source: Source, reading: Reading | None = None) -> Summary:
    return summarize_model(built(source, reading))


def summarized_sizes(source: Source, reading: Reading | None = None) -> tuple[Summary, bool]:
    """The summary of a source, and whether it is known which weights train."""
    try:
        return summarized(source, reading), True
    except LstmcountError as error:
        if not error.is_of_training or error.partial is None:
            raise
        config: Any = error.partial
        with errors_in(source):
            return summarize_model(build(config)), False


def built(source: Source, reading: Reading | None = None) -> Model:
    """The model of a source; errors carry their location."""
    with errors_in(source):
        return build(read(source, settings=reading.settings if reading else None))

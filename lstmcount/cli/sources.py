"""How commands read their SOURCE and report errors in it."""

from __future__ import annotations

import os
import sys
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import click
import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.escapes import escape
from lstmcount.graph.inference import infer
from lstmcount.layers.custom.known import Declarations
from lstmcount.readers.text.pipes import read_up_to
from lstmcount.readers.text.text import MAX_BYTES, decode, parse_yaml
from lstmcount.sources import Source, of_bytes, open_path, place, read
from lstmcount.sources.project_files import project_files
from lstmcount.sources.settings import ModelEntry
from lstmcount.summary import Summary

if TYPE_CHECKING:
    from lstmcount.budgets.checking import Asked

STDIN = "-"


class Reading(msgspec.Struct, frozen=True):
    """How to read a source: the options that all commands share."""

    settings: dict[str, Any] = {}
    model: str | None = None  # the model to take from a program
    config: str | None = None  # the project file, if not the nearest one
    code: tuple[str, ...] = ()  # files and folders to import modules from
    verbose: bool = False

    def apply(self, source: Source, name: str) -> None:
        """Read `source`, which is called `name` on the command line, with these options."""
        source.model = self.model
        source.declared = partial(declared_for, name, self.config)
        source.entry = cache(partial(_entry_for, name, self))
        if self.verbose:
            source.noted = _note
            _note(source.name or name)


def _note(file: str) -> None:
    """Say that a file is read."""
    click.echo(f"read: {escape(file)}", err=True)


def reading_of(asked: Asked) -> Reading:
    return Reading(asked.settings, asked.model, asked.config, asked.code, asked.verbose)


def open_argument(name: str, reading: Reading | None = None) -> Source:
    """Open the source that an argument names: a path, or - for standard input."""
    if name == STDIN:
        source = of_bytes("<stdin>", read_up_to(sys.stdin.buffer, MAX_BYTES + 1))
    else:
        source = open_path(name)
    (reading or Reading()).apply(source, name)
    return source


def declared_for(name: str, config: str | None = None) -> Declarations:
    """The custom layers of the project that a source belongs to."""
    from lstmcount.budgets.project import project_for

    return project_for(name, config).custom_layers


def _entry_for(name: str, reading: Reading) -> ModelEntry:
    """How the source's project wants it to be read; the command line's code replaces its code."""
    folder = os.path.dirname(os.path.realpath(name))
    if reading.config is None and next(project_files(folder), None) is None:
        return ModelEntry(code=reading.code)
    from pathlib import Path as FilePath

    from lstmcount.budgets.project import project_for

    entry = project_for(name, reading.config).entry(FilePath(name))
    return msgspec.structs.replace(entry, code=reading.code or entry.code)


def read_settings(path: str | None) -> dict[str, Any]:
    """The settings in a file; empty without a file."""
    if path is None:
        return {}
    source = open_path(path)
    try:
        values = parse_yaml(decode(source.data or b""))
        if not isinstance(values, dict):
            raise LstmcountError("expected names and values such as units: 96")
    except LstmcountError as error:
        raise place(error, source) from None
    return {str(name): value for name, value in values.items()}


def summarize_argument(name: str, reading: Reading | None = None) -> Summary:
    """Read and count one source; errors carry their location."""
    return summarized(open_argument(name, reading), reading)


def summarized(source: Source, reading: Reading | None = None) -> Summary:
    try:
        return infer(read(source, settings=reading.settings if reading else None))
    except LstmcountError as error:
        raise place(error, source) from None

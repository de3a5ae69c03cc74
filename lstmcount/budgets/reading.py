"""How to read a source: by the given options first, then by those of its project."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from lstmcount.layers.custom.known import Declarations
from lstmcount.sources import Source
from lstmcount.sources.names import path_of
from lstmcount.sources.project_files import project_files
from lstmcount.sources.settings import ModelEntry


class Reading(msgspec.Struct, frozen=True):
    """The options that all commands share."""

    settings: dict[str, Any] = {}  # values of variables and of layers' arguments
    model: str | None = None  # the model to take from a program
    config: str | None = None  # the project file, if not the nearest one
    code: tuple[str, ...] = ()  # files and folders to import modules from
    on_file_read: Callable[[str], None] | None = None  # called with the name of each file

    def apply(self, source: Source, name: str) -> None:
        """Read `source`, which is called `name` on the command line, with these options."""
        name = path_of(name)
        source.model = self.model
        source.declarations = partial(declared_for, name, self.config)
        source.entry = _Entry(name, self)
        source.on_file_read = self.on_file_read
        if self.on_file_read is not None:
            self.on_file_read(source.name or name)


def declared_for(name: str, config: str | None = None) -> Declarations:
    """The custom layers of the project that a source belongs to."""
    from lstmcount.budgets.project import project_for

    return project_for(name, config).custom_layers


class _Entry(msgspec.Struct):
    """How a source's project wants it to be read, looked up once. Executors can pickle it."""

    name: str
    reading: Reading
    entry: ModelEntry | None = None

    def __call__(self) -> ModelEntry:
        if self.entry is None:
            self.entry = _entry_for(self.name, self.reading)
        return self.entry


def _entry_for(name: str, reading: Reading) -> ModelEntry:
    """The project's entry for a source; the command line's code replaces its code."""
    folder = os.path.dirname(os.path.realpath(name))
    if reading.config is None and next(project_files(folder), None) is None:
        return ModelEntry(code=reading.code)
    from pathlib import Path as FilePath

    from lstmcount.budgets.project import project_for

    entry = project_for(name, reading.config).entry(FilePath(name))
    return msgspec.structs.replace(entry, code=reading.code or entry.code)

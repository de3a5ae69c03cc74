"""The size of a model at each commit."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Unpack

from lstmcount.api.opening import Options, reading_of, require_path, require_positive, require_text
from lstmcount.budgets.reading import Reading
from lstmcount.costs.measures import Conditions
from lstmcount.differences.log import MEASURES, Row, row
from lstmcount.differences.profile import values_of
from lstmcount.errors import LstmcountError
from lstmcount.graph.builder import build
from lstmcount.graph.inference import summarize_model
from lstmcount.sources import Source, errors_in, may_name_files, read
from lstmcount.sources.git import blob, repository_of, source_of
from lstmcount.sources.history import Version, contents, versions
from lstmcount.summary import why_unknown


def log(
    path: str | os.PathLike[str],
    *,
    since: str | None = None,
    max_count: int | None = None,
    timesteps: int | None = None,
    **options: Unpack[Options],
) -> tuple[Row, ...]:
    """The parameters, bytes and MACs of a model file at each commit that changed it, newest first.

    `since` is a date as git takes it. A version that cannot be counted has an `error`.

    Raises `LstmcountError` for a file that git does not have.
    """
    require_positive(max_count=max_count, timesteps=timesteps)
    require_text(since=since)
    name = require_path(path)
    root, inside = repository_of(Path(name))
    changes = versions(root, inside, since, max_count)
    return tuple(rows(name, root, changes, reading_of(options), Conditions(timesteps=timesteps)))


def rows(
    source: str, root: Path, changes: list[Version], reading: Reading, conditions: Conditions
) -> Iterator[Row]:
    """A row for each version, read with today's options; equal files are read only once.

    Files that refer to other files are read each time.
    """
    files = [version.blob for version in changes if version.blob and not version.is_folder]
    unread = contents(root, list(dict.fromkeys(files)))  # in the order in which they are needed
    already_read = set()
    known: dict[str | None, dict[str, int | None]] = {}
    for version in changes:
        if version.blob is None:
            yield row(version, error=None if version.change == "deleted" else "this is not a file")
            continue
        try:
            if version.blob not in known:
                data = None
                if not version.is_folder:
                    again = version.blob in already_read
                    data = next(contents(root, [version.blob]) if again else unread)
                    already_read.add(version.blob)
                opened = _opened(source, root, version, data, reading)
                numbers = _numbers(opened, reading, conditions)
                if may_name_files(opened):
                    yield row(version, **numbers)
                    continue
                known[version.blob] = numbers
            yield row(version, **known[version.blob])
        except LstmcountError as error:
            yield row(version, error=str(error))


def _opened(
    name: str, root: Path, version: Version, data: bytes | None, reading: Reading
) -> Source:
    shown = f"{version.commit[:10]}:{version.path}"
    opened = None
    if version.is_folder:
        opened = blob(root, version.commit, version.path, shown)
    elif data is not None:
        opened = source_of(root, version.commit, version.path, shown, data)
    if opened is None:
        raise LstmcountError(f"{shown}: git does not have it here, or it is too large")
    reading.apply(opened, name)
    return opened


def _numbers(source: Source, reading: Reading, conditions: Conditions) -> dict[str, int | None]:
    with errors_in(source):
        model = build(read(source, settings=reading.settings))
        values = values_of(model, MEASURES, conditions)
        if values["params"] is None:
            raise LstmcountError(why_unknown(summarize_model(model)))
        return values

"""lstmcount log"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click

from lstmcount.budgets.reading import Reading
from lstmcount.cli.completion import SOURCE
from lstmcount.cli.options import source_options, timesteps_option
from lstmcount.cli.output import Format, theme_option, write
from lstmcount.cli.progress import with_progress
from lstmcount.cli.terminal import width
from lstmcount.costs.measures import Conditions
from lstmcount.differences.log import FORMATS, MEASURES, Row, draw, rendered, row
from lstmcount.differences.profile import values_of
from lstmcount.errors import LstmcountError
from lstmcount.escapes import escape
from lstmcount.graph.builder import build
from lstmcount.graph.inference import summarize_model
from lstmcount.renderers.charts import format_of
from lstmcount.sources import Source, may_name_files, place, read
from lstmcount.sources.git import blob, repository_of, source_of
from lstmcount.sources.history import Version, contents, versions
from lstmcount.summary import why_unknown


@click.command(short_help="How large a model was at each commit.")
@click.argument("source", type=SOURCE)
@click.option("--since", metavar="DATE", help="Only commits after this date, as in git log.")
@click.option(
    "-n", "--max-count", type=click.IntRange(1, 2**31), metavar="N", help="Only the last N commits."
)
@click.option("--format", "fmt", type=Format(FORMATS), default="table")
@click.option("-o", "--output", metavar="FILE", help="Write the output to FILE.")
@timesteps_option
@click.option("--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw a curve.")
@theme_option
@source_options
def command(
    source: str,
    since: str | None,
    max_count: int | None,
    fmt: str,
    output: str | None,
    timesteps: int | None,
    plot: Path | None,
    theme: str,
    reading: Reading,
) -> None:
    """Params, bytes and MACs of SOURCE at every commit that changed it, the newest first.

    Renames are followed. Nothing is checked out. A version that could not be read says why.

    \b
    $ lstmcount log model.yaml
    $ lstmcount log model.yaml --since 2025-01-01 --format csv
    $ lstmcount log train.py --model build_model --plot growth.svg
    """
    picture = format_of(plot) if plot is not None else None
    root, inside = repository_of(Path(source))
    changes = versions(root, inside, since, max_count)
    conditions = Conditions(timesteps=timesteps)
    rows = list(with_progress(_rows(source, root, changes, reading, conditions), len(changes)))
    if plot is not None and picture is not None:
        write(str(plot), draw(rows, f"Parameters of {inside}", picture, theme))
    write(output, rendered(rows, fmt, width(output)))
    if rows and all(one.params is None for one in rows):
        raise LstmcountError(f"{escape(source)}: none of its versions has a known size")


def _rows(
    source: str, root: Path, changes: list[Version], reading: Reading, conditions: Conditions
) -> Iterator[Row]:
    """A row for each version, read with today's options; equal files are read only once.

    Files that refer to other files are read each time.
    """
    files = [version.blob for version in changes if version.blob and not version.is_folder]
    unread = contents(root, list(dict.fromkeys(files)))  # in the order in which they are needed
    seen = set()
    known: dict[str | None, dict[str, int | None]] = {}
    for version in changes:
        if version.blob is None:
            yield row(version, error=None if version.change == "deleted" else "this is not a file")
            continue
        try:
            if version.blob not in known:
                data = None
                if not version.is_folder:
                    again = version.blob in seen
                    data = next(contents(root, [version.blob]) if again else unread)
                    seen.add(version.blob)
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
    try:
        model = build(read(source, settings=reading.settings))
        values = values_of(model, MEASURES, conditions)
        if values["params"] is None:
            raise LstmcountError(why_unknown(summarize_model(model)))
        return values
    except LstmcountError as error:
        raise place(error, source) from None

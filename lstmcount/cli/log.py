"""lstmcount log"""

from __future__ import annotations

import os
from pathlib import Path

import click

from lstmcount.api.log import rows as rows_of
from lstmcount.budgets.reading import Reading
from lstmcount.cli.check import of_project
from lstmcount.cli.completion import SOURCE
from lstmcount.cli.folders import is_model_folder, is_pattern
from lstmcount.cli.options import source_options, timesteps_option
from lstmcount.cli.output import Format, theme_option, write, write_picture
from lstmcount.cli.progress import with_progress
from lstmcount.cli.terminal import width
from lstmcount.costs.measures import Conditions
from lstmcount.differences.log import FORMATS, Row, draw, rendered
from lstmcount.errors import LstmcountError
from lstmcount.escapes import escape
from lstmcount.renderers.charts import format_of
from lstmcount.sources.git import repository_of
from lstmcount.sources.history import versions


@click.command(short_help="How large a model was at each commit.")
@click.argument("source", type=SOURCE, required=False)
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
    source: str | None,
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

    Without SOURCE, of each model that the budgets of the nearest lstmcount.yaml name. Renames are
    followed. Nothing is checked out. A version that could not be read says why.

    \b
    $ lstmcount log model.yaml
    $ lstmcount log model.yaml --since 2025-01-01 --format csv
    $ lstmcount log train.py --model build_model --plot growth.svg
    """
    picture = format_of(plot) if plot is not None else None
    if source is not None and (is_pattern(source) or _is_plain_folder(source)):
        raise click.UsageError(
            "name one model; `lstmcount log` alone shows all that lstmcount.yaml names, and "
            "`lstmcount diff --base REF` the changes of a folder or pattern"
        )
    sources = [source] if source is not None else [each.name for each in of_project(reading.config)]
    if plot is not None and len(sources) > 1:
        raise click.UsageError("--plot draws the curve of one SOURCE")
    conditions = Conditions(timesteps=timesteps)
    versions_of = {name: _rows(name, since, max_count, reading, conditions) for name in sources}
    if plot is not None and picture is not None:
        (rows,) = versions_of.values()
        write_picture(plot, draw(rows, f"Parameters of {sources[0]}", picture, theme))
    write(output, _rendered(versions_of, fmt, width(output)))
    for name, rows in versions_of.items():
        if rows and all(row.params is None for row in rows):
            raise LstmcountError(f"{escape(name)}: none of its versions has a known size")


def _is_plain_folder(source: str) -> bool:
    return os.path.isdir(source) and not is_model_folder(source)


def _rows(
    source: str, since: str | None, most: int | None, reading: Reading, conditions: Conditions
) -> list[Row]:
    root, inside = repository_of(Path(source))
    changes = versions(root, inside, since, most)
    return list(with_progress(rows_of(source, root, changes, reading, conditions), len(changes)))


def _rendered(versions_of: dict[str, list[Row]], fmt: str, room: int | None) -> str:
    """The versions of one model, or of several under their names."""
    if fmt != "table" or len(versions_of) == 1:
        return rendered([row for rows in versions_of.values() for row in rows], fmt, room)
    tables = (f"{escape(name)}\n{rendered(rows, fmt, room)}" for name, rows in versions_of.items())
    return "\n".join(tables)

"""lstmcount log"""

from __future__ import annotations

from pathlib import Path

import click

from lstmcount.api.log import rows as rows_of
from lstmcount.budgets.reading import Reading
from lstmcount.cli.completion import SOURCE
from lstmcount.cli.options import source_options, timesteps_option
from lstmcount.cli.output import Format, theme_option, write
from lstmcount.cli.progress import with_progress
from lstmcount.cli.terminal import width
from lstmcount.costs.measures import Conditions
from lstmcount.differences.log import FORMATS, draw, rendered
from lstmcount.errors import LstmcountError
from lstmcount.escapes import escape
from lstmcount.renderers.charts import format_of
from lstmcount.sources.git import repository_of
from lstmcount.sources.history import versions


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
    rows = list(with_progress(rows_of(source, root, changes, reading, conditions), len(changes)))
    if plot is not None and picture is not None:
        write(str(plot), draw(rows, f"Parameters of {inside}", picture, theme))
    write(output, rendered(rows, fmt, width(output)))
    if rows and all(one.params is None for one in rows):
        raise LstmcountError(f"{escape(source)}: none of its versions has a known size")

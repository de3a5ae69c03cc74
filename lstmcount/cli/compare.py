"""lstmcount compare"""

from __future__ import annotations

import functools
from typing import Any

import click

from lstmcount.api.compare import measured
from lstmcount.api.opening import Options
from lstmcount.budgets.reading import Reading
from lstmcount.cli.batch import each
from lstmcount.cli.completion import SOURCE
from lstmcount.cli.folders import Argument, LeftOut, expand, records_of, tried
from lstmcount.cli.options import source_options
from lstmcount.cli.output import Format, write
from lstmcount.cli.terminal import width
from lstmcount.costs.measures import MEASURES as ALL
from lstmcount.costs.measures import Conditions
from lstmcount.differences.comparison import FORMATS, MEASURES, table
from lstmcount.differences.profile import Values
from lstmcount.errors import LstmcountError, did_you_mean_or_known
from lstmcount.sources import Source, with_source


@click.command(short_help="Several models side by side, in one table.")
@click.argument("sources", nargs=-1, type=SOURCE, required=True)
@click.option(
    "--measures", metavar="NAMES", default=",".join(MEASURES), show_default=True,
    help=f"Measures, in this order; any of {', '.join(ALL)}.",
)  # fmt: skip
@click.option("--batch", type=click.IntRange(1, 2**31), help="Batch size for states and memory.")
@click.option(
    "--timesteps", type=click.IntRange(1), help="Time steps, where a model leaves them open."
)
@click.option("--format", "fmt", type=Format(FORMATS), default="table")
@click.option("-o", "--output", metavar="FILE", help="Write the output to FILE.")
@source_options
@click.pass_context
def command(
    ctx: click.Context,
    sources: tuple[str, ...],
    measures: str,
    batch: int | None,
    timesteps: int | None,
    fmt: str,
    output: str | None,
    reading: Reading,
) -> None:
    """Parameters, bytes, MACs and states of each SOURCE: specs, files and programs alike.

    A SOURCE is a model, or a folder or pattern of models. Unknown numbers
    are shown as ?, and are empty in records. `lstmcount diff` shows which layers differ.

    \b
    $ lstmcount compare lstm.yaml gru.yaml
    $ lstmcount compare a.yaml b.keras train.py --measures params,macs_per_step --format latex
    """
    names = [name.strip() for name in measures.split(",")]
    for name in names:
        if name not in ALL:
            hint = did_you_mean_or_known(name, ALL)
            raise click.BadParameter(f"there is no measure {name!r}.{hint}", ctx)
    conditions = Conditions(batch=batch, timesteps=timesteps)
    measure = functools.partial(_row, names=names, conditions=conditions, reading=reading)
    rows = records_of(each(measure, expand(sources)))
    known = [row for row in rows if "error" not in row]
    if known:
        write(output, table(known, width(output)) if fmt == "table" else FORMATS[fmt](known))
    if len(known) < len(rows):
        ctx.exit(2)


def _row(
    argument: Argument, *, names: list[str], conditions: Conditions, reading: Reading
) -> dict[str, Any] | LeftOut:
    options: Options = {"settings": reading.settings}

    def values(source: Source) -> Values:
        return measured(source, names, conditions, options)

    try:
        row = tried(argument, argument.open(reading), values)
        return row if isinstance(row, LeftOut) else {"path": argument.name, **row}
    except LstmcountError as error:
        error = with_source(error, argument.name)
        return {"path": argument.name, "error": str(error)}

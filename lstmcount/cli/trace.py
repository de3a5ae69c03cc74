"""lstmcount trace"""

from __future__ import annotations

from pathlib import Path

import click

from lstmcount.api.trace import traced
from lstmcount.budgets.reading import Reading
from lstmcount.cli.explain import print_lines
from lstmcount.cli.options import source_options
from lstmcount.cli.output import Format, output_option, theme_option, write_picture
from lstmcount.cli.sources import open_argument
from lstmcount.cli.terminal import color_option, width
from lstmcount.renderers.charts import format_of
from lstmcount.renderers.records import RECORDS
from lstmcount.tracing import table as trace_table
from lstmcount.tracing.plot import plot


@click.command(short_help="Unroll a recurrent layer: every gate at every step.")
@click.argument("source")
@click.option(
    "--layer",
    "name",
    metavar="NAME",
    help="Which layer, by name or class.  [default: the only one]",
)
@click.option("--steps", type=click.IntRange(1), help="Time steps to show.  [default: all]")
@click.option(
    "--timesteps",
    type=click.IntRange(1),
    help="Length of the sequence, where the model leaves it open.",
)
@click.option("--seed", type=click.IntRange(0), default=0, show_default=True)
@click.option(
    "--weights",
    type=click.Choice(["file", "random"]),
    default="file",
    help="Weights stored in the file, or random ones.  [default: file]",
)
@click.option(
    "--input",
    "inputs",
    default="random",
    metavar="random|zeros|FILE",
    help="The sequence: an .npy or .csv file of [timesteps, features].  [default: random]",
)
@click.option(
    "--initial",
    type=click.Choice(["zeros", "random"]),
    default="zeros",
    show_default=True,
    help="The states before the first step.",
)
@click.option("--format", "fmt", type=Format(["table", *RECORDS]), default="table")
@click.option(
    "--plot",
    "picture",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw the gates over time to a .png, .svg or .pdf file.",
)
@theme_option
@color_option
@output_option
@source_options
def command(
    source: str,
    name: str | None,
    steps: int | None,
    timesteps: int | None,
    seed: int,
    weights: str,
    inputs: str,
    initial: str,
    fmt: str,
    picture: Path | None,
    theme: str,
    color: str,
    reading: Reading,
) -> None:
    """Run a recurrent layer of SOURCE over time, by the equations that explain prints.

    \b
    $ lstmcount trace model.yaml --layer lstm --steps 3
    $ lstmcount trace model.keras --layer lstm --input data.csv --plot gates.png
    """
    picture_format = "" if picture is None else format_of(picture)
    # JSON holds the output for the whole sequence, and a picture shows all of it.
    run = traced(
        open_argument(source, reading),
        name,
        {"settings": reading.settings},
        steps=steps,
        timesteps=timesteps,
        seed=seed,
        weights=weights,
        inputs=inputs,
        initial=initial,
        is_whole=fmt == "json" or picture is not None,
    )
    trace, about = run.trace, run.about
    if picture is not None:
        write_picture(picture, plot(trace, about.name, picture_format, theme))
    if fmt == "table":
        print_lines(trace_table.text(trace, about, width()), color)
    elif fmt == "json":
        click.echo(trace_table.as_json(trace, about), nl=False)
    else:
        click.echo(trace_table.FORMATS[fmt](trace_table.values(trace, about)), nl=False)

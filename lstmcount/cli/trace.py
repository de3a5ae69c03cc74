"""lstmcount trace"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from lstmcount.budgets.reading import Reading
from lstmcount.cli.explain import print_lines
from lstmcount.cli.options import source_options
from lstmcount.cli.output import Format, output_option, theme_option
from lstmcount.cli.output import write as write_file
from lstmcount.cli.sources import STDIN, built, open_argument
from lstmcount.cli.terminal import color_option, width
from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import last_call, summarize_model
from lstmcount.graph.recurrence import chosen, sequence_shape
from lstmcount.naming import counted
from lstmcount.renderers.charts import format_of
from lstmcount.renderers.records import RECORDS
from lstmcount.tracing import stored, unroll, values
from lstmcount.tracing import table as trace_table
from lstmcount.tracing.arrays import numpy
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
    model = built(open_argument(source, reading), reading)
    summary = summarize_model(model)
    layer = chosen(summary, name, "trace unrolls")
    shape = sequence_shape(layer, last_call(model, summary, layer))
    length, features = _sizes(layer.name, shape, timesteps)
    stored_arrays = None
    if weights == "file" and source != STDIN:  # NumPy's threads rule out a quick fork
        stored_arrays = stored.stored_weights(Path(source), summary, layer, layer.weights)
    random = numpy().random.default_rng(seed)
    arrays = stored_arrays or values.random_weights(layer.weights, layer.layer, random)
    if inputs in ("random", "zeros"):
        length = length or steps
        if length is None:
            raise LstmcountError(
                f"layer {layer.name!r} leaves the number of time steps open: "
                "give --timesteps N or --input FILE"
            )
        shape = (length, features)
        values.require_few(length * features, "inputs")
        sequence = random.standard_normal(shape) if inputs == "random" else numpy().zeros(shape)
    else:
        sequence = values.read_sequence(Path(inputs), length, features)
    states = values.initial_states(layer.layer, initial, random)
    # JSON holds the output for the whole sequence, and a picture shows all of it.
    last = None if fmt == "json" or picture is not None else steps
    trace = unroll.unroll(layer.layer, layer.weights, arrays, sequence, states, last)
    about = trace_table.About(
        name=layer.name,
        class_name=layer.class_name,
        timesteps=len(sequence),
        shown=min(steps or len(sequence), len(sequence)),
        seed=seed,
        weights="from the file" if stored_arrays else "random",
        input=inputs,
        initial=initial,
    )
    if picture is not None:
        write_file(str(picture), plot(trace, layer.name, picture_format, theme))
    if fmt == "table":
        print_lines(trace_table.text(trace, about, width()), color)
    elif fmt == "json":
        click.echo(trace_table.as_json(trace, about), nl=False)
    else:
        click.echo(trace_table.FORMATS[fmt](trace_table.values(trace, about)), nl=False)


def _sizes(layer: str, shape: Any, timesteps: int | None) -> tuple[int | None, int]:
    """The number of time steps (None if unknown) and of features."""
    length = shape[1] if len(shape) == 3 else 1  # a bare cell runs one step
    if timesteps is not None and length is not None and timesteps != length:
        raise LstmcountError(
            f"layer {layer!r} has {counted(length, 'time step')}, not {timesteps:,}"
        )
    return length if timesteps is None else timesteps, shape[-1]

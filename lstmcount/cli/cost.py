"""lstmcount cost"""

from __future__ import annotations

from typing import Literal

import click

from lstmcount.api.cost import cost
from lstmcount.budgets.reading import Reading
from lstmcount.cli.explain import print_lines
from lstmcount.cli.options import source_options
from lstmcount.cli.output import Format, output_option
from lstmcount.cli.sources import open_argument
from lstmcount.cli.terminal import color_option, print_notes, width
from lstmcount.layers.quantization import MODES
from lstmcount.renderers import cost_table
from lstmcount.renderers.records import RECORDS

DTYPES = ("float32", "float64", "float16", "bfloat16", "mixed_float16", "mixed_bfloat16")


@click.command(short_help="MACs, FLOPs and memory, per layer and in total.")
@click.argument("source")
@click.option("--batch", type=click.IntRange(1), help="Batch size.  [default: 1]")
@click.option(
    "--timesteps", type=click.IntRange(1), help="Time steps, where the model leaves them open."
)
@click.option("--optimizer", metavar="NAME", help="E.g. adam, sgd.  [default: the file's, or adam]")
@click.option("--dtype", type=click.Choice(DTYPES), help="Apply this dtype policy to every layer.")
@click.option(
    "--quantize",
    type=click.Choice(MODES),
    help="After model.quantize(…), layer by layer. (gptq and awq need data to calibrate with.)",
)
@click.option(
    "--format",
    "fmt",
    type=Format(["text", *RECORDS]),
    default="text",
)
@color_option
@output_option
@source_options
def command(
    source: str,
    batch: int | None,
    timesteps: int | None,
    optimizer: str | None,
    dtype: str | None,
    quantize: Literal["int8", "int4", "float8"] | None,
    fmt: str,
    color: str,
    reading: Reading,
) -> None:
    """The costs of running and training SOURCE, each figure with its rule.

    MACs are multiply-accumulates of matrix products and convolutions, for one sample, forward,
    padding included; masks and sparsity are ignored. FLOPs are twice the MACs. Biases,
    activations, normalisation, pooling, gating products, look-ups and data movement count 0.
    An unknown number of time steps gives figures per step and leaves totals open.

    \b
    $ lstmcount cost model.yaml --batch 32 --optimizer adam
    $ lstmcount cost model.keras --timesteps 100 --dtype mixed_float16 --format json
    $ lstmcount cost model.keras --quantize int8
    """
    model_costs = cost(
        open_argument(source, reading),
        batch=batch,
        timesteps=timesteps,
        optimizer=optimizer,
        dtype=dtype,
        quantize=quantize,
        settings=reading.settings,
    )
    if fmt == "text":
        print_lines(cost_table.text(model_costs, width()), color)
    elif fmt == "json":
        click.echo(cost_table.as_json(model_costs), nl=False)
    elif fmt == "latex":
        click.echo(cost_table.latex(model_costs), nl=False)
    else:
        click.echo(RECORDS[fmt](cost_table.records(model_costs)), nl=False)
    print_notes(model_costs.notes)

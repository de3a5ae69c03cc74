"""lstmcount plot"""

from __future__ import annotations

from pathlib import Path

import click

from lstmcount.api.plot import DRAWN, FORMATS, plot
from lstmcount.budgets.reading import Reading
from lstmcount.cli.completion import SOURCE, layer_names
from lstmcount.cli.options import source_options
from lstmcount.cli.output import open_output, theme_option
from lstmcount.cli.sources import open_argument
from lstmcount.cli.terminal import print_notes
from lstmcount.errors import LstmcountError, did_you_mean_or_known
from lstmcount.pictures import raster
from lstmcount.pictures.drawing import SHOW
from lstmcount.pictures.nested_layout import DIRECTIONS

SUFFIXES = {
    ".svg": "svg",
    ".png": "png",
    ".pdf": "pdf",
    ".dot": "dot",
    ".gv": "dot",
    ".mmd": "mermaid",
    ".md": "markdown",
}


def _show(ctx: click.Context, param: click.Parameter, value: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in value.split(",") if name.strip())
    for name in names:
        if name not in SHOW:
            hint = did_you_mean_or_known(name, SHOW)
            raise click.BadParameter(f"nothing is called {name!r}.{hint}")
    return names


@click.command(short_help="The architecture as a picture: SVG, PNG, PDF, dot or Mermaid.")
@click.argument("source", type=SOURCE)
@click.option(
    "-o", "--output", metavar="FILE", required=True, help=f"{', '.join(SUFFIXES)}; - for stdout."
)
@click.option(
    "--format", "fmt", type=click.Choice(FORMATS), help="[default: by the suffix, svg for -]"
)
@click.option(
    "--direction",
    type=click.Choice(DIRECTIONS),
    default="TB",
    show_default=True,
    help="Where data flows: from top to bottom, left to right, …",
)
@theme_option
@click.option(
    "--show",
    callback=_show,
    metavar="NAMES",
    default="shapes,params",
    help=f"What boxes show: any of {','.join(SHOW)}.  [default: shapes,params]",
)
@click.option("--no-fold", is_flag=True, help="Draw every repeated block.")
@click.option(
    "--depth", type=click.IntRange(0), help="Levels of nested models to show.  [default: all]"
)
@click.option(
    "--unroll",
    type=click.IntRange(1, 1000),
    metavar="STEPS",
    help="Instead draw a recurrent layer over this many time steps.",
)
@click.option(
    "--cell", is_flag=True, help="Instead draw the cell of a recurrent layer: gates, matrices."
)
@click.option(
    "--layer",
    metavar="NAME",
    shell_complete=layer_names,
    help="Which recurrent layer.  [default: the only one]",
)
@source_options
def command(
    source: str,
    output: str,
    fmt: str | None,
    direction: str,
    theme: str,
    show: tuple[str, ...],
    no_fold: bool,
    depth: int | None,
    unroll: int | None,
    cell: bool,
    layer: str | None,
    reading: Reading,
) -> None:
    """Draw SOURCE: layers as boxes, coloured more strongly the more parameters they have.

    \b
    $ lstmcount plot model.yaml -o model.svg
    $ lstmcount plot model.keras -o model.png --direction LR --theme dark
    $ lstmcount plot model.yaml -o - --format mermaid
    $ lstmcount plot model.yaml -o lstm.svg --cell --layer lstm
    """
    fmt = fmt or _format_of(output)
    inside = cell or unroll is not None
    if cell and unroll is not None:
        raise click.UsageError("--cell and --unroll are two pictures; ask for one of them")
    if layer is not None and not inside:
        raise click.UsageError("--layer is for --cell and --unroll")
    if inside and fmt not in DRAWN:
        raise LstmcountError(f"--cell and --unroll draw {', '.join(DRAWN)}, not {fmt}")
    if fmt in DRAWN[1:]:
        raster.require()
    file = open_output(output)
    try:
        drawn = plot(
            open_argument(source, reading),
            fmt,
            direction=direction,
            theme=theme,
            show=show,
            fold=not no_fold,
            depth=depth,
            unroll=unroll,
            cell=cell,
            layer=layer,
            settings=reading.settings,
        )
        file.put(drawn.data)
        file.commit()
    finally:
        file.discard()
    print_notes(drawn.notes)


def _format_of(output: str) -> str:
    path = Path(output)
    fmt = SUFFIXES.get(path.suffix.lower())
    if fmt:
        return fmt
    if output == "-" or (path.exists() and not path.is_file() and not path.is_dir()):
        return "svg"
    raise LstmcountError(f"{output}: expected a name that ends in {', '.join(SUFFIXES)}")

"""lstmcount explain"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import click

from lstmcount.api.explain import explain
from lstmcount.budgets.reading import Reading
from lstmcount.cli.completion import SOURCE, layer_names, variable_names
from lstmcount.cli.options import source_options
from lstmcount.cli.output import Format, output_option
from lstmcount.cli.sources import open_argument
from lstmcount.cli.terminal import color_option, print_notes, wants_color, width
from lstmcount.design.formula import formatted, formulas, open_variables
from lstmcount.escapes import escape
from lstmcount.explanation.markup import FORMATS
from lstmcount.explanation.text import as_json, matrices, text
from lstmcount.renderers.lines import folded
from lstmcount.renderers.records import RECORDS
from lstmcount.sources import errors_in

STYLES: dict[str, dict[str, Any]] = {
    "title": {"bold": True, "fg": "bright_blue"},
    "heading": {"bold": True},
    "formula": {"fg": "cyan"},
    "result": {"fg": "green", "bold": True},
}


@click.command(short_help="Where every number comes from, layer by layer.")
@click.argument("source", type=SOURCE)
@click.argument("layers", nargs=-1, shell_complete=layer_names)
@click.option(
    "--format",
    "fmt",
    type=Format(["text", *RECORDS, "python"]),
    default="text",
    help="jsonl, csv and tsv: a record for each matrix. python only with --formula.",
)
@click.option(
    "--layer", "named", multiple=True, metavar="NAME", shell_complete=layer_names,
    help="The same as LAYERS.",
)  # fmt: skip
@click.option("--formula", is_flag=True, help="The count as a formula in the model's variables.")
@click.option(
    "--for",
    "wanted",
    metavar="NAMES",
    shell_complete=variable_names,
    help="Variables of the formula; all others become numbers.",
)
@color_option
@output_option
@source_options
def command(
    source: str,
    layers: tuple[str, ...],
    named: tuple[str, ...],
    fmt: str,
    formula: bool,
    wanted: str | None,
    color: str,
    reading: Reading,
) -> None:
    """Derive the parameters of each layer of SOURCE that has weights, or of LAYERS.

    LAYERS are names, globs or classes. For each layer: what it computes, its matrices, how
    Keras stores them, the closed form with this model's numbers, why its output has that shape.

    \b
    $ lstmcount explain model.yaml
    $ lstmcount explain model.yaml 'lstm*' --format latex
    $ lstmcount explain model.yaml --formula --for units,features
    """
    if formula or wanted:
        _formula(source, wanted, fmt, reading)
        return
    if fmt == "python":
        raise click.UsageError("--format python goes with --formula")
    layers += named
    explained = explain(open_argument(source, reading), *layers, settings=reading.settings)
    summary = explained.summary
    whole = summary if explained.is_whole else None
    if fmt == "json":
        click.echo(as_json(explained.derivations, summary), nl=False)
    elif fmt in ("jsonl", "csv", "tsv"):
        click.echo(RECORDS[fmt](matrices(explained.derivations)), nl=False)
    elif fmt == "text":
        print_lines(text(explained.derivations, whole, width()), color)
    else:
        click.echo(FORMATS[fmt](explained.derivations, whole), nl=False)
    print_notes(summary.notes)


def _formula(source: str, wanted: str | None, fmt: str, reading: Reading) -> None:
    if fmt not in ("text", "json", "latex", "python"):
        raise click.UsageError("a formula is written as text, json, latex or python")
    names = [name.strip() for name in wanted.split(",")] if wanted else []
    opened = open_argument(source, reading)
    with errors_in(opened):
        formula = formulas(open_variables(opened, names, reading.settings))
    click.echo(formatted(formula, fmt), nl=False)
    print_notes(formula.assumptions)


def print_lines(lines: Iterable[tuple[str, str]], color: str) -> None:
    """Print lines, each in the style of its kind, broken at spaces where the terminal ends."""
    styled, room = wants_color(color), width()
    for kind, line in lines:
        for part in folded([escape(line)], room):
            click.echo(click.style(part, **STYLES.get(kind, {})) if styled else part, color=styled)

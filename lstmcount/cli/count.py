"""lstmcount count"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any

import click

from lstmcount.budgets.reading import Reading
from lstmcount.cli.batch import each
from lstmcount.cli.completion import SOURCE, layer_names
from lstmcount.cli.folders import Argument, LeftOut, expand, read_as, records_of
from lstmcount.cli.options import source_options
from lstmcount.cli.output import Format, output_option
from lstmcount.cli.sources import summarized, summarized_sizes
from lstmcount.cli.terminal import print_notes
from lstmcount.errors import LstmcountError, did_you_mean_or_known
from lstmcount.escapes import escape
from lstmcount.renderers.latex import table
from lstmcount.renderers.records import RECORDS
from lstmcount.setting_text import SETTING
from lstmcount.sources import Source, with_source
from lstmcount.summary import (
    LayerSummary,
    Summary,
    Weight,
    count,
    is_unknown,
    matching,
    parts,
    size_bytes,
    why_unknown,
)


@click.command(short_help="The number of parameters, bare, for scripts.")
@click.argument("sources", nargs=-1, type=SOURCE, required=True)
@click.option("--trainable", is_flag=True, help="Count only trainable parameters.")
@click.option("--non-trainable", is_flag=True, help="Count only frozen parameters.")
@click.option(
    "--bytes", "in_bytes", is_flag=True, help="Count bytes of the weights instead of parameters."
)
@click.option(
    "--layer",
    "globs",
    multiple=True,
    metavar="GLOB",
    shell_complete=layer_names,
    help="Count only layers with this name or class; may be repeated.",
)
@click.option("--format", "fmt", type=Format(["text", *RECORDS]), default="text")
@output_option
@source_options
@click.pass_context
def command(
    ctx: click.Context,
    sources: tuple[str, ...],
    trainable: bool,
    non_trainable: bool,
    in_bytes: bool,
    globs: tuple[str, ...],
    fmt: str,
    reading: Reading,
) -> None:
    """The number of parameters of each SOURCE: one bare integer, or lines with a total.

    A SOURCE is a model, or a folder or pattern of models.

    \b
    $ lstmcount count model.yaml
    $ lstmcount count --trainable --layer 'lstm*' model.yaml
    $ lstmcount count --format json models/*.yaml
    """
    if trainable and non_trainable:
        raise click.UsageError("--trainable and --non-trainable: give one of them, or none for all")
    which = "trainable" if trainable else "non_trainable" if non_trainable else "total"
    key = f"{which}_params"
    measure = functools.partial(_measure, key=key, globs=globs, in_bytes=in_bytes, reading=reading)
    arguments = expand(sources)
    results = records_of(each(measure, arguments))
    notes = {result["path"]: result.pop("notes", ()) for result in results}
    known = [result for result in results if "error" not in result]
    if fmt == "text":
        _print_lines(known, key, len(arguments) == 1 and not arguments[0].was_found)
    else:
        listed = results if fmt in ("json", "jsonl") else known
        click.echo(_latex(known, key) if fmt == "latex" else RECORDS[fmt](listed), nl=False)
    for argument in arguments:
        if not argument.was_found:
            start = f"{argument.name}: " if len(arguments) > 1 else ""
            print_notes([f"{start}{note}" for note in notes.get(argument.name, ())])
    if len(known) < len(results):
        ctx.exit(2)


def _print_lines(results: list[dict[str, Any]], key: str, is_one: bool) -> None:
    if is_one:
        for result in results:
            click.echo(result[key])
        return
    total = sum(result[key] for result in results)
    width = len(str(total))
    for result in results:
        click.echo(f"{result[key]:>{width}} {escape(result['path'])}")
    click.echo(f"{total:>{width}} total")


def _latex(results: list[dict[str, Any]], key: str) -> str:
    rows = [["Model", key.replace("_", " ").capitalize()]]
    rows += [[result["path"], f"{result[key]:,}"] for result in results]
    total = sum(result[key] for result in results)
    return table([*rows, ["Total", f"{total:,}"]], "lr", totals=1)


def _measure(
    argument: Argument, *, key: str, globs: Sequence[str], in_bytes: bool, reading: Reading
) -> dict[str, Any] | LeftOut:
    try:
        summarize = summarized_sizes if key == "total_params" else _summarized_wholly
        result = read_as(argument, reading, summarize)
        if isinstance(result, LeftOut):
            return result
        summary, is_known = result
        counts = _counts(summary, key, globs, in_bytes)
        if not is_known:
            counts |= dict.fromkeys(("trainable_params", "non_trainable_params"))
        # What the notes ask for changes no count if this is known.
        notes = [note for note in summary.notes if SETTING not in note]
        return {"path": argument.name, **counts, "notes": notes}
    except LstmcountError as error:
        error = with_source(error, argument.name)
        return {"path": argument.name, "error": str(error)}


def _summarized_wholly(source: Source, reading: Reading | None = None) -> tuple[Summary, bool]:
    return summarized(source, reading), True


def _counts(summary: Summary, key: str, globs: Sequence[str], in_bytes: bool) -> dict[str, Any]:
    """The counts of a model; raises `LstmcountError` where the one at `key` is not known."""
    chosen = _chosen(summary, globs) if globs else list(summary.walk())
    weights = _weights(chosen) if globs else list(summary.weights)
    trainable = parts(weights, trainable=True) if summary.trainable else []
    size = size_bytes if in_bytes else count
    counts = {
        "total_params": size(weights),
        "trainable_params": size(trainable),
        "non_trainable_params": size(weights) - size(trainable),
    }
    if is_unknown(counts[key], chosen):
        raise LstmcountError(why_unknown(summary))
    return counts


def _chosen(summary: Summary, globs: Sequence[str]) -> list[LayerSummary]:
    """The layers that any of the patterns matches. Raises `LstmcountError` if one matches none."""
    layers = list(summary.walk())
    chosen: dict[int, LayerSummary] = {}
    for glob in globs:
        matched = matching(layers, glob)
        if not matched:
            hint = did_you_mean_or_known(glob, [layer.name for layer in layers])
            raise LstmcountError(f"no layer is named {glob!r}.{hint}")
        chosen |= {id(layer): layer for layer in matched}
    return list(chosen.values())


def _weights(layers: Iterable[LayerSummary]) -> list[Weight]:
    """The weights of these layers; shared weights once."""
    return list({id(w): w for layer in layers for w in layer.weights}.values())

"""lstmcount count"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from fnmatch import fnmatchcase
from typing import Any

import click

from lstmcount.cli.batch import each
from lstmcount.cli.completion import SOURCE, layer_names
from lstmcount.cli.options import source_options
from lstmcount.cli.sources import Reading, summarize_argument
from lstmcount.errors import LstmcountError, did_you_mean
from lstmcount.escapes import escape
from lstmcount.shapes import Unknown
from lstmcount.summary import LayerSummary, Summary, Weight, count, parts, size_bytes


@click.command(short_help="The number of parameters, bare, for scripts.")
@click.argument("sources", nargs=-1, type=SOURCE, required=True)
@click.option("--trainable", "which", flag_value="trainable", help="Only those that train.")
@click.option("--non-trainable", "which", flag_value="non_trainable", help="Only frozen ones.")
@click.option("--bytes", "in_bytes", is_flag=True, help="Bytes of the weights, not their number.")
@click.option(
    "--layer",
    "glob",
    metavar="GLOB",
    shell_complete=layer_names,
    help="Only layers with such a name.",
)
@click.option("--format", "fmt", type=click.Choice(["text", "json"]), default="text")
@source_options
@click.pass_context
def command(
    ctx: click.Context,
    sources: tuple[str, ...],
    which: str | None,
    in_bytes: bool,
    glob: str | None,
    fmt: str,
    reading: Reading,
) -> None:
    """The number of parameters of each SOURCE: one bare integer, or lines with a total.

    \b
    $ lstmcount count model.yaml
    $ lstmcount count --trainable --layer 'lstm*' model.yaml
    $ lstmcount count --format json models/*.yaml
    """
    key = f"{which or 'total'}_params"
    measure = functools.partial(_measure, key=key, glob=glob, in_bytes=in_bytes, reading=reading)
    results = list(each(measure, sources))
    for result in results:
        if "error" in result:
            click.echo(f"lstmcount: {escape(result['error'])}", err=True)
    if fmt == "json":
        from lstmcount.renderers.records import to_json

        click.echo(to_json(results), nl=False)
    else:
        _print_lines([r for r in results if "error" not in r], key, len(sources))
    if any("error" in result for result in results):
        ctx.exit(2)


def _print_lines(results: list[dict[str, Any]], key: str, asked: int) -> None:
    if asked == 1:
        for result in results:
            click.echo(result[key])
        return
    total = sum(result[key] for result in results)
    width = len(str(total))
    for result in results:
        click.echo(f"{result[key]:>{width}} {escape(result['path'])}")
    click.echo(f"{total:>{width}} total")


def _measure(
    path: str, *, key: str, glob: str | None, in_bytes: bool, reading: Reading
) -> dict[str, Any]:
    try:
        summary = summarize_argument(path, reading)
        chosen = list(summary.walk()) if glob is None else _chosen(summary, glob)
        weights = _weights(chosen) if glob is not None else list(summary.weights)
        trainable = parts(weights, trainable=True) if summary.trainable else []
        size = size_bytes if in_bytes else count
        found = {
            "total_params": size(weights),
            "trainable_params": size(trainable),
            "non_trainable_params": size(weights) - size(trainable),
        }
        if isinstance(found[key], Unknown) or any(layer.is_unbuilt for layer in chosen):
            reasons = [note for note in summary.notes if "known" in note]
            hints = [note for note in reasons if "which is not known" in note and ": --set" in note]
            reasons = hints[:1] or reasons[-1:] or ["not all sizes are known"]
            raise LstmcountError(reasons[0])
    except LstmcountError as error:
        return {"path": path, "error": str(error)}
    return {"path": path, **found}


def _chosen(summary: Summary, glob: str) -> list[LayerSummary]:
    chosen = [layer for layer in summary.walk() if fnmatchcase(layer.name, glob)]
    if not chosen:
        hint = did_you_mean(glob, [layer.name for layer in summary.walk()])
        raise LstmcountError(f"no layer is named {glob!r}.{hint}")
    return chosen


def _weights(layers: Iterable[LayerSummary]) -> list[Weight]:
    """The weights of these layers; shared weights once."""
    return list({id(w): w for layer in layers for w in layer.weights}.values())

"""lstmcount verify"""

from __future__ import annotations

import click

from lstmcount.api.verify import verify
from lstmcount.budgets.reading import Reading
from lstmcount.cli.completion import SOURCE
from lstmcount.cli.options import source_options
from lstmcount.cli.output import Format, output_option
from lstmcount.cli.sources import open_argument
from lstmcount.cli.terminal import say
from lstmcount.escapes import escape
from lstmcount.naming import counted
from lstmcount.renderers.records import RECORDS, to_json
from lstmcount.verification import Difference, Verdict

SHOWN = 20


@click.command(short_help="Compare the tensors a file stores with those its config implies.")
@click.argument("source", type=SOURCE)
@click.argument("weights", type=SOURCE, required=False)
@click.option("--format", "fmt", type=Format(["text", *RECORDS]), default="text")
@click.option("--strict", is_flag=True, help="Fail if a stored tensor was not compared.")
@output_option
@source_options
@click.pass_context
def command(
    ctx: click.Context,
    source: str,
    weights: str | None,
    fmt: str,
    strict: bool,
    reading: Reading,
) -> None:
    """Compare the tensors stored in a file with the weights inferred from its config.

    The file is a .keras, an .h5, a .weights.json with its shards, a TensorFlow.js model, or a
    folder that Keras saved. With WEIGHTS, the tensors of that file are compared with the config in
    SOURCE, of whatever kind. Each weight is compared with the tensor at the place where Keras
    stores it. Exit status 1 if they differ, and with --strict if a tensor was not compared because
    the config does not say the weights of its layer. HDF5 needs h5py (extra `hdf5`).

    \b
    $ lstmcount verify model.keras
    $ lstmcount verify model.json model.weights.h5
    """
    opened = open_argument(source, reading)
    beside = None if weights is None else open_argument(weights)
    verdict = verify(opened, beside, settings=reading.settings)
    if fmt == "json":
        paths = {"path": source} if weights is None else {"path": source, "weights": weights}
        click.echo(to_json({**paths, **verdict.to_dict()}), nl=False)
    elif fmt != "text":
        click.echo(RECORDS[fmt](verdict.records()), nl=False)
    else:
        _print(verdict, escape(source if weights is None else weights))
    if not verdict.agrees or (strict and verdict.not_compared):
        ctx.exit(1)


def _print(verdict: Verdict, name: str) -> None:
    tensors = verdict.compared_tensors
    compared = (
        f"{verdict.compared:,} of {verdict.stored:,} values "
        f"in {counted(tensors, 'tensor')} compared"
    )
    if not verdict.agrees:
        inferred = "?" if verdict.inferred is None else f"{verdict.inferred:,}"
        say(f"FAIL {name}: {compared}, {inferred} inferred")
    elif verdict.not_compared:
        say(f"ok   {name}: {compared}")
    else:
        say(f"ok   {name}: {compared}, as the config says")
    for difference in verdict.differences[:SHOWN]:
        say(f"  {escape(_in_words(difference))}")
    if len(verdict.differences) > SHOWN:
        say(f"  … and {len(verdict.differences) - SHOWN} more")
    for each in verdict.not_compared[:SHOWN]:
        text = f"{each.layer} ({each.class_name}), {counted(each.values, 'value')}: {each.why}"
        say(f"  not compared: {escape(text)}")
    if len(verdict.not_compared) > SHOWN:
        say(f"  … and {len(verdict.not_compared) - SHOWN} more not compared")
    for note in verdict.notes:
        say(f"  note: {escape(note)}")


def _in_words(difference: Difference) -> str:
    weight, tensor = f"{difference.layer}/{difference.weight}", difference.tensor
    if difference.weight is None:
        return f"{tensor}: stored {difference.stored}, and no weight of the config"
    if tensor is None:
        return f"{weight}: expected {difference.expected}, not stored"
    return f"{weight}: expected {difference.expected}, stored {difference.stored} in {tensor}"

"""lstmcount verify"""

from __future__ import annotations

import click

from lstmcount.cli.completion import SOURCE
from lstmcount.cli.sources import Reading, open_argument, source_options
from lstmcount.errors import LstmcountError, escape
from lstmcount.inference import infer
from lstmcount.readers import place, read
from lstmcount.verify import verify

SHOWN = 20


@click.command(short_help="Compare the tensors a file stores with those its config implies.")
@click.argument("source", type=SOURCE)
@source_options
@click.pass_context
def command(ctx: click.Context, source: str, reading: Reading) -> None:
    """Hold the tensors stored in a .keras or .h5 file against the weights inferred from its config.

    Exit status 1 where they differ. Needs h5py (extra `hdf5`).

    \b
    $ lstmcount verify model.keras
    """
    opened = open_argument(source, reading)
    try:
        verdict = verify(opened, infer(read(opened, settings=reading.settings)))
    except LstmcountError as error:
        raise place(error, opened) from None
    name = escape(source)
    if verdict.agrees:
        click.echo(f"ok   {name}: {verdict.stored:,} stored values, as the config says")
        return
    click.echo(f"FAIL {name}: {verdict.stored:,} stored values, {verdict.inferred:,} inferred")
    _show("stored, not inferred", verdict.only_stored)
    _show("inferred, not stored", verdict.only_inferred)
    ctx.exit(1)


def _show(what: str, tensors: tuple[tuple[str, tuple[int, ...]], ...]) -> None:
    for tensor, shape in tensors[:SHOWN]:
        click.echo(f"  {what}: {escape(tensor)} {shape}")
    if len(tensors) > SHOWN:
        click.echo(f"  {what}: … and {len(tensors) - SHOWN} more")

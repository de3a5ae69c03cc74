"""lstmcount convert"""

from __future__ import annotations

import os

import click

from lstmcount.api.convert import convert
from lstmcount.budgets.reading import Reading
from lstmcount.cli.completion import SOURCE
from lstmcount.cli.options import source_options
from lstmcount.cli.output import Format, write
from lstmcount.cli.sources import open_argument
from lstmcount.conversion.forms import FORMATS
from lstmcount.errors import LstmcountError

SUFFIXES = {".json": "json", ".py": "python"}
WITH_WEIGHTS = (".keras", ".h5", ".hdf5")


@click.command(short_help="Any source as a spec, as Keras's JSON, or as Python.")
@click.argument("source", type=SOURCE)
@click.option("--to", type=Format(FORMATS), help="[default: by the suffix of FILE, else yaml]")
@click.option("-o", "--output", type=click.Path(), help="A file to write to (- for stdout).")
@source_options
def command(source: str, to: str | None, output: str | None, reading: Reading) -> None:
    """Write SOURCE as a readable spec, as JSON that Keras 3 loads, or as code that builds it.

    \b
    $ lstmcount convert model.keras --to yaml
    $ lstmcount convert train.py --to keras-json -o model.json
    """
    to = to or _format_of(output or "-")
    opened = open_argument(source, reading)
    write(output, convert(opened, to, settings=reading.settings).text)


def _format_of(output: str) -> str:
    suffix = os.path.splitext(output)[1].lower()
    if suffix in WITH_WEIGHTS:
        raise LstmcountError(
            f"{output}: {suffix} files hold weights, which are not known here; "
            "write code or --to keras-json, and let Keras save the file"
        )
    return SUFFIXES.get(suffix, "yaml")

"""lstmcount report"""

from __future__ import annotations

from pathlib import Path

import click

from lstmcount.api.report import reported
from lstmcount.budgets.checking import Request
from lstmcount.budgets.reading import Reading
from lstmcount.cli.completion import SOURCE
from lstmcount.cli.options import source_options, timesteps_option
from lstmcount.cli.output import open_output
from lstmcount.cli.sources import open_argument
from lstmcount.errors import LstmcountError

SUFFIXES = (".html", ".htm")


@click.command(short_help="One HTML page to look at, attach and print.")
@click.argument("sources", nargs=-1, type=SOURCE, required=True)
@click.option("-o", "--output", metavar="FILE", required=True, help="An .html file, - for stdout.")
@click.option(
    "--budgets", metavar="FILE", help="Use this project file instead of the nearest lstmcount.yaml."
)
@click.option("--batch", type=click.IntRange(1, 2**31), help="Initial batch size for memory.")
@timesteps_option
@click.option("--optimizer", metavar="NAME", help="E.g. adam, sgd.  [default: the file's, or adam]")
@click.option(
    "--theme",
    type=click.Choice(["auto", "light", "dark"]),
    default="auto",
    help="Initial theme; auto follows the reader's.",
)
@source_options
def command(
    sources: tuple[str, ...],
    output: str,
    budgets: str | None,
    batch: int | None,
    timesteps: int | None,
    optimizer: str | None,
    theme: str,
    reading: Reading,
) -> None:
    """One self-contained HTML page of SOURCES: layers, derivations, treemaps, memory, budgets.

    It loads nothing, so it works from disk and as an attachment. For two sources it also shows
    what changed from the first to the second.

    \b
    $ lstmcount report model.yaml -o report.html
    $ lstmcount report old.yaml new.yaml -o report.html
    """
    if output != "-" and not output.lower().endswith(SUFFIXES) and not _is_device(Path(output)):
        raise LstmcountError(f"{output}: expected a name that ends in {', '.join(SUFFIXES)}")
    file = open_output(output)
    try:
        request = Request(
            batch=batch,
            timesteps=timesteps,
            config=budgets or reading.config,
            allow_no_budget=True,
            settings=reading.settings,
        )
        opened = ((name, open_argument(name, reading)) for name in sources)
        page = reported(opened, request, optimizer, theme, {"settings": reading.settings})
        file.write(page.html)
        file.commit()
    finally:
        file.discard()


def _is_device(path: Path) -> bool:
    return path.exists() and not path.is_file()

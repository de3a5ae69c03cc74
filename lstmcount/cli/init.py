"""lstmcount init"""

from __future__ import annotations

import os
import stat
from pathlib import Path

import click

from lstmcount.amounts import Increase, parse_increase, round_up
from lstmcount.budgets.project import YAML_NAME, current_folder
from lstmcount.budgets.results import models
from lstmcount.cli.completion import SOURCE
from lstmcount.cli.folders import may_be_a_model, model_files, open_found
from lstmcount.cli.globs import expand
from lstmcount.cli.options import source_options
from lstmcount.cli.output import open_output
from lstmcount.cli.sources import Reading, open_argument
from lstmcount.cli.terminal import print_notes
from lstmcount.costs.measures import MEASURES
from lstmcount.diff.profile import profile
from lstmcount.errors import LstmcountError
from lstmcount.escapes import escape, for_yaml
from lstmcount.graph.inference import infer
from lstmcount.sources import place, read

_BUDGETED = ("params", "size", "macs")


def _headroom(ctx: click.Context, param: click.Parameter, value: str) -> Increase:
    try:
        return parse_increase(value)
    except LstmcountError as error:
        raise click.BadParameter(error.message) from None


@click.command(short_help="Write a budget file from today's numbers.")
@click.argument("sources", nargs=-1, type=SOURCE)
@click.option("--headroom", default="10%", show_default=True, callback=_headroom, help="5%, 10k, …")
@click.option("--output", metavar="FILE", default=YAML_NAME, show_default=True)
@click.option("--force", is_flag=True, help="Overwrite the file.")
@source_options
def command(
    sources: tuple[str, ...], headroom: Increase, output: str, force: bool, reading: Reading
) -> None:
    """Write budgets for SOURCES (or all models below this folder): what they are today, and room.

    \b
    $ lstmcount init
    $ lstmcount init models/*.yaml --headroom 5%
    """
    current_folder()
    if os.path.lexists(output) and output != "-" and not force:
        raise LstmcountError(f"{escape(output)} is there already; --force overwrites it")
    if output == YAML_NAME and os.path.lexists(output) and not _is_plain(output):
        raise LstmcountError(f"{output} is not a regular file; --output names another one")
    names = expand(sources) if sources else [os.path.relpath(name) for name in model_files(".")]
    file = open_output(output)
    try:
        budgets = {}
        for name in names:
            source = open_argument(name, reading) if sources else open_found(name, ".", reading)
            if not sources and not may_be_a_model(source):
                continue
            try:
                summary = infer(read(source, settings=reading.settings))
                numbers = profile(summary, [m for m in _BUDGETED if m in MEASURES])
            except LstmcountError as error:
                raise place(error, source) from None
            if any(number is not None for number in numbers.values.values()):
                budgets[_key(name, output)] = numbers.values
            else:
                print_notes([f"{name}: its size is not known", *summary.notes])
        if not budgets:
            raise LstmcountError(
                "no models here whose sizes are known; name them: lstmcount init models/*.yaml"
            )
        file.write(_text(budgets, headroom))
        file.commit()
    finally:
        file.discard()
    if output != "-":
        click.echo(f"{escape(output)}: budgets of {models(len(budgets))}; now: lstmcount check")


def _is_plain(name: str) -> bool:
    """Whether this is a regular file; a project may contain a link or a pipe of this name."""
    return stat.S_ISREG(os.lstat(name).st_mode)


def _key(name: str, output: str) -> str:
    folder = Path(output).resolve().parent if output != "-" else Path.cwd()
    return Path(os.path.relpath(Path(name).resolve(), folder)).as_posix()


def _text(budgets: dict[str, dict[str, int | None]], headroom: Increase) -> str:
    lines = [
        "# What the models of this project may weigh; `lstmcount check` holds them to it.",
        f"# Each number is today's plus {headroom.text}, rounded up.",
        "budgets:",
    ]
    for name, values in budgets.items():
        lines.append(f"  {for_yaml(name)}:")
        for measure, value in values.items():
            if value is not None:
                amount = round_up(value + headroom.allowed(value), MEASURES[measure].unit != "")
                lines.append(f"    max_{measure}: {amount}")
    return "\n".join(lines) + "\n"

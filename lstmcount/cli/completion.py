"""What the shell completes: files for sources, layer names, columns."""

from __future__ import annotations

import os

import click
from click.shell_completion import split_arg_string

from lstmcount.errors import LstmcountError

SOURCE = click.Path(allow_dash=True)


def layer_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Names of the layers of the files that stand on the line.

    They are looked for in the shell's words: with an option that still lacks its value, click
    has parsed none of the arguments.
    """
    from lstmcount.cli.sources import summarize_argument

    found: dict[str, None] = {}
    for word in filter(os.path.isfile, split_arg_string(os.environ.get("COMP_WORDS", ""))):
        try:
            found.update((layer.name, None) for layer in summarize_argument(word).walk())
        except LstmcountError:
            continue
    return [name for name in found if name.startswith(incomplete)]


def column_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The columns that are not on the list yet, behind those that are."""
    from lstmcount.renderers.columns import EXTRA

    before, comma, last = incomplete.rpartition(",")
    taken = before.split(",")
    return [before + comma + name for name in EXTRA if name.startswith(last) and name not in taken]

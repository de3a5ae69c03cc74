"""Shell completion: files for sources, layer names, columns."""

from __future__ import annotations

import os
from collections.abc import Iterator

import click

from lstmcount.cli.sources import open_argument, summarize_argument
from lstmcount.config import ModelConfig
from lstmcount.errors import LstmcountError
from lstmcount.escapes import shell_words
from lstmcount.sources import read

SOURCE = click.Path(allow_dash=True)


def layer_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Names of the layers in the files on the command line.

    The files are taken from the shell's words: while an option still lacks its value, click
    has parsed none of the arguments.
    """
    names: dict[str, None] = {}
    for word in _files():
        try:
            names.update((layer.name, None) for layer in summarize_argument(word).walk())
        except LstmcountError:
            continue
    return shell_words(name for name in names if name.startswith(incomplete))


def setting_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Names that --set accepts for the files on the command line: `units=`, `lstm.units=`."""
    return shell_words(f"{name}=" for name in _sizes() if name.startswith(incomplete))


def variable_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """The same names without `=`, comma-separated as --for takes them."""
    before, comma, last = incomplete.rpartition(",")
    taken = before.split(",")
    names = [name for name in _sizes() if name.startswith(last) and name not in taken]
    return shell_words(before + comma + name for name in names if "," not in name)


def _sizes() -> list[str]:
    """Variables of the files on the command line, and numeric arguments of their layers."""
    names: dict[str, None] = {}
    for word in _files():
        try:
            config = read(open_argument(word))
        except LstmcountError:
            continue
        names.update(dict.fromkeys(name for name in config.variables if name not in config.derived))
        names.update(dict.fromkeys(_arguments(config, "")))
    return list(names)


def _arguments(config: ModelConfig, prefix: str) -> Iterator[str]:
    for layer in config.layers:
        if layer.model is not None:
            yield from _arguments(layer.model, f"{prefix}{layer.name}.")
        elif layer.class_name != "InputLayer":
            for key, value in layer.arguments.items():
                if isinstance(value, int) and not isinstance(value, bool):
                    yield f"{prefix}{layer.name}.{key}"


def _files() -> Iterator[str]:
    from click.shell_completion import split_arg_string

    return filter(os.path.isfile, split_arg_string(os.environ.get("COMP_WORDS", "")))


def column_names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """Complete a comma-separated list with the columns that it does not yet contain."""
    from lstmcount.renderers.columns import COLUMNS

    before, comma, last = incomplete.rpartition(",")
    taken = before.split(",")
    names = [name for name in COLUMNS if name.startswith(last) and name not in taken]
    return shell_words(before + comma + name for name in names)

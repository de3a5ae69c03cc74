"""How commands take their SOURCE, and what they do when it is wrong."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial, wraps
from typing import TYPE_CHECKING, Any

import click
import msgspec

from lstmcount.cli.completion import setting_names
from lstmcount.errors import LstmcountError
from lstmcount.graph.inference import infer
from lstmcount.layers.custom.known import Declarations
from lstmcount.readers.text.pipes import read_up_to
from lstmcount.readers.text.text import MAX_BYTES, decode, parse_yaml
from lstmcount.sources import Source, of_bytes, open_path, place, read
from lstmcount.sources.settings import parse_setting
from lstmcount.summary import Summary

if TYPE_CHECKING:
    from lstmcount.budgets.checking import Asked

STDIN = "-"


class Reading(msgspec.Struct, frozen=True):
    """How a source is to be read: what the options that every command has ask for."""

    settings: dict[str, Any] = {}
    model: str | None = None  # which of a program's models
    config: str | None = None  # the project's file, where it is not the nearest one


def reading_of(asked: Asked) -> Reading:
    return Reading(asked.settings, asked.model, asked.config)


def open_argument(name: str, reading: Reading | None = None) -> Source:
    """The source that an argument names: a path, or - for standard input."""
    if name == STDIN:
        source = of_bytes("<stdin>", read_up_to(sys.stdin.buffer, MAX_BYTES + 1))
    else:
        source = open_path(name)
    reading = reading or Reading()
    source.model = reading.model
    source.declared = partial(declared_for, name, reading.config)
    return source


def declared_for(name: str, config: str | None = None) -> Declarations:
    """The custom layers of the project that a source belongs to."""
    from lstmcount.budgets.project import project_for

    return project_for(name, config).custom_layers


model_option = click.option(
    "--model",
    metavar="NAME",
    help="Which model of a program: a variable, variable@line, a function, a call of one.",
)
set_file_option = click.option(
    "--set-file",
    type=click.Path(dir_okay=False),
    help="A YAML file of such values.",
)


def source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--set`, `--set-file` and `--model`, handed to the command as `reading`."""

    @model_option
    @click.option(
        "--set",
        "settings",
        multiple=True,
        metavar="NAME=VALUE",
        shell_complete=setting_names,
        help="Another value for a variable, for a layer's argument (lstm.units=96), or for what "
        "a program does not say ('actions.shape[0]=3').",
    )
    @set_file_option
    @wraps(command)
    def with_reading(
        *args: Any,
        settings: tuple[str, ...],
        set_file: str | None,
        model: str | None,
        **given: Any,
    ) -> Any:
        values = read_settings(set_file) | dict(map(parse_setting, settings))
        return command(*args, reading=Reading(values, model), **given)

    return with_reading


def read_settings(path: str | None) -> dict[str, Any]:
    """What a file of settings says; nothing where there is none."""
    if path is None:
        return {}
    source = open_path(path)
    try:
        values = parse_yaml(decode(source.data or b""))
        if not isinstance(values, dict):
            raise LstmcountError("expected names and values such as units: 96")
    except LstmcountError as error:
        raise place(error, source) from None
    return {str(name): value for name, value in values.items()}


def summarize_argument(name: str, reading: Reading | None = None) -> Summary:
    """Read and count one source; errors say where in it."""
    source = open_argument(name, reading)
    try:
        return infer(read(source, settings=reading.settings if reading else None))
    except LstmcountError as error:
        raise place(error, source) from None

"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from lstmcount.budgets.reading import Reading
from lstmcount.cli.completion import setting_names
from lstmcount.cli.sources import note_file, read_settings
from lstmcount.setting_text import parse_setting

model_option = click.option(
    "--model",
    metavar="NAME",
    help="Which model of a program: a variable, variable@line, a function, a call of one.",
)
set_file_option = click.option(
    "--set-file",
    type=click.Path(dir_okay=False),
    help="A YAML file with values as for --set.",
)
code_option = click.option(
    "--code",
    multiple=True,
    type=click.Path(),
    metavar="PATH",
    help="A file or folder with modules that a program imports, or with classes of a model file.",
)
config_option = click.option(
    "--config", metavar="FILE", help="Use this project file instead of the nearest lstmcount.yaml."
)
timesteps_option = click.option(
    "--timesteps",
    type=click.IntRange(1, 2**31),
    help="Number of time steps, where a model leaves it open.",
)
verbose_option = click.option(
    "--verbose",
    is_flag=True,
    help="Print the names of files that are read, also of imported modules.",
)


def source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options above and `--set`; the command gets them as `reading`."""

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
    @code_option
    @config_option
    @verbose_option
    @wraps(command)
    def with_reading(
        *args: Any,
        settings: tuple[str, ...],
        set_file: str | None,
        model: str | None,
        code: tuple[str, ...],
        config: str | None,
        verbose: bool,
        **options: Any,
    ) -> Any:
        values = read_settings(set_file) | dict(map(parse_setting, settings))
        reading = Reading(values, model, config, code, on_file_read=note_file if verbose else None)
        return command(*args, reading=reading, **options)

    return with_reading

"""Colour and width of terminal output, decided in one place."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from lstmcount.escapes import escape
from lstmcount.renderers.lines import folded

if TYPE_CHECKING:
    import rich.console

color_option = click.option(
    "--color",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="Colour: auto follows the terminal, NO_COLOR and FORCE_COLOR.",
)


def wants_color(choice: str) -> bool:
    """Whether to use colour; NO_COLOR and FORCE_COLOR count unless they are empty."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal() and os.environ.get("TERM") != "dumb"


def is_terminal() -> bool:
    return sys.stdout.isatty()


def width(output: object = None) -> int | None:
    """The columns of the terminal, if that is where the command prints."""
    if output is not None or not is_terminal():
        return None
    from shutil import get_terminal_size

    return get_terminal_size().columns


def console(choice: str, width: int = 10**6) -> rich.console.Console:
    """A rich console on standard output with that width, with or without colour."""
    import rich.console

    color = wants_color(choice)
    return rich.console.Console(
        highlight=False,
        width=width,
        force_terminal=color,
        color_system=("auto" if is_terminal() else "256") if color else None,
        legacy_windows=False,
        safe_box=False,
    )


def print_error(error: object) -> None:
    """Print an error, or its text, on standard error."""
    click.echo(f"lstmcount: {escape(str(error))}", err=True)


def print_notes(notes: Iterable[str]) -> None:
    """Print notes about a model (such as what is unknown) on standard error."""
    for note in notes:
        click.echo(f"note: {escape(note)}", err=True)


def say(text: str) -> None:
    """Print text in lines, which break at spaces where the terminal ends."""
    for line in folded(text.split("\n"), width()):
        click.echo(line)

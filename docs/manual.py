"""Man pages and shell completion, made from the commands (by hatch_build.py, for the wheel)."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator

import click
from click.shell_completion import BashComplete, ShellComplete, ZshComplete

from lstmcount import __version__
from lstmcount.cli.commands import SECTIONS, cli
from lstmcount.cli.fish import Fish

PROGRAM = "lstmcount"
COMPLETION = {
    "share/bash-completion/completions/lstmcount": BashComplete,
    "share/zsh/site-functions/_lstmcount": ZshComplete,
    "share/fish/vendor_completions.d/lstmcount.fish": Fish,
}
EXIT_STATUS = """\
.SH EXIT STATUS
0 success, 1 a check failed, 2 bad input or usage, 70 a bug of lstmcount, 130 interrupted,
141 the reader closed the output.
"""


def files() -> Iterator[tuple[str, str]]:
    """Where each file is installed, below the environment's folder, and its text."""
    parent = click.Context(cli, info_name=PROGRAM, **cli.context_settings)
    names = [name for commands in SECTIONS.values() for name in commands]
    yield f"share/man/man1/{PROGRAM}.1", page(PROGRAM, parent, names)
    for name in names:
        command = cli.get_command(parent, name)
        assert command is not None
        context = click.Context(command, parent, name)
        yield f"share/man/man1/{PROGRAM}-{name}.1", page(f"{PROGRAM}-{name}", context, [])
    for path, shell in COMPLETION.items():
        complete = shell(cli, {}, PROGRAM, f"_{PROGRAM.upper()}_COMPLETE")
        yield path, ShellComplete.source(complete)  # of bash it would first ask the version


def page(title: str, context: click.Context, commands: list[str]) -> str:
    """The man page of a command, with the commands below it."""
    command = context.command
    usage = " ".join((context.command_path, *command.collect_usage_pieces(context)))
    lines = [
        f'.TH {title.upper()} 1 "" "{PROGRAM} {__version__}"',
        ".SH NAME",
        f"{roff(title)} \\- {roff(command.get_short_help_str(90))}",
        ".SH SYNOPSIS",
        roff(usage),
        ".SH DESCRIPTION",
        *description(inspect.cleandoc(command.help or "")),
        ".SH OPTIONS",
    ]
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None and isinstance(parameter, click.Option):
            lines += [".TP", bold(record[0]), roff(record[1])]
    if commands:
        lines.append(".SH COMMANDS")
    for name in commands:
        below = cli.get_command(context, name)
        assert below is not None
        lines += [".TP", bold(f"{PROGRAM}-{name}(1)"), roff(below.get_short_help_str(90))]
    see = [] if commands else [".SH SEE ALSO", roff(f"{PROGRAM}(1)")]
    return "\n".join(lines) + "\n" + EXIT_STATUS + "".join(f"{line}\n" for line in see)


def description(text: str) -> Iterator[str]:
    """Paragraphs; after a line with \\b, click and so the page keep the lines as they are."""
    for number, paragraph in enumerate(re.split(r"\n\s*\n", text)):
        kept = paragraph.removeprefix("\b\n")
        if number > 0:
            yield ".PP"
        if kept == paragraph:
            yield roff(" ".join(paragraph.split()))
        else:
            yield from (".nf", *map(roff, kept.split("\n")), ".fi")


def bold(text: str) -> str:
    return rf"\fB{roff(text)}\fP"


def roff(text: str) -> str:
    """Text that troff prints as it is."""
    plain = text.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{plain}" if plain.startswith((".", "'")) else plain

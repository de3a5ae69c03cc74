"""lstmcount init"""

from __future__ import annotations

import os
import re
import stat
from functools import partial
from pathlib import Path

import click

from lstmcount.budgets.project import Project, current_folder, matches, read_project
from lstmcount.budgets.reading import Reading
from lstmcount.cli.completion import SOURCE
from lstmcount.cli.folders import Argument, LeftOut, expand, model_files, say_left_out, tried
from lstmcount.cli.options import source_options
from lstmcount.cli.output import open_output
from lstmcount.cli.terminal import print_error, print_notes
from lstmcount.costs.amounts import Increase, parse_increase, round_up
from lstmcount.costs.measures import MEASURES
from lstmcount.differences.profile import Values, values_of
from lstmcount.errors import LstmcountError
from lstmcount.escapes import escape, for_yaml
from lstmcount.graph.builder import build
from lstmcount.graph.inference import summarize_model
from lstmcount.naming import counted, is_text
from lstmcount.readers.text.regular import read_regular
from lstmcount.renderers.records import json_line
from lstmcount.setting_text import SETTING, settings_in
from lstmcount.sources import Source, errors_in, read
from lstmcount.sources.project_files import MAX_BYTES, YAML_NAME
from lstmcount.summary import Summary

_BUDGETED = ("params", "size", "macs")
Measured = Values | list[str] | LeftOut | LstmcountError


def _headroom(ctx: click.Context, param: click.Parameter, value: str) -> Increase:
    try:
        return parse_increase(value)
    except LstmcountError as error:
        raise click.BadParameter(error.message) from None


@click.command(short_help="Write a budget file from today's numbers.")
@click.argument("sources", nargs=-1, type=SOURCE)
@click.option("--headroom", default="10%", show_default=True, callback=_headroom, help="5%, 10k, …")
@click.option("-o", "--output", metavar="FILE", default=YAML_NAME, show_default=True)
@click.option("--force", is_flag=True, help="Overwrite the file.")
@click.option("--update", is_flag=True, help="Keep the file, and add models without a budget.")
@source_options
@click.pass_context
def command(
    ctx: click.Context,
    sources: tuple[str, ...],
    headroom: Increase,
    output: str,
    force: bool,
    update: bool,
    reading: Reading,
) -> None:
    """Write budgets for SOURCES (or all models below this folder): today's numbers plus headroom.

    \b
    $ lstmcount init
    $ lstmcount init models/*.yaml --headroom 5%
    $ lstmcount init --update
    """
    current_folder()
    is_there = os.path.lexists(output) and output != "-"
    _require_writable(output, is_there and not force and not update)
    project = read_project(Path(output).absolute()) if is_there and update else None
    old = read_regular(output, MAX_BYTES).decode() if project is not None else ""
    file = open_output(output)
    try:
        findings = _Findings()
        for argument in expand(sources) if sources else _here():
            if project is None or not project.limits(Path(argument.name)):
                findings.add(argument, _measured(argument, reading), output, project)
        findings.report()
        models, limits = _models(findings.unknown), _budgets(findings.budgets, headroom)
        if project is not None:
            file.write(with_entries(with_entries(old, "models", models), "budgets", limits))
        elif findings.budgets or findings.unknown:
            file.write(_text(models, limits, headroom))
        else:
            raise LstmcountError(
                "no models here whose sizes are known; name them: lstmcount init models/*.yaml"
            )
        file.commit()
    finally:
        file.discard()
    if output != "-":
        added = "" if project is None else "added "
        click.echo(f"{escape(output)}: {added}{findings.written}; now: lstmcount check")
    if findings.errors:
        ctx.exit(2)


def _require_writable(output: str, would_overwrite: bool) -> None:
    if would_overwrite:
        raise LstmcountError(
            f"{escape(output)} already exists; --update adds to it, --force overwrites it"
        )
    if output == YAML_NAME and os.path.lexists(output) and not _is_plain(output):
        raise LstmcountError(f"{output} is not a regular file; --output names another one")


class _Findings:
    """The numbers of models, by their keys in the project file; and the models without numbers."""

    def __init__(self) -> None:
        self.budgets: dict[str, Values] = {}
        self.unknown: dict[str, list[str]] = {}  # the notes that ask for settings
        self.left_out: list[LeftOut] = []
        self.errors: list[LstmcountError] = []

    def add(
        self, argument: Argument, measured: Measured, output: str, project: Project | None
    ) -> None:
        if isinstance(measured, LeftOut):
            self.left_out.append(measured)
        elif isinstance(measured, LstmcountError):
            self.errors.append(measured)
        elif isinstance(measured, dict):
            self.budgets[_key(argument.name, output)] = measured
        elif measured and _is_listed(argument.name, project):
            self.errors.append(LstmcountError(measured[0]))
        elif measured:
            self.unknown[_key(argument.name, output)] = measured

    def report(self) -> None:
        """Print the files that were left out, and the errors."""
        say_left_out(self.left_out)
        for error in self.errors:
            print_error(error)

    @property
    def written(self) -> str:
        """A summary of the budgets for the project file."""
        todo = f", {len(self.unknown)} to be completed (TODO)" if self.unknown else ""
        return f"budgets of {counted(len(self.budgets), 'model')}{todo}"


def _here() -> list[Argument]:
    return [Argument(name, True, ".") for name in model_files(".")]


def _measured(argument: Argument, reading: Reading) -> Measured:
    """The numbers of a model, or the notes that ask for the settings that it needs."""
    if not is_text(argument.name):
        return LstmcountError(f"{argument.name}: no project file can hold a name that is not UTF-8")
    try:
        source = argument.open(reading)
    except LstmcountError as error:
        return error
    try:
        weighed = tried(argument, source, partial(_weighed, reading=reading))
    except LstmcountError as error:
        return [str(error)] if SETTING in str(error) else error
    if isinstance(weighed, LeftOut):
        return weighed
    summary, values = weighed
    if any(value is not None for value in values.values()):
        return values
    asked = [note for note in summary.notes if SETTING in note]
    if not asked:
        print_notes([f"{argument.name}: its size is not known", *summary.notes])
    return asked


def _weighed(source: Source, reading: Reading) -> tuple[Summary, Values]:
    with errors_in(source):
        model = build(read(source, settings=reading.settings))
        measures = [name for name in _BUDGETED if name in MEASURES]
        return summarize_model(model), values_of(model, measures)


def _is_plain(name: str) -> bool:
    """Whether this is a regular file; a project may contain a link or a pipe of this name."""
    return stat.S_ISREG(os.lstat(name).st_mode)


def _key(name: str, output: str) -> str:
    """A pattern that matches only this model."""
    folder = Path(os.path.realpath(output)).parent if output != "-" else Path.cwd()
    path = Path(os.path.relpath(os.path.realpath(name), folder)).as_posix()
    return re.sub(r"[*?[]", r"[\g<0>]", path)


def _is_listed(name: str, project: Project | None) -> bool:
    """Whether the project file already says how to read the model."""
    globs = [] if project is None else [glob for glob, _ in project.entries if glob != "**"]
    return any(matches(name, glob) for glob in globs)


def _text(models: list[str], budgets: list[str], headroom: Increase) -> str:
    lines = [
        "# yaml-language-server: $schema=lstmcount.project.schema.json",
        "# Limits for the models of this project, which `lstmcount check` enforces.",
        f"# Each number is today's plus {headroom.text}, rounded up.",
    ]
    if models:
        lines += ["# Once the TODOs are filled in, `lstmcount init --update` adds their budgets."]
        lines += ["models:", *models]
    if budgets:
        lines += ["budgets:", *budgets]
    return "\n".join(lines) + "\n"


def _models(unknown: dict[str, list[str]]) -> list[str]:
    lines = []
    for name, notes in unknown.items():
        lines += [f"  {for_yaml(name)}:", "    set:", *map(_todo, notes)]
    return lines


def _budgets(values_by_name: dict[str, dict[str, int | None]], headroom: Increase) -> list[str]:
    lines = []
    for name, values in values_by_name.items():
        lines.append(f"  {for_yaml(name)}:")
        for measure, value in values.items():
            if value is not None:
                amount = round_up(value + headroom.allowed(value), MEASURES[measure].unit != "")
                lines.append(f"    max_{measure}: {amount}")
    return lines


def with_entries(text: str, key: str, entries: list[str]) -> str:
    """The text of a project file with the lines of entries added at the end of those below a key.

    >>> print(with_entries("budgets:\\n    a.yaml: {}\\nbatch: 1", "budgets", ["  b.yaml: {}"]))
    budgets:
        a.yaml: {}
        b.yaml: {}
    batch: 1
    <BLANKLINE>
    """
    if not entries:
        return text
    lines = text.splitlines()
    numbers = range(len(lines))
    start = next((i for i in numbers if re.match(rf"{key}\s*:", lines[i])), None)
    if start is None:
        return "\n".join([*lines, f"{key}:", *entries]) + "\n"
    if not re.fullmatch(rf"{key}\s*:\s*(#.*)?", lines[start]):
        raise LstmcountError(f"{key}: holds its entries on one line; give each a line of its own")
    end = next((i for i in numbers[start + 1 :] if re.match(r"[^\s#]", lines[i])), len(lines))
    below = [i for i in numbers[start + 1 : end] if lines[i].startswith(" ")] or [start]
    first = lines[below[0]] if below[0] > start else "  "
    indent = first[: len(first) - len(first.lstrip())] or "  "
    added = [indent + line.removeprefix("  ") for entry in entries for line in entry.split("\n")]
    return "\n".join([*lines[: below[-1] + 1], *added, *lines[below[-1] + 1 :]]) + "\n"


def _todo(note: str) -> str:
    """A note as a comment, with the settings that it asks for as lines for the file."""
    settings = settings_in(note)
    said = note.partition(SETTING)[0] if settings else note
    lines = [f"      # {for_yaml(name)}: {json_line(value)}" for name, value in settings.items()]
    return "\n".join([f"      # TODO: {escape(said)}", *lines])

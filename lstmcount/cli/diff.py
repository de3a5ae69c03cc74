"""lstmcount diff"""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from lstmcount.api.diff import profiled
from lstmcount.budgets.project import matches
from lstmcount.budgets.reading import Reading
from lstmcount.cli.completion import SOURCE
from lstmcount.cli.folders import (
    Argument,
    LeftOut,
    expand,
    folder_of_pattern,
    is_model_folder,
    is_pattern,
    is_saved,
    model_files,
    models_among,
    say_left_out,
    tried,
)
from lstmcount.cli.options import source_options, timesteps_option
from lstmcount.cli.output import Format, open_output
from lstmcount.cli.sources import open_argument
from lstmcount.cli.terminal import print_error, width
from lstmcount.costs.measures import Conditions
from lstmcount.differences import ModelChange, compare, compare_sets
from lstmcount.differences.formats import FORMATS
from lstmcount.differences.profile import Profile
from lstmcount.differences.table import render
from lstmcount.errors import LstmcountError
from lstmcount.escapes import escape
from lstmcount.sources import Source
from lstmcount.sources.git import files_at, merge_base, repository_of, source_at

_exists = os.path.lexists

Opened = dict[str, tuple[Argument, Callable[[], Source | None]]]


@click.command(short_help="What changed between two models, or since a git branch.")
@click.argument("sources", nargs=-1, type=SOURCE, required=True)
@click.option(
    "--base", metavar="REF", help="Compare with git: the commit where HEAD left this branch."
)
@click.option("--format", "fmt", type=Format(FORMATS), default="table")
@click.option("-o", "--output", metavar="FILE", help="Write the output to FILE.")
@timesteps_option
@click.option("--exit-code", is_flag=True, help="Exit with 1 if anything differs.")
@source_options
@click.pass_context
def command(
    ctx: click.Context,
    sources: tuple[str, ...],
    base: str | None,
    fmt: str,
    output: str | None,
    timesteps: int | None,
    exit_code: bool,
    reading: Reading,
) -> None:
    """Compare OLD with NEW (models, or folders of them), or SOURCES with their state in git.

    Layers that people named are matched by name, all others by class and arguments, in order.
    --set applies to both sides.

    \b
    $ lstmcount diff old.yaml new.yaml
    $ lstmcount diff --base main model.yaml
    $ lstmcount diff --base origin/main models/ --format markdown
    """
    file = open_output(output or "-")
    models = _Models(reading, Conditions(timesteps=timesteps))
    try:
        if base is not None:
            changes = models.since(base, sources)
        elif len(sources) == 2:
            changes = models.between(*sources)
        else:
            raise click.UsageError("give two models, OLD and NEW, or --base REF and models")
        text = render(changes, width(output)) if fmt == "table" else FORMATS[fmt](changes)
        if models.errors and not changes:
            pass  # nothing could be compared, which differs from "no difference"
        elif output:
            file.write(text)
            file.commit()
        else:
            click.echo(text, nl=False)
    finally:
        file.discard()
    say_left_out(models.left_out.values())
    for error in models.errors.values():
        print_error(error)
    if models.errors:
        ctx.exit(2)
    if exit_code and any(change.change != "same" for change in changes):
        ctx.exit(1)


class _Models:
    """Reads the models of both sides; a model that cannot be read is reported and left out."""

    def __init__(self, reading: Reading, conditions: Conditions) -> None:
        self.reading = reading
        self.conditions = conditions
        self.errors: dict[str, LstmcountError] = {}  # by name
        self.left_out: dict[str, LeftOut] = {}

    def between(self, old: str, new: str) -> list[ModelChange]:
        if all(os.path.isdir(name) and not is_model_folder(name) for name in (old, new)):
            changes = self._sets(self._folder(old), self._folder(new))
            if not changes and not self.errors:
                raise LstmcountError(f"{escape(old)}, {escape(new)}: directories without models")
            return changes
        before, after = (self._profile(open_argument(name, self.reading)) for name in (old, new))
        return [compare(new, before, after, old)]

    def _folder(self, folder: str) -> Opened:
        arguments = [Argument(file, True, folder) for file in model_files(folder)]
        return {os.path.relpath(a.name, folder): (a, partial(self._now, a)) for a in arguments}

    def since(self, ref: str, sources: tuple[str, ...]) -> list[ModelChange]:
        arguments = {a.name: a for name in sources for a in _files_since(name, ref)}
        old: Opened = {n: (a, partial(self._before, a, ref)) for n, a in arguments.items()}
        new: Opened = {n: (a, partial(self._now, a)) for n, a in arguments.items() if _exists(n)}
        return self._sets(old, new)

    def _sets(self, old: Opened, new: Opened) -> list[ModelChange]:
        """The changes, without models that cannot be read on one side."""
        before, after = self._profiles(old), self._profiles(new)
        for name in self.errors:
            before.pop(name, None)
            after.pop(name, None)
        return compare_sets(before, after)

    def _now(self, argument: Argument) -> Source:
        return argument.open(self.reading)

    def _before(self, argument: Argument, ref: str) -> Source | None:
        source = source_at(Path(argument.name), ref)
        if source is not None:
            self.reading.apply(source, argument.name)
        return source

    def _profiles(self, sources: Opened) -> dict[str, Profile]:
        profiles = {}
        for name, (argument, opened) in sources.items():
            try:
                profile = self._profile_of(argument, opened())
            except LstmcountError as error:
                self.errors[name] = error
                continue
            if isinstance(profile, LeftOut):
                self.left_out[name] = profile
            elif profile is not None:
                profiles[name] = profile
        return profiles

    def _profile_of(self, argument: Argument, source: Source | None) -> Profile | LeftOut | None:
        return None if source is None else tried(argument, source, self._profile)

    def _profile(self, source: Source) -> Profile:
        return profiled(source, self.conditions, {"settings": self.reading.settings})


def _files_since(name: str, ref: str) -> list[Argument]:
    """The models that a path, a folder or a pattern names, now or at the base."""
    if os.path.isfile(name) or is_model_folder(name):
        return [Argument(name)]
    folder = folder_of_pattern(name) if is_pattern(name) else name
    root, inside = repository_of(Path(folder))
    files = files_at(root, merge_base(root, ref), inside)
    then = [posixpath.relpath(file, inside) for file in files]
    if is_pattern(name):
        names = _names_of_pattern(name, [os.path.join(folder, file) for file in then])
    elif then == ["."] or is_saved(then):
        return [Argument(name)]
    else:
        names = {*model_files(name), *(os.path.join(name, file) for file in models_among(then))}
    if not names and not os.path.isdir(name):
        raise LstmcountError(f"{escape(name)} is neither here nor in {escape(ref)}")
    root_of_found = None if is_pattern(name) else name
    return [Argument(file, True, root_of_found) for file in sorted(map(os.path.relpath, names))]


def _names_of_pattern(name: str, then: list[str]) -> set[str]:
    """The files that a pattern names now, and those that it named `then`."""
    pattern = os.path.relpath(name)
    now = [argument.name for argument in expand([name], optional=True)]
    return {*now, *(file for file in then if matches(os.path.relpath(file), pattern))}

"""lstmcount check --update-baseline"""

from __future__ import annotations

import functools
from pathlib import Path

import click
import msgspec

from lstmcount.budgets.checking import Request, conditions_of
from lstmcount.budgets.lockfile import Lock, Recorded, as_text, key_of, read_lock, updated
from lstmcount.budgets.project import Project, lock_in, project_for, shown
from lstmcount.budgets.reading import Reading
from lstmcount.cli.batch import each
from lstmcount.cli.folders import Argument, LeftOut, read_as, say_left_out
from lstmcount.cli.output import locked, open_output
from lstmcount.cli.sources import STDIN, built
from lstmcount.cli.terminal import print_error
from lstmcount.costs.measures import Conditions
from lstmcount.differences.profile import Profile, profile
from lstmcount.errors import LstmcountError
from lstmcount.escapes import escape
from lstmcount.naming import counted


class _Measured(msgspec.Struct):
    source: str
    profile: Profile | None = None
    error: str | None = None


def update(arguments: list[Argument], request: Request) -> int:
    """Record the sources' current numbers; returns the exit status."""
    if any(argument.name == STDIN for argument in arguments):
        raise LstmcountError("standard input has no name to record it under")
    project = project_for(arguments[0].name, request.config)
    file = _lock_file(project, request)
    with locked(file):
        lock = read_lock(file) if file.exists() else Lock()
        output = open_output(str(file))
        try:
            measure = functools.partial(
                _measure, reading=request, conditions=conditions_of(project, request)
            )
            results = list(each(measure, arguments))
            measured = [result for result in results if not isinstance(result, LeftOut)]
            profiles = {key_of(file, Path(m.source)): m.profile for m in measured if m.profile}
            new = updated(lock, file, profiles)
            output.write(as_text(new))
            output.commit()
        finally:
            output.discard()
    say_left_out(result for result in results if isinstance(result, LeftOut))
    errors = [result.error for result in measured if result.error]
    for error in errors:
        print_error(error)
    for line in _changes(lock, new):
        click.echo(line)
    click.echo(f"{escape(shown(file))}: {counted(len(new.models), 'model')}")
    return 2 if errors else 0


def _lock_file(project: Project, request: Request) -> Path:
    if request.baseline:
        return Path(request.baseline)
    return project.baseline or lock_in(project.folder)


def _measure(
    argument: Argument, *, reading: Reading, conditions: Conditions
) -> _Measured | LeftOut:
    try:
        model = read_as(argument, reading, built)
        if isinstance(model, LeftOut):
            return model
        return _Measured(argument.name, profile(model, conditions=conditions))
    except LstmcountError as error:
        return _Measured(argument.name, error=str(error))


def _changes(old: Lock, new: Lock) -> list[str]:
    lines = []
    for key in sorted({**old.models, **new.models}):
        before, after = old.models.get(key), new.models.get(key)
        if before and after and before == after:
            continue
        numbers = " -> ".join(map(_params, (before, after)))
        lines.append(f"{escape(key)}: params {numbers}")
    return lines


def _params(model: Recorded | None) -> str:
    params = model.values.get("params") if model else None
    return "none" if model is None else "unknown" if params is None else f"{params:,}"

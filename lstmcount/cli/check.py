"""lstmcount check"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import msgspec

from lstmcount.budgets.checking import Request, checked, result_of
from lstmcount.budgets.project import Project, matches, project_for, shown
from lstmcount.budgets.reading import Reading
from lstmcount.budgets.reports import FORMATS
from lstmcount.budgets.results import Result, Totals
from lstmcount.budgets.syntax import Limit, parse_limit
from lstmcount.cli.baseline import update
from lstmcount.cli.batch import each
from lstmcount.cli.completion import SOURCE
from lstmcount.cli.folders import Argument, LeftOut, expand, say_left_out, tried
from lstmcount.cli.options import source_options, timesteps_option
from lstmcount.cli.output import Format
from lstmcount.cli.reporting import Reports, reports_for
from lstmcount.cli.terminal import color_option, print_notes
from lstmcount.costs.measures import MEASURES
from lstmcount.errors import LstmcountError
from lstmcount.readers.text.regular import inside
from lstmcount.sources import Source, may_name_files, read
from lstmcount.sources.names import is_url, path_of
from lstmcount.sources.project_files import YAML_NAME


def _amount(ctx: click.Context, param: click.Parameter, value: str | None) -> Limit | None:
    if value is None or param.name is None:
        return None
    try:
        return parse_limit(param.name, value)
    except LstmcountError as error:
        raise click.BadParameter(error.message) from None


def _limit_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--max-X of every measure, then --min-X and --exact-X, which --help leaves out."""
    options = [("max", name, False) for name in MEASURES]
    options += [(bound, name, True) for bound in ("min", "exact") for name in MEASURES]
    options += [("max-increase", name, name != "params") for name in MEASURES]
    for bound, name, hidden in reversed(options):
        text = MEASURES[name].help
        flag = f"--{bound}-{name.replace('_', '-')}"
        if bound == "max-increase":
            text = "Growth against the base: 5%, 10k, '5% or 10k'."
            flag = "--max-increase" if name == "params" else flag
        option = click.option(flag, callback=_amount, metavar="N", help=text, hidden=hidden)
        command = option(command)
    return command


@click.command(short_help="Fail when a model outgrows its budget.")
@click.argument("sources", nargs=-1, type=SOURCE)
@_limit_options
@click.option(
    "--base", metavar="REF", help="Compare with git: the commit where HEAD left this branch."
)
@click.option("--baseline", metavar="FILE", help="Compare with a recorded lstmcount.lock.")
@click.option("--update-baseline", is_flag=True, help="Record the numbers in the baseline.")
@click.option("--batch", type=click.IntRange(1, 2**31), help="Batch size for memory measures.")
@timesteps_option
@click.option("--format", "fmt", type=Format(FORMATS), help="Default: text.")
@click.option("-o", "--output", metavar="FILE", help="Write the report to FILE.")
@click.option(
    "--report", "more", multiple=True, metavar="FORMAT=FILE", help="Write another report."
)
@click.option("--why", is_flag=True, help="Show the largest layers too.")
@click.option("--quiet", is_flag=True, help="Show only what failed.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 even if a check fails.")
@click.option("--allow-no-budget", is_flag=True, help="Accept sources without a budget.")
@click.option(
    "--budgeted", is_flag=True, help="Skip SOURCES that no budget of the project concerns."
)
@color_option
@source_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    sources: tuple[str, ...],
    base: str | None,
    baseline: str | None,
    update_baseline: bool,
    batch: int | None,
    timesteps: int | None,
    fmt: str | None,
    output: str | None,
    more: tuple[str, ...],
    why: bool,
    quiet: bool,
    exit_zero: bool,
    allow_no_budget: bool,
    budgeted: bool,
    color: str,
    reading: Reading,
    **limits: Limit | None,
) -> None:
    """Check each SOURCE (a file or a glob) against its budget: these options, then the `budget:`
    block of the spec, then the nearest lstmcount.yaml or [tool.lstmcount] of pyproject.toml.
    Without a SOURCE, check all sources that the budgets of that file name.

    Every --max-N exists as --min-N, --exact-N and --max-increase-N too. Exit status 1 if a check
    fails, 2 if a source cannot be checked.

    \b
    $ lstmcount check model.yaml --max-params 250k
    $ lstmcount check 'models/**/*.yaml' --max-increase 5% --base origin/main
    $ lstmcount check --report sarif=lstmcount.sarif
    """
    if base is not None and baseline is not None:
        raise click.UsageError("give either --base or --baseline")
    arguments = expand(sources) if sources else of_project(reading.config)
    if budgeted:
        arguments = _budgeted(arguments, reading)
        if not arguments:
            return
    request = Request(
        limits=tuple(limit for limit in limits.values() if limit is not None),
        base=base,
        baseline=baseline,
        batch=batch,
        timesteps=timesteps,
        config=reading.config,
        allow_no_budget=allow_no_budget,
        why=why,
        settings=reading.settings,
        model=reading.model,
        code=reading.code,
        on_file_read=reading.on_file_read,
    )
    if update_baseline:
        if fmt is not None or output is not None or more:
            raise click.UsageError("--update-baseline writes the baseline and reports nothing")
        ctx.exit(update(arguments, request))
    unchanged = len(arguments) == 1  # with several sources, the totals count unchanged ones
    with reports_for(fmt, output, more, quiet, color, unchanged) as reports:
        totals = _run(arguments, request, reports)
    if totals.errors:
        ctx.exit(2)
    if totals.failed and not exit_zero:
        ctx.exit(1)


def _run(arguments: list[Argument], request: Request, reports: Reports) -> Totals:
    totals, others = Totals(), []
    with closing(each(functools.partial(check_argument, request=request), arguments)) as results:
        for result in results:
            if isinstance(result, LeftOut):
                others.append(result)
            else:
                totals.add(result)
                reports.add(result)
    say_left_out(others)
    if not totals.models:
        raise LstmcountError("none of these files holds a model")
    reports.end(totals)
    return totals


def check_argument(argument: Argument, *, request: Request) -> Result | LeftOut:
    def check(source: Source) -> Result:
        return checked(source, project_for(argument.name, request.config), request)

    return result_of(argument.name, lambda: tried(argument, argument.open(request), check))


def _budgeted(arguments: list[Argument], reading: Reading) -> list[Argument]:
    """The sources that have a budget in their project, those that read one of the other sources,
    and for a project file, all that it names."""
    chosen: dict[str, Argument] = {}
    others: dict[str, set[str]] = {}  # by the project's file
    for argument in arguments:
        project = project_for(argument.name, reading.config)
        path = os.path.realpath(path_of(argument.name))
        if project.file is not None and path == os.path.realpath(project.file):
            chosen |= {os.path.realpath(each.name): each for each in of_project(argument.name)}
        elif project.limits(Path(path_of(argument.name))):
            chosen[path] = argument
        elif project.file is not None and project.budgets:
            others.setdefault(str(project.file), set()).add(path)
    for file, paths in others.items():
        for argument in _named_by(project_for("-", file)):
            if not paths.isdisjoint(_files_of(argument, reading)):
                chosen.setdefault(os.path.realpath(argument.name), argument)
    return list(chosen.values())


def _files_of(argument: Argument, reading: Reading) -> set[str]:
    """The files that a source reads: imported modules, nested models."""
    files: list[str] = []
    try:
        source = argument.open(msgspec.structs.replace(reading, on_file_read=files.append))
        if may_name_files(source):
            read(source, settings=reading.settings)
    except LstmcountError:
        pass  # `check` will say so if the source is chosen
    return set(map(os.path.realpath, files))


def of_project(config: str | None) -> list[Argument]:
    """The sources that the project's budgets name."""
    project = project_for("-", config)
    if not project.budgets and not project.unfinished:
        where = (
            f"{shown(project.file)} holds no budgets" if project.file else f"no {YAML_NAME} here"
        )
        raise click.UsageError(
            f"{where}: name a SOURCE, or let `lstmcount init` write budgets of the models here"
        )
    arguments = _named_by(project)
    print_notes(_without_budget(project, (argument.name for argument in arguments)))
    return arguments


def _named_by(project: Project) -> list[Argument]:
    """The files that a project's budgets name."""
    here = os.path.relpath(project.folder)
    arguments: dict[str, Argument] = {}
    for glob in (*project.budgets, *project.unfinished):
        if os.path.isabs(glob) or is_url(glob) or ".." in glob.split("/"):
            raise _outside(glob)
        pattern = glob if here == "." else os.path.join(here, glob)
        for argument in expand([pattern], optional=glob in project.optional):
            try:
                inside(argument.name, project.folder)
            except LstmcountError:
                raise _outside(argument.name) from None
            arguments[argument.name] = msgspec.structs.replace(argument, folder=str(project.folder))
    return list(arguments.values())


def _without_budget(project: Project, checked_names: Iterable[str]) -> Iterator[str]:
    """Notes about entries of `models:` that apply to none of the checked sources."""
    names = [os.path.relpath(name, project.folder).replace(os.sep, "/") for name in checked_names]
    for glob in project.models:
        if not any(matches(name, glob) for name in names):
            yield f"models: {glob}: no budget names it, so it is not checked"
    for glob in project.unfinished:
        yield (
            f"models: {glob}: its `set:` has no values: fill in what the TODO there asks for; "
            "then `lstmcount init --update` adds its budget"
        )


def _outside(name: str) -> LstmcountError:
    return LstmcountError(f"{name} is not in the project's folder; name it as a SOURCE instead")

"""lstmcount solve"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click
from msgspec.structs import asdict

from lstmcount.api.solve import MEASURES, amount_of, separated, solved
from lstmcount.budgets.reading import Reading
from lstmcount.cli.completion import SOURCE, variable_names
from lstmcount.cli.options import source_options
from lstmcount.cli.output import Format, output_option
from lstmcount.cli.sources import open_argument
from lstmcount.cli.terminal import say
from lstmcount.design.ranges import parse_variable
from lstmcount.design.rewrite import write_values
from lstmcount.design.solve import Goal, Solution
from lstmcount.design.template import refuse_measures
from lstmcount.errors import LstmcountError
from lstmcount.escapes import escape
from lstmcount.renderers.records import RECORDS, to_json

BOUNDS = ("max", "min", "exact")


def _goal(ctx: click.Context, param: click.Parameter, value: str | None) -> Goal | None:
    if value is None or param.name is None:
        return None
    bound, _, measure = param.name.partition("_")
    try:
        return Goal(bound, measure, MEASURES[measure](value))
    except LstmcountError as error:
        raise click.BadParameter(error.message) from None


def goal_options(command: Callable[..., Any]) -> Callable[..., Any]:
    for bound in reversed(BOUNDS):
        for measure in reversed(MEASURES):
            option = click.option(f"--{bound}-{measure}", callback=_goal, metavar="AMOUNT")
            command = option(command)
    return command


@click.command(short_help="The largest size that meets a limit.")
@click.argument("source", type=SOURCE)
@click.option(
    "--for", "wanted", multiple=True, required=True, metavar="VARIABLES",
    shell_complete=variable_names,
    help="What to choose: units, lstm.units, units=32..1024:32, or several: units,depth=1..8.",
)  # fmt: skip
@goal_options
@click.option(
    "--like", metavar="SOURCE", type=SOURCE, help="Find the size closest to that of another model."
)
@click.option(
    "--by",
    type=click.Choice(list(MEASURES)),
    default="params",
    help="Measure to compare with --like.",
)
@click.option("--below", is_flag=True, help="With --like: not larger than it.")
@click.option("--above", is_flag=True, help="With --like: not smaller than it.")
@click.option("--write", is_flag=True, help="Write the answer into the spec and keep its layout.")
@click.option("--format", "fmt", type=Format(["text", *RECORDS]), default="text")
@output_option
@source_options
@click.pass_context
def command(
    ctx: click.Context,
    /,
    source: str,
    wanted: tuple[str, ...],
    like: str | None,
    by: str,
    below: bool,
    above: bool,
    write: bool,
    fmt: str,
    reading: Reading,
    **goals_by_option: Goal | None,
) -> None:
    """Choose sizes of SOURCE so that it meets limits: the largest that do (the smallest, where
    all limits are --min). Exit status 1 if there are none.

    For several variables: every combination in which no variable can be improved without making
    another one worse. With --like, the size whose count is nearest to that of another model.

    \b
    $ lstmcount solve model.yaml --for units --max-params 1M
    $ lstmcount solve model.yaml --for units=32..1024:32 --max-size 4MB --write
    $ lstmcount solve model.yaml --for lstm.units --exact-params 48896
    $ lstmcount solve gru.yaml --for units --like lstm.yaml --below
    """
    goals = [goal for goal in goals_by_option.values() if goal is not None]
    _check(like, below, above, goals)
    names = separated(wanted)
    asked = dict(map(parse_variable, names))
    if like is not None:
        bound = "max" if below else "min" if above else "near"
        goals = [Goal(bound, by, amount_of(open_argument(like), by))]
    outcome = solved(open_argument(source, reading), names, goals, {"settings": reading.settings})
    answers = list(outcome.solutions)
    if not answers:
        limits = " and ".join(map(str, goals))
        hint = "".join(f"; {_given(solution, goals)}" for solution in outcome.nearest)
        variables = escape(", ".join(asked))
        click.echo(f"lstmcount: no value of {variables} gives {limits}{hint}", err=True)
        ctx.exit(1)
    if write:
        _write(source, answers)
    _show(answers, goals, fmt)


def _check(like: str | None, below: bool, above: bool, goals: list[Goal]) -> None:
    if like is None and (below or above):
        raise click.UsageError("--below and --above go with --like")
    if below and above:
        raise click.UsageError("--below and --above: give one of them")
    if like is not None and goals:
        raise click.UsageError(f"--like and a limit ({goals[0]}): give one of them")
    if like is None and not goals:
        raise click.UsageError("give a limit, such as --max-params 1M, or --like another model")


def _given(answer: Solution, goals: list[Goal]) -> str:
    amounts = ", ".join(f"{g.measure} {g.of(answer.measures):,}" for g in goals)
    return f"{_named(answer.values)} gives {amounts}"


def _write(source: str, answers: list[Solution]) -> None:
    if len(answers) > 1:
        raise LstmcountError("several answers; choose one with --set, or narrow the ranges")
    write_values(source, answers[0].values)


def _show(answers: list[Solution], goals: list[Goal], fmt: str) -> None:
    if fmt == "json":
        click.echo(to_json([_record(answer, goals) for answer in answers]), nl=False)
        return
    if fmt != "text":
        refuse_measures(answers[0].values)
        records = [{**answer.values, **asdict(answer.measures)} for answer in answers]
        click.echo(RECORDS[fmt](records), nl=False)
        return
    for answer in answers:
        say(_named(answer.values))
        for goal in goals:
            amount = goal.of(answer.measures)
            say(f"  {goal.measure} {amount:,} of {goal.amount:,} ({_difference(goal, amount)})")
        if answer.beyond is not None and answer.beyond_measures is not None:
            beyond = ", ".join(f"{g.measure} {g.of(answer.beyond_measures):,}" for g in goals)
            say(f"  {_named(answer.beyond)} would give {beyond}")
        if not answer.monotone:
            click.echo("note: the count does not grow steadily; every value was tried", err=True)


def _difference(goal: Goal, amount: int) -> str:
    """
    >>> _difference(Goal("max", "params", 100), 90), _difference(Goal("near", "params", 100), 103)
    ('10 to spare', '3 more')
    """
    left = goal.amount - amount
    if goal.bound == "max":
        return f"{left:,} to spare"
    return "equal" if not left else f"{left:,} less" if left > 0 else f"{-left:,} more"


def _named(values: dict[str, int]) -> str:
    return ", ".join(f"{escape(name)} = {value}" for name, value in values.items())


def _record(answer: Solution, goals: list[Goal]) -> dict[str, Any]:
    record: dict[str, Any] = {
        "values": answer.values,
        "measures": answer.measures,
        "goals": [{"limit": str(g), "spare": abs(g.amount - g.of(answer.measures))} for g in goals],
        "monotone": answer.monotone,
    }
    if answer.beyond is not None:
        record["beyond"] = {"values": answer.beyond, "measures": answer.beyond_measures}
    return record

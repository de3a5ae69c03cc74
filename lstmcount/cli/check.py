"""lstmcount check"""

from __future__ import annotations

import functools

import click
import msgspec

from lstmcount.budgets import Limit, Verdict, judge, parse_budget, parse_limit
from lstmcount.cli.batch import each
from lstmcount.cli.sources import open_argument
from lstmcount.errors import LstmcountError, escape
from lstmcount.inference import infer
from lstmcount.readers import place, read


class Result(msgspec.Struct):
    """What became of one source: verdicts, or the error that prevented them."""

    source: str
    verdicts: list[Verdict] = []
    error: str | None = None


def _amount(ctx: click.Context, param: click.Parameter, value: str | None) -> Limit | None:
    if value is None or param.name is None:
        return None
    try:
        return parse_limit(param.name, value)
    except LstmcountError as error:
        raise click.BadParameter(error.message) from None


@click.command(short_help="Fail when a model outgrows its budget.")
@click.argument("sources", nargs=-1, required=True)
@click.option("--max-params", callback=_amount, metavar="N", help="E.g. 250k, 1.5M, 200_000.")
@click.option("--max-trainable-params", callback=_amount, metavar="N")
@click.option("--max-size", callback=_amount, metavar="SIZE", help="E.g. 800KB, 1MB (1024-based).")
@click.option("--exact-params", callback=_amount, metavar="N")
@click.option("--allow-no-budget", is_flag=True, help="A source without a budget is fine.")
@click.pass_context
def command(
    ctx: click.Context, /, sources: tuple[str, ...], allow_no_budget: bool, **given: Limit | None
) -> None:
    """Hold each SOURCE against its budget: these options, else its own `budget:` block.

    One line a check; exit status 1 if one fails, 2 if a source cannot be checked.

    \b
    $ lstmcount check model.yaml --max-params 250k
    $ lstmcount check models/*.yaml
    """
    limits = [limit for limit in given.values() if limit is not None]
    check = functools.partial(_check, limits=limits, allow_no_budget=allow_no_budget)
    results = list(each(check, sources))
    for result in results:
        if result.error:
            click.echo(f"lstmcount: {result.error}", err=True)
        for verdict in result.verdicts:
            mark = "ok  " if verdict.passed else "FAIL"
            click.echo(f"{mark} {escape(result.source)}: {verdict}")
    if any(result.error for result in results):
        ctx.exit(2)
    if not all(verdict.passed for result in results for verdict in result.verdicts):
        ctx.exit(1)


def _check(name: str, *, limits: list[Limit], allow_no_budget: bool) -> Result:
    try:
        source = open_argument(name)
        try:
            config = read(source)
            summary = infer(config)
            asked = {limit.name for limit in limits}
            own = parse_budget(config.budget) if config.budget is not None else []
        except LstmcountError as error:
            raise place(error, source) from None
        limits = limits + [limit for limit in own if limit.name not in asked]
        if not limits and not allow_no_budget:
            raise LstmcountError(
                f"{escape(name)}: no budget: give one (--max-params 250k), write a budget: block "
                "into the spec, or pass --allow-no-budget"
            )
    except LstmcountError as error:
        return Result(name, error=str(error))
    return Result(name, judge(summary, limits))

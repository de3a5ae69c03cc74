"""lstmcount sweep"""

from __future__ import annotations

import re
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import click

from lstmcount.api.sweep import grid_points, ordered
from lstmcount.budgets.reading import Reading
from lstmcount.cli.completion import SOURCE, setting_names
from lstmcount.cli.options import code_option, config_option, model_option, set_file_option
from lstmcount.cli.output import Format, open_output, theme_option, write_picture
from lstmcount.cli.progress import clear, show_progress
from lstmcount.cli.sources import open_argument, read_settings
from lstmcount.cli.terminal import width
from lstmcount.design.conditions import Condition
from lstmcount.design.curves import draw
from lstmcount.design.grid import size_of
from lstmcount.design.points import FORMATS, table, write_parquet
from lstmcount.design.ranges import parse_range
from lstmcount.design.space import TrialSpace, sweep_trials
from lstmcount.design.sweep import Points, concatenated
from lstmcount.errors import LstmcountError
from lstmcount.escapes import escape
from lstmcount.naming import counted
from lstmcount.renderers.charts import format_of
from lstmcount.setting_text import parse_setting
from lstmcount.sources import Source, errors_in

MAX_HELD = 20_000_000  # limit for points kept in memory to sort, rank or plot
TABLE_ROWS = 1_000  # rows of a table by default
_RANGE = re.compile(r"\s*\d[\d_]*(\.\.\d[\d_]*(:\d+)?|(,\d[\d_]*)+)\s*")


@click.command(short_help="Counts over a grid of sizes.")
@click.argument("source", type=SOURCE)
@click.option(
    "--set", "texts", multiple=True, metavar="NAME=RANGE",
    shell_complete=setting_names,
    help="units=32..512:32, lstm.units=8,16,32, or one value.",
)  # fmt: skip
@set_file_option
@model_option
@code_option
@config_option
@click.option(
    "--sample", type=click.IntRange(1), metavar="N", help="Take N random points of the grid."
)
@click.option("--seed", type=click.IntRange(0), default=0, help="Seed of the sample.")
@click.option(
    "--where", metavar="CONDITION", help="Keep only points with, e.g., 'params < 1_000_000'."
)
@click.option("--sort", metavar="COLUMN", help="Sort by COLUMN; by -COLUMN from large to small.")
@click.option("--top", type=click.IntRange(1), metavar="N", help="Only the first N points.")
@click.option(
    "--pareto",
    metavar="COLUMNS",
    help="Only points that no other point beats in all of these columns.",
)
@click.option("--format", "fmt", type=Format(["table", *FORMATS, "parquet"]))
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--plot", type=click.Path(dir_okay=False, path_type=Path), help="Draw a curve or a heat map."
)
@theme_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    source: str,
    texts: tuple[str, ...],
    set_file: str | None,
    model: str | None,
    code: tuple[str, ...],
    config: str | None,
    sample: int | None,
    seed: int,
    where: str | None,
    sort: str | None,
    top: int | None,
    pareto: str | None,
    fmt: str | None,
    output: Path | None,
    plot: Path | None,
    theme: str,
) -> None:
    """Params, MACs and bytes of SOURCE at every point of a grid of its variables; without a range,
    at every trial of a program for KerasTuner.

    \b
    $ lstmcount sweep model.yaml --set units=32..512:32 --set depth=1..4
    $ lstmcount sweep model.yaml --set lstm.units=8,16,32 --where 'params < 1_000_000' --top 10
    $ lstmcount sweep model.yaml --set units=1..4096 --format csv -o points.csv --plot curve.svg
    """
    grid, settings = _split(texts)
    settings = read_settings(set_file) | settings
    if where is not None:
        Condition(where)
    picture = None if plot is None else format_of(plot)
    fmt = fmt or _format_of_file(output)
    parts = _parts(source, Reading(settings, model, config, code), grid, sample, seed, where)
    if not grid and plot is not None:
        raise click.UsageError("--plot draws a range that is given: --set units=32..512:32")
    if not grid or sort or top or pareto or plot or fmt in ("table", "parquet", "latex"):
        points = ordered(_held(parts), _names(pareto), sort)
        if plot is not None and picture is not None:
            write_picture(plot, draw(points, list(grid), picture, theme))
        if top:
            points = points.take(slice(top))
        _write(iter([points]), fmt, output)
    else:
        _write(parts, fmt, output)
    parts.report()
    if parts.interrupted:
        ctx.exit(130)


def _format_of_file(output: Path | None) -> str:
    """The format that the ending of a file's name says."""
    ending = output.suffix[1:] if output else ""
    return ending if ending in FORMATS else "table"


def _names(columns: str | None) -> list[str]:
    return [name.strip() for name in columns.split(",")] if columns else []


def _split(texts: Sequence[str]) -> tuple[dict[str, Sequence[int]], dict[str, Any]]:
    """Split the settings into those with several values and those with one."""
    grid: dict[str, Sequence[int]] = {}
    settings: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if equals and (".." in value or _RANGE.fullmatch(value)):
            grid[name.strip()] = parse_range(value)
        else:
            settings |= dict([parse_setting(text)])
    return grid, settings


def _parts(
    source: str,
    reading: Reading,
    grid: dict[str, Sequence[int]],
    sample: int | None,
    seed: int,
    where: str | None,
) -> _Interruptible:
    """The points of a grid, or without one the trials of a program for a tuner."""
    opened, settings = open_argument(source, reading), reading.settings
    with errors_in(opened):
        if grid:
            chunks = grid_points(opened, grid, settings, sample, seed, where)
        else:
            chunks = sweep_trials(_space(opened, settings), sample, seed, where)
    return _Interruptible(chunks, sample or (size_of(grid) if grid else 0))


def _space(source: Source, settings: dict[str, Any]) -> TrialSpace:
    """The space of trials of a program for a tuner."""
    space = TrialSpace(source, settings)
    if not space.first.space:
        raise click.UsageError("give a range to sweep over, such as --set units=32..512:32")
    if space.continuous:
        held = ", ".join(f"{name} = {space.first.space[name].value}" for name in space.continuous)
        click.echo(escape(f"note: ranges without steps stay at {held}"), err=True)
    return space


class _Interruptible:
    """Chunks of points with a progress bar; Ctrl-C ends them early and keeps finished points."""

    def __init__(self, parts: Iterator[Points], expected: int) -> None:
        self.parts = parts
        self.expected = expected
        self.interrupted = False
        self.done = self.left_out = 0
        self.reason: str | None = None

    def report(self) -> None:
        """Print notes about points without a model, and about an interruption.

        Raises `LstmcountError` if no point gives a valid model.
        """
        if self.left_out:
            if self.left_out == self.done and not self.interrupted:
                raise LstmcountError(f"no point gives a valid model; {self.reason}")
            points = f"{self.left_out:,} of {counted(self.done, 'point')}"
            click.echo(escape(f"note: no model at {points}; {self.reason}"), err=True)
        if self.interrupted:
            of = f"{self.expected:,}" if self.expected else "all"
            click.echo(f"interrupted: {self.done:,} of {of} points are done", err=True)

    def __iter__(self) -> Iterator[Points]:
        before = signal.signal(signal.SIGINT, self._stop)
        try:
            for part in self.parts:
                self.left_out += part.invalid
                self.done += part.tried
                self.reason = self.reason or part.reason
                clear()
                yield part
                show_progress(self.done, self.expected)
                if self.interrupted:
                    break
        finally:
            clear()
            signal.signal(signal.SIGINT, before)

    def _stop(self, *_: object) -> None:
        """On the first Ctrl-C, end the sweep after this chunk; on the second, at once."""
        self.interrupted = True
        signal.signal(signal.SIGINT, signal.default_int_handler)


def _held(parts: _Interruptible) -> Points:
    chunks, length = [], 0
    for part in parts:
        chunks.append(part)
        length += len(part)
        if length > MAX_HELD:
            raise LstmcountError(
                f"more than {MAX_HELD:,} points to hold; narrow the grid, filter with --where, "
                "or take --format csv without --sort, --top, --pareto and --plot"
            )
    return concatenated(chunks)


def _write(parts: Iterator[Points] | _Interruptible, fmt: str, output: Path | None) -> None:
    if fmt == "parquet":
        if output is None:
            raise click.UsageError("--format parquet needs --output FILE")
        write_parquet(next(iter(parts)), output)
        return
    if fmt == "table":
        points = next(iter(parts))
        text, left = table(points, None if output else TABLE_ROWS, width(output))
        _to(output, lambda file: file.write(text))
        if left:
            click.echo(f"… and {counted(left, 'point')} more; see them with --format csv", err=True)
        return
    _to(output, lambda file: FORMATS[fmt](parts, file))


def _to(output: Path | None, write: Callable[[IO[str]], object]) -> None:
    if output is None:
        write(sys.stdout)
        return
    file = open_output(str(output))
    try:
        write(file.stream)
        file.commit()
    finally:
        file.discard()

"""lstmcount summary"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import click
import msgspec

from lstmcount.budgets.reading import Reading
from lstmcount.cli.completion import SOURCE, column_names, layer_names
from lstmcount.cli.options import source_options
from lstmcount.cli.output import Format, output_option
from lstmcount.cli.sources import open_argument
from lstmcount.cli.terminal import (
    color_option,
    console,
    print_error,
    print_notes,
    wants_color,
    width,
)
from lstmcount.errors import LstmcountError, did_you_mean_or_known
from lstmcount.escapes import escape
from lstmcount.graph.builder import build_partly
from lstmcount.graph.inference import summarize_model
from lstmcount.graph.model import Model
from lstmcount.renderers.cells import Options, shown_layers, table_of
from lstmcount.renderers.columns import COLUMNS, COSTS, EXTRA, OWN
from lstmcount.renderers.records import FORMATS, RECORDS, aligned, records_of
from lstmcount.renderers.table import as_text, print_rich
from lstmcount.sources import Source, list_models, place, read, with_source
from lstmcount.summary import Summary


def _columns(ctx: click.Context, param: click.Parameter, value: str | None) -> tuple[str, ...]:
    names = tuple(name.strip() for name in value.split(",")) if value else ()
    for name in names:
        if name not in COLUMNS:
            hint = did_you_mean_or_known(name, COLUMNS)
            raise click.BadParameter(f"unknown column {name!r}.{hint}")
    return names


PICTURES = ("svg", "html")
WITH_OPTIMIZER = "Total params counts the optimizer's variables too, as Keras does for this model"
WITHOUT_OPTIMIZER = (
    "the counts are the model's alone; Keras's summary adds the optimizer's variables"
)


@click.command(short_help="The layers, shapes and parameters, as Keras prints them.")
@click.argument("source", type=SOURCE)
@click.option("--format", "fmt", type=Format(["table", *PICTURES, *FORMATS]), default="table")
@click.option("--theme", type=click.Choice(["light", "dark"]), help="Theme of svg and html.")
@click.option(
    "--columns",
    callback=_columns,
    shell_complete=column_names,
    metavar="NAMES",
    help=f"Add {', '.join(EXTRA)}; or choose all columns, these and {', '.join(OWN)}.",
)
@click.option("--expand-nested", is_flag=True, help="Show the layers inside nested models.")
@click.option("--show-trainable", is_flag=True, help="Show which layers are trainable.")
@click.option(
    "--layer-range",
    nargs=2,
    shell_complete=layer_names,
    metavar="FIRST LAST",
    help="Only these layers (names or patterns).",
)
@click.option(
    "--list", "lists", is_flag=True, help="List the names of a program's models, and nothing else."
)
@click.option(
    "--line-length",
    type=click.IntRange(1, 10_000),
    help="Width of the table; longer text is cut, as in Keras.",
)
@color_option
@output_option
@source_options
@click.pass_context
def command(
    ctx: click.Context,
    source: str,
    fmt: str,
    theme: str | None,
    columns: tuple[str, ...],
    expand_nested: bool,
    show_trainable: bool,
    layer_range: tuple[str, str] | None,
    line_length: int | None,
    color: str,
    lists: bool,
    reading: Reading,
) -> None:
    """The layers, shapes and parameters of SOURCE, as Keras 3 prints them.

    SOURCE may be a folder or a quoted pattern: then each model in it has a table under its path,
    or records with the path.

    On a terminal the table fits it; elsewhere it is as wide as it needs to be. With --line-length
    it is what model.summary(line_length=N) prints, byte for byte.

    \b
    $ lstmcount summary model.yaml
    $ lstmcount summary model.yaml --format json | jq .total_params
    $ lstmcount summary model.yaml --format svg --theme dark -o summary.svg
    $ lstmcount summary train.py --set 'actions.shape[0]=3'
    """
    if lists:
        for listed in list_models(open_argument(source, reading), settings=reading.settings):
            click.echo(escape(f"{listed.place}: {listed.name} ({listed.class_name})"))
        return

    _require_possible(fmt, theme, line_length, show_trainable)
    options = Options(
        line_length=line_length,
        max_width=width() if fmt == "table" else None,
        expand_nested=expand_nested,
        show_trainable=show_trainable,
        layer_range=layer_range,
        columns=columns,
    )
    printer = _Printer(reading, fmt, options, theme or "light", color)
    if not _may_be_several(source):
        printer.show(None, open_argument(source, reading))
    elif fmt in PICTURES:
        raise click.UsageError("a picture shows one model, and this is a folder or a pattern")
    else:
        errors = _show_each(source, reading, printer.show, between="\n" if fmt == "table" else "")
        printer.show_records(errors)
        if errors:
            ctx.exit(2)


def _require_possible(
    fmt: str, theme: str | None, line_length: int | None, show_trainable: bool
) -> None:
    """Raise `click.UsageError` if a format has no use for an option."""
    if theme is not None and fmt not in PICTURES:
        raise click.UsageError("--theme goes with --format svg or html")
    if fmt in FORMATS and line_length is not None:
        raise click.UsageError("--line-length goes with --format table, svg or html")
    if fmt in FORMATS and show_trainable:
        raise click.UsageError(
            "--show-trainable goes with --format table, svg or html; "
            "elsewhere choose that column: --columns name,params,trainable"
        )


class _Printer:
    """Prints the summaries of models in a format; `show` gathers records that have a path."""

    def __init__(
        self, reading: Reading, fmt: str, options: Options, theme: str, color: str
    ) -> None:
        self.reading = reading
        self.fmt = fmt
        self.options = options
        self.theme = theme
        self.color = color
        self.records: list[dict[str, Any]] = []

    def show(self, path: str | None, source: Source) -> None:
        """Print a model's summary and notes, under its path unless that is None.

        Raises `LstmcountError` after the part of a model that is right was printed.
        """
        model, error = _built(source, self.reading)
        if error is None or (model.own_layers and self.fmt == "table"):
            summary = summarize_model(model)
            self._show(path, self._with_costs(model, summary))
        if error is not None:
            raise error
        print_notes(summary.notes)
        if summary.optimizer is not None:
            is_table = self.fmt in ("table", *PICTURES)
            print_notes([WITH_OPTIMIZER if is_table else WITHOUT_OPTIMIZER])

    def show_records(self, errors: list[dict[str, Any]]) -> None:
        """Print the records of all models that were shown, and of those that could not be."""
        if self.fmt in FORMATS:
            is_json = self.fmt in ("json", "jsonl")
            entries = [*self.records, *errors] if is_json else aligned(self.records)
            click.echo(RECORDS[self.fmt](entries), nl=False)

    def _with_costs(self, model: Model, summary: Summary) -> Summary:
        if any(name in COSTS for name in self.options.columns):
            from lstmcount.costs.totals import with_costs

            return with_costs(model, summary, self.options.columns)
        return summary

    def _show(self, path: str | None, summary: Summary) -> None:
        fmt, options = self.fmt, self.options
        if fmt in FORMATS:
            self._show_as_records(path, summary)
        elif fmt in PICTURES:
            from lstmcount.renderers import screenshots

            click.echo(screenshots.FORMATS[fmt](summary, options, self.theme), nl=False)
        else:
            if path is not None:
                click.echo(escape(path))
            if wants_color(self.color):
                print_rich(table_of(summary, options), console(self.color))
            else:
                click.echo(as_text(summary, options), nl=False)

    def _show_as_records(self, path: str | None, summary: Summary) -> None:
        fmt, columns = self.fmt, self.options.columns
        expands = self.options.expand_nested and fmt != "json"
        nested = msgspec.structs.replace(self.options, expand_nested=expands)
        chosen = msgspec.structs.replace(summary, layers=shown_layers(summary, nested))
        if path is None:
            click.echo(FORMATS[fmt](chosen, columns), nl=False)
        else:
            self.records.extend({"path": path, **row} for row in records_of(fmt, chosen, columns))


def _may_be_several(source: str) -> bool:
    """Whether a source is a folder of models, or a pattern."""
    if not os.path.isdir(source) and not any(sign in source for sign in "*?["):
        return False  # without loading what finds files
    from lstmcount.cli.folders import is_model_folder, is_pattern

    return is_pattern(source) or (os.path.isdir(source) and not is_model_folder(source))


def _show_each(
    source: str, reading: Reading, show: Callable[[str, Source], None], between: str
) -> list[dict[str, Any]]:
    """Show each model, and `between` after it; return the errors of the others."""
    from lstmcount.cli.folders import LeftOut, expand, say_left_out, tried

    arguments, left_out, errors = expand([source]), [], []
    for argument in arguments:
        try:
            result = tried(argument, argument.open(reading), partial(show, argument.name))
        except LstmcountError as error:
            error = with_source(error, argument.name)
            print_error(error)
            errors.append({"path": argument.name, "error": str(error)})
            continue
        if isinstance(result, LeftOut):
            left_out.append(result)
        else:
            click.echo(between, nl=False)
    say_left_out(left_out)
    if len(left_out) == len(arguments):
        raise LstmcountError("none of these files holds a model")
    return errors


def _built(source: Source, reading: Reading) -> tuple[Model, LstmcountError | None]:
    """The model; if something is wrong, the part that was built before, and the error."""
    unread = None
    try:
        config: Any = read(source, settings=reading.settings)
    except LstmcountError as error:
        if error.partial is None:
            raise place(error, source) from None
        unread, config = error, error.partial
    model, unbuilt = build_partly(config)
    wrong = unread or unbuilt
    return model, wrong and place(wrong, source)

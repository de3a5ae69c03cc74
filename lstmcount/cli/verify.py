"""lstmcount verify"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import click

from lstmcount.api.verify import verify
from lstmcount.budgets.reading import Reading
from lstmcount.cli.completion import SOURCE
from lstmcount.cli.folders import Argument, expand, tried
from lstmcount.cli.options import source_options
from lstmcount.cli.output import Format, output_option
from lstmcount.cli.sources import open_argument
from lstmcount.cli.terminal import print_error, print_notes, say
from lstmcount.errors import LstmcountError, NoTensorsError
from lstmcount.escapes import escape
from lstmcount.naming import counted
from lstmcount.renderers.records import RECORDS, to_json
from lstmcount.sources import Source
from lstmcount.verification import Verdict

SHOWN = 20


@click.command(short_help="Compare the tensors a file stores with those its config implies.")
@click.argument("sources", nargs=-1, required=True, type=SOURCE, metavar="SOURCE [WEIGHTS]")
@click.option("--format", "fmt", type=Format(["text", *RECORDS]), default="text")
@click.option("--strict", is_flag=True, help="Fail if a stored tensor was not compared in place.")
@output_option
@source_options
@click.pass_context
def command(
    ctx: click.Context,
    sources: tuple[str, ...],
    fmt: str,
    strict: bool,
    reading: Reading,
) -> None:
    """Compare the tensors stored in a file with the weights inferred from its config.

    The file is a .keras, an .h5, a .weights.json with its shards, a TensorFlow.js model, or a
    folder that Keras saved. With WEIGHTS, the tensors of that file are compared with the config in
    SOURCE, of whatever kind. SOURCE alone may be a folder or a quoted pattern: then each file in it
    is compared with its own config, and files without tensors are left out.

    Each weight is compared with the tensor at the place where Keras stores it. Exit status 1 if
    they differ, and with --strict if a tensor was not compared because the config does not say the
    weights of its layer, or only by shape because the file has no group of its layer. HDF5 needs
    h5py (extra `hdf5`).

    \b
    $ lstmcount verify model.keras
    $ lstmcount verify model.json model.weights.h5
    $ lstmcount verify 'models/*.keras' --format csv
    """
    if len(sources) > 2:
        raise click.UsageError(
            "give SOURCE and WEIGHTS, or one quoted pattern: lstmcount verify '*.keras'"
        )
    source, *weights = sources
    if weights and all(name.endswith(".keras") for name in sources):
        note = (
            f"the tensors of {weights[0]} are compared with the config of {source}; "
            "with a quoted pattern, each file with its own: '*.keras'"
        )
        print_notes([note])
    beside = weights[0] if weights else None
    arguments = [Argument(source)] if weights else expand([source])
    compare = partial(_compared, reading=reading, weights=beside)
    verdicts, errors = _verdicts(arguments, reading, compare)
    _show(verdicts, beside, fmt, strict, is_list=arguments[0].was_found)
    for error in errors:
        print_error(error)
    if errors:
        ctx.exit(2)
    if not all(_passes(verdict, strict) for verdict in verdicts.values()):
        ctx.exit(1)


def _verdicts(
    arguments: Sequence[Argument], reading: Reading, compare: Callable[[Source], Verdict]
) -> tuple[dict[str, Verdict], list[LstmcountError]]:
    """The verdicts by name, and the errors of files that were found and cannot be compared."""
    verdicts: dict[str, Verdict] = {}
    errors = []
    for argument in arguments:
        try:
            verdict = tried(argument, argument.open(reading), compare)
        except LstmcountError as error:
            if not argument.was_found:
                raise
            if not isinstance(error, NoTensorsError):
                errors.append(error)
        else:
            if isinstance(verdict, Verdict):
                verdicts[argument.name] = verdict
    if not verdicts and not errors:
        raise LstmcountError("none of these files stores tensors beside a config")
    return verdicts, errors


def _compared(source: Source, *, reading: Reading, weights: str | None) -> Verdict:
    beside = None if weights is None else open_argument(weights)
    return verify(source, beside, settings=reading.settings)


def _passes(verdict: Verdict, strict: bool) -> bool:
    return verdict.agrees and not (strict and (verdict.not_compared or verdict.by_shape))


def _show(
    verdicts: dict[str, Verdict], weights: str | None, fmt: str, strict: bool, *, is_list: bool
) -> None:
    """Print the verdicts; as JSON, a list or only the one verdict."""
    named = {} if weights is None else {"weights": weights}
    if fmt == "text":
        for path, verdict in verdicts.items():
            _print(verdict, escape(path if weights is None else weights), strict)
    elif fmt == "json":
        shown = [{"path": path, **named, **v.to_dict()} for path, v in verdicts.items()]
        click.echo(to_json(shown if is_list else shown[0]), nl=False)
    else:
        records = [(path, row) for path, v in verdicts.items() for row in v.records()]
        rows = [{"path": path, **named, **row} for path, row in records]
        click.echo(RECORDS[fmt](rows), nl=False)


def _print(verdict: Verdict, name: str, strict: bool) -> None:
    tensors = verdict.compared_tensors
    compared = (
        f"{verdict.compared:,} of {verdict.stored:,} values "
        f"in {counted(tensors, 'tensor')} compared"
    )
    if not _passes(verdict, strict):
        inferred = "?" if verdict.inferred is None else f"{verdict.inferred:,}"
        say(f"FAIL {name}: {compared}, {inferred} inferred")
    elif verdict.not_compared or verdict.by_shape:
        say(f"ok   {name}: {compared}")
    else:
        say(f"ok   {name}: {compared}, as the config says")
    for difference in verdict.differences[:SHOWN]:
        say(f"  {escape(str(difference))}")
    if len(verdict.differences) > SHOWN:
        say(f"  … and {len(verdict.differences) - SHOWN} more")
    for each in verdict.not_compared[:SHOWN]:
        text = f"{each.layer} ({each.class_name}), {counted(each.values, 'value')}: {each.why}"
        say(f"  not compared: {escape(text)}")
    if len(verdict.not_compared) > SHOWN:
        say(f"  … and {len(verdict.not_compared) - SHOWN} more not compared")
    for note in verdict.notes:
        say(f"  note: {escape(note)}")

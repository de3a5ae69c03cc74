"""The commands: one file each, imported when the command is called."""

from __future__ import annotations

import importlib
import os
import sys
from io import StringIO

import click

from lstmcount.errors import LstmcountError, did_you_mean, did_you_mean_or_known
from lstmcount.escapes import escape
from lstmcount.version import __version__

KERAS = "3.15.1"  # whose answers the tests compare with
PYTHON = ".".join(map(str, sys.version_info[:3]))

# Purpose → command → an example.
SECTIONS: dict[str, dict[str, str]] = {
    "Look": {
        "summary": "lstmcount summary model.yaml",
        "count": "lstmcount count models/*.yaml",
        "verify": "lstmcount verify model.keras",
        "convert": "lstmcount convert model.keras --to yaml",
        "plot": "lstmcount plot model.yaml -o model.svg",
        "report": "lstmcount report model.yaml -o report.html",
        "layers": "lstmcount layers LSTM",
        "schema": "lstmcount schema > lstmcount.schema.json",
    },
    "Explain": {
        "explain": "lstmcount explain model.yaml lstm",
        "trace": "lstmcount trace model.yaml --layer lstm --steps 3",
        "cost": "lstmcount cost model.yaml --batch 32",
    },
    "Design": {
        "solve": "lstmcount solve model.yaml --for units --max-params 1M",
        "sweep": "lstmcount sweep model.yaml --set units=32..512:32",
        "compare": "lstmcount compare lstm.yaml gru.keras train.py",
    },
    "Gate": {
        "check": "lstmcount check model.yaml --max-params 250k",
        "diff": "lstmcount diff --base main model.yaml",
        "log": "lstmcount log model.yaml",
        "init": "lstmcount init models/*.yaml --headroom 10%",
    },
}


# What people type from other tools → the command that they want.
ALIASES = {
    "params": "count",
    "parameters": "count",
    "show": "summary",
    "print": "summary",
    "info": "summary",
    "view": "summary",
    "describe": "summary",
    "flops": "cost",
    "macs": "cost",
    "memory": "cost",
    "profile": "cost",
    "history": "log",
    "draw": "plot",
    "visualize": "plot",
    "unroll": "trace",
}


# Options of other tools → the options of this one.
OPTION_ALIASES = {
    "--out": "--output",
    "--out-file": "--output",
    "--overwrite": "--force",
    "-v": "--verbose",
    "-f": "--format",
}


class Commands(click.Group):
    """A click group that imports a command's file only when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for commands in SECTIONS.values() for name in commands]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = importlib.import_module(f"lstmcount.cli.{cmd_name}")
        command: click.Command = module.command
        command.name = cmd_name
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        first = args[0]
        if first in ALIASES:
            args = [ALIASES[first], *args[1:]]
        elif first == "help" and len(args) > 1:
            args = [args[1], "--help"]
        elif first == "help":
            click.echo(ctx.get_help())
            ctx.exit()
        elif first not in self.list_commands(ctx) and (first == "-" or _is_path(first)):
            args = ["summary", *args]
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            options = {name for param in self.get_params(ctx) for name in param.opts}
            is_option = f"--{args[0]}" in options
            hint = (
                f" Write --{args[0]}."
                if is_option
                else did_you_mean_or_known(args[0], self.list_commands(ctx))
            )
            raise click.UsageError(error.message + hint, ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for section, commands in SECTIONS.items():
            with formatter.section(section):
                rows = []
                for name, example in commands.items():
                    command = self.get_command(ctx, name)
                    assert command is not None
                    rows.append((name, command.get_short_help_str(90)))
                    rows.append(("", f"$ {example}"))
                formatter.write_dl(rows, col_max=12)


def _is_path(word: str) -> bool:
    return os.path.exists(word) or "/" in word or os.path.splitext(word)[1] != ""


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(
    __version__,
    "-V",
    "--version",
    message=f"%(prog)s %(version)s (counts as Keras {KERAS}; Python {PYTHON})",
)
def cli() -> None:
    """How big a Keras model is, and why, without Keras.

    SOURCE is a model: a hand-written spec (YAML or JSON), model.to_json(), a .keras or .h5 file,
    Python code or a notebook; - is standard input.
    """


def run() -> int:
    """Run the command that the arguments name; returns its exit status."""
    if os.environ.get("_LSTMCOUNT_COMPLETE", "").startswith("fish"):
        import lstmcount.cli.fish  # noqa: F401
    try:
        status = cli.main(prog_name="lstmcount", standalone_mode=False)
    except click.ClickException as error:
        _show(_helpful(error))
        return 2
    except LstmcountError as error:
        click.echo(f"lstmcount: {error}", err=True)
        return 2
    except click.Abort:
        raise KeyboardInterrupt from None
    sys.stdout.flush()
    return status if isinstance(status, int) else 0


def _helpful(error: click.ClickException) -> click.ClickException:
    """The same error with a hint on what to write instead, if that is known."""
    ctx = error.ctx if isinstance(error, click.UsageError) else None
    if ctx is None:
        return error
    if isinstance(error, click.NoSuchOption):
        hint = _option_for(error.option_name, ctx.command.params) or _commands_with(
            error.option_name
        )
        return click.UsageError(f"No such option {error.option_name!r}.{hint}", ctx)
    if isinstance(error, click.MissingParameter):
        stdin = ""
        if isinstance(error.param, click.Argument) and not sys.stdin.isatty():
            stdin = "; - is standard input"
        text = f"{error.format_message()} For instance: {_example(ctx)}{stdin}"
        return click.UsageError(text, ctx)
    if isinstance(error, click.BadParameter):
        message = error.message.replace("a valid integer range", "an integer")
        return click.BadParameter(message, ctx, error.param, error.param_hint)
    if isinstance(error, click.UsageError) and "unexpected extra argument" in error.message:
        hint = _hint_for_extra(ctx.command) or f" For instance: {_example(ctx)}"
        return click.UsageError(f"{error.message}.{hint}", ctx)
    return error


def _example(ctx: click.Context) -> str:
    """An example of the command that was called."""
    examples = {name: example for each in SECTIONS.values() for name, example in each.items()}
    return examples[ctx.info_name or ""]


def _hint_for_extra(command: click.Command) -> str:
    """A hint for an argument too many, which names a layer or another model."""
    options = {name for param in command.params for name in param.opts}
    if "--layer" in options:
        return " A layer is named by --layer NAME, and several models have `lstmcount compare`."
    takes_source = any(param.name == "source" for param in command.params)
    return " For several models: `lstmcount compare`, `lstmcount count`." if takes_source else ""


def _option_for(wrong: str, params: list[click.Parameter]) -> str:
    """A hint with the option that `wrong` probably stands for."""
    known = {name: param for param in params for name in param.opts if name.startswith("--")}
    fmt = known.get("--format")
    if fmt is not None and wrong[2:] in getattr(fmt.type, "choices", ()):
        return f" Write --format {wrong[2:]}."
    meant = OPTION_ALIASES.get(wrong)
    if meant in known:
        return f" Did you mean {meant}?"
    if wrong.startswith("--"):
        return did_you_mean(wrong, known)
    other_case = wrong.swapcase()
    return f" Did you mean {other_case}?" if any(other_case in p.opts for p in params) else ""


def _commands_with(option: str) -> str:
    """A hint with the commands that have an option."""
    context = click.Context(cli)
    commands = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    names = [
        name
        for name, command in commands.items()
        if command is not None and any(option in param.opts for param in command.params)
    ]
    return f" It is an option of {', '.join(names)}." if names else ""


def _show(error: click.ClickException) -> None:
    """Print click's message, escaped: its arguments may contain any character of a file name."""
    text = StringIO()
    error.show(text)
    click.echo("\n".join(map(escape, text.getvalue().split("\n"))), nl=False, err=True)

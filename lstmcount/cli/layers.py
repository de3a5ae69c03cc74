"""lstmcount layers"""

from __future__ import annotations

import inspect
from typing import Any

import click
import msgspec

from lstmcount.budgets.reading import declared_for
from lstmcount.cli.output import Format, output_option
from lstmcount.cli.sources import STDIN
from lstmcount.cli.terminal import width
from lstmcount.errors import LstmcountError, did_you_mean
from lstmcount.escapes import escape
from lstmcount.layers import registry
from lstmcount.layers.base import Layer
from lstmcount.layers.custom.declared import Declared, layer_class
from lstmcount.layers.custom.known import CustomLayers, Declarations
from lstmcount.layers.families import ALIASES, FAMILIES
from lstmcount.layers.making.constructor_order import arguments
from lstmcount.layers.making.effects import changes
from lstmcount.renderers.lines import aligned
from lstmcount.renderers.records import RECORDS, to_json


@click.command(short_help="The layers it knows; one layer's arguments and formula.")
@click.argument("name", required=False)
@click.option("--format", "fmt", type=Format(["text", *RECORDS]), default="text")
@output_option
def command(name: str | None, fmt: str) -> None:
    """List all layers, or the arguments, defaults and formula of the layer NAME, which may also be
    declared in the project's lstmcount.yaml or registered by a package.

    \b
    $ lstmcount layers
    $ lstmcount layers LSTM
    """
    if name is None:
        _catalogue(fmt)
        return
    declared = declared_for(STDIN)
    cls = None if registry.is_keras_layer(name) else _declared_class(declared, name)
    cls = cls or registry.find(name)
    if cls is None:
        hint = did_you_mean(name, [*registry.class_names(), *registry.offered(), *declared])
        raise LstmcountError(
            f"unknown layer class {name!r}.{hint or ' `lstmcount layers` lists them.'}"
        )
    if fmt == "json":
        _json(record(cls))
        return
    if fmt != "text":
        click.echo(
            RECORDS[fmt]([_flat(argument) for argument in record(cls)["arguments"]]), nl=False
        )
        return
    _print_text(cls)


def _print_text(cls: type[Layer]) -> None:
    """Print a layer's description, and its arguments as a table."""
    room = min(99, (width() or 100) - 1)
    for paragraph in (cls.__name__, *description(cls).split("\n\n")):
        click.echo(f"{click.wrap_text(escape(paragraph), room)}\n")
    rows = [["argument", "default", "changes"]]
    for argument in record(cls)["arguments"]:
        default = "(required)" if argument["required"] else repr(argument["default"])
        words = argument.get("changes")
        rows.append([argument["name"], default, "" if words is None else _either(words)])
    for line in aligned([list(map(escape, row)) for row in rows], "lll", width()):
        click.echo("\n".join(line))


def _declared_class(declared: Declarations, name: str) -> type[Layer] | None:
    declaration = CustomLayers(declared).find(name)
    if declaration is None:
        return None
    return layer_class(declaration)


def _catalogue(fmt: str) -> None:
    if fmt == "json":
        _json({family: names.split() for family, names in FAMILIES.items()})
        return
    if fmt != "text":
        families = [
            {"family": family, "layer": name}
            for family, names in FAMILIES.items()
            for name in names.split()
        ]
        click.echo(RECORDS[fmt](families), nl=False)
        return
    room = min(79, (width() or 80) - 1)
    for family, names in FAMILIES.items():
        click.echo(click.wrap_text(f"{family.replace('_', ' ')}: {names}", room, "", "    "))
    if declared := declared_for(STDIN):
        names = escape(" ".join(declared))
        click.echo(click.wrap_text(f"declared here: {names}", room, "", "    "))
    if offered := registry.offered():
        click.echo(click.wrap_text(f"of packages: {' '.join(sorted(offered))}", room, "", "    "))
    aliases = ", ".join(f"{alias} = {name}" for alias, name in sorted(ALIASES.items()))
    click.echo("\n" + click.wrap_text(f"Aliases: {aliases}", room, "", "    "))


def _flat(argument: dict[str, Any]) -> dict[str, Any]:
    """An argument's record with the same fields for all."""
    changes = argument.get("changes")
    return {
        "name": argument["name"],
        "required": argument["required"],
        "default": argument.get("default"),
        "changes": None if changes is None else _either(changes),
    }


def _either(words: list[str]) -> str:
    return " and ".join(words) or "neither"


def defaults(cls: type[Layer]) -> dict[str, Any]:
    """Each argument's default; NODEFAULT if the argument is required."""
    return {field.encode_name: field.default for field in msgspec.structs.fields(cls)}


def description(cls: type[Layer]) -> str:
    """The layer's documentation, a line for each paragraph, without the doctest."""
    paragraphs = (inspect.getdoc(cls) or "").split("\n\n")
    return "\n\n".join(p.replace("\n", " ") for p in paragraphs if not p.startswith(">>>"))


def record(cls: type[Layer]) -> dict[str, Any]:
    own, known = [], {} if issubclass(cls, Declared) else changes(cls)
    for name in arguments(cls):
        default = defaults(cls)[name]
        argument: dict[str, Any] = {"name": name, "required": default is msgspec.NODEFAULT}
        if default is not msgspec.NODEFAULT:
            argument["default"] = default
        if name in known:
            argument["changes"] = known[name]
        own.append(argument)
    return {"name": cls.__name__, "description": description(cls), "arguments": own}


def _json(value: Any) -> None:
    click.echo(to_json(value), nl=False)

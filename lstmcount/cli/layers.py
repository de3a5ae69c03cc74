"""lstmcount layers"""

from __future__ import annotations

import inspect
from typing import Any

import click
import msgspec

from lstmcount import layers as registry
from lstmcount.budgets.reading import declared_for
from lstmcount.cli.sources import STDIN
from lstmcount.cli.terminal import say
from lstmcount.errors import LstmcountError, did_you_mean
from lstmcount.escapes import escape
from lstmcount.layers.base import Layer
from lstmcount.layers.constructor_order import arguments
from lstmcount.layers.custom.declared import layer_class
from lstmcount.layers.custom.known import CustomLayers, Declarations
from lstmcount.layers.families import ALIASES, FAMILIES
from lstmcount.renderers.records import to_json


@click.command(short_help="The layers it knows; one layer's arguments and formula.")
@click.argument("name", required=False)
@click.option("--format", "fmt", type=click.Choice(["text", "json"]), default="text")
def command(name: str | None, fmt: str) -> None:
    """All layers, or the arguments, defaults and formula of the layer NAME, which the project's
    lstmcount.yaml may declare, or a package register.

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
        raise LstmcountError(f"unknown layer class {name!r}.{hint}")
    if fmt == "json":
        _json(record(cls))
        return
    own = arguments(cls)
    title = f"{cls.__name__} ({', '.join(_argument(cls, field) for field in own)})"
    say("\n".join(map(escape, (title, "", *description(cls).splitlines()))))


def _declared_class(declared: Declarations, name: str) -> type[Layer] | None:
    found = CustomLayers(declared).find(name)
    if found is None:
        return None
    return layer_class(found)


def _catalogue(fmt: str) -> None:
    if fmt == "json":
        _json({family: names.split() for family, names in FAMILIES.items()})
        return
    for family, names in FAMILIES.items():
        click.echo(click.wrap_text(f"{family.replace('_', ' ')}: {names}", 79, "", "    "))
    if declared := declared_for(STDIN):
        names = escape(" ".join(declared))
        click.echo(click.wrap_text(f"declared here: {names}", 79, "", "    "))
    if offered := registry.offered():
        click.echo(click.wrap_text(f"of packages: {' '.join(sorted(offered))}", 79, "", "    "))
    aliases = ", ".join(f"{alias} = {name}" for alias, name in sorted(ALIASES.items()))
    click.echo("\n" + click.wrap_text(f"Aliases: {aliases}", 79, "", "    "))


def _argument(cls: type[Layer], field: str) -> str:
    default = defaults(cls)[field]
    return field if default is msgspec.NODEFAULT else f"{field}={default!r}"


def defaults(cls: type[Layer]) -> dict[str, Any]:
    """Each argument's default; NODEFAULT if the argument is required."""
    return {field.encode_name: field.default for field in msgspec.structs.fields(cls)}


def description(cls: type[Layer]) -> str:
    """The layer's documentation, without the doctest."""
    paragraphs = inspect.getdoc(cls) or ""
    return "\n\n".join(p for p in paragraphs.split("\n\n") if not p.startswith(">>>"))


def record(cls: type[Layer]) -> dict[str, Any]:
    return {
        "name": cls.__name__,
        "description": description(cls),
        "arguments": [
            {"name": name, "required": True}
            if default is msgspec.NODEFAULT
            else {"name": name, "required": False, "default": default}
            for name, default in ((name, defaults(cls)[name]) for name in arguments(cls))
        ],
    }


def _json(value: Any) -> None:
    click.echo(to_json(value), nl=False)

"""lstmcount schema"""

from __future__ import annotations

import click

from lstmcount.budgets.syntax import Budget, LayerBudget
from lstmcount.readers.spec.schema import spec_schema
from lstmcount.renderers.records import to_json


@click.command(short_help="JSON Schema of a spec, for editors.")
def command() -> None:
    """The JSON Schema (draft-07) of a spec: editors complete and check layer arguments with it.

    \b
    $ lstmcount schema > lstmcount.schema.json
    """
    click.echo(to_json(spec_schema(Budget, LayerBudget)), nl=False)

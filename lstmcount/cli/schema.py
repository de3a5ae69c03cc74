"""lstmcount schema"""

from __future__ import annotations

import click

from lstmcount.budgets.schema import project_schema
from lstmcount.budgets.syntax import Budget, LayerBudget
from lstmcount.readers.spec.schema import spec_schema
from lstmcount.renderers.records import to_json


@click.command(short_help="JSON Schema of a spec, for editors.")
@click.option("--project", is_flag=True, help="Of lstmcount.yaml instead.")
def command(project: bool) -> None:
    """The JSON Schema (draft-07) of a spec: editors complete and check layer arguments with it.

    \b
    $ lstmcount schema > lstmcount.schema.json
    $ lstmcount schema --project > lstmcount.project.schema.json
    """
    schema = project_schema() if project else spec_schema(Budget, LayerBudget)
    click.echo(to_json(schema), nl=False)

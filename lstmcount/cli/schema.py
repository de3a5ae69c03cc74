"""lstmcount schema"""

from __future__ import annotations

import click

from lstmcount.budgets.schema import project_schema
from lstmcount.budgets.syntax import Budget, LayerBudget
from lstmcount.cli.output import output_option
from lstmcount.readers.spec.schema import spec_schema
from lstmcount.renderers.records import json_line, to_json


@click.command(short_help="JSON Schema of a spec, for editors.")
@click.option("--project", is_flag=True, help="Print the schema of lstmcount.yaml instead.")
@output_option
def command(project: bool) -> None:
    """The JSON Schema (draft-07) of a spec: editors complete and check layer arguments with it,
    where the spec begins with a line that names the schema's file:

    \b
    # yaml-language-server: $schema=lstmcount.schema.json

    \b
    $ lstmcount schema > lstmcount.schema.json
    $ lstmcount schema --project > lstmcount.project.schema.json
    """
    schema = project_schema() if project else spec_schema(Budget, LayerBudget)
    definitions = schema.pop("$defs", {})
    text = to_json(schema)
    if definitions:  # one a line
        lines = [f"    {json_line(name)}: {json_line(one)}" for name, one in definitions.items()]
        text = text.removesuffix("\n}\n") + ',\n  "$defs": {\n' + ",\n".join(lines) + "\n  }\n}\n"
    click.echo(text, nl=False)

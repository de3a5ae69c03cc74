"""The page itself: markup, one style sheet, one script and the data, under a strict policy."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib import resources

from lstmcount.escapes import for_script, for_xml
from lstmcount.renderers.records import json_line
from lstmcount.reporting.colours import style_sheet
from lstmcount.reporting.comparison import Change
from lstmcount.reporting.graphs import Graphs
from lstmcount.reporting.model import Model
from lstmcount.version import __version__

SCRIPTS = (
    "dom",
    "paging",
    "table",
    "details",
    "graph",
    "treemap",
    "memory",
    "totals",
    "comparison",
    "main",
)


def page(
    models: Sequence[Model],
    *,
    changes: Sequence[Change] = (),
    graphs: Graphs | None = None,
    batch: int | None = None,
    theme: str = "auto",
) -> str:
    """One self-contained HTML page of these models, and of the changes between the first two.

    The policy admits scripts and styles by hash only, and nothing may be loaded or sent. Text
    from a file is in the data or escaped, and scripts insert it as text, never as markup.
    """
    script = "\n".join(_asset(f"{name}.js") for name in SCRIPTS)
    script = f'"use strict";\n(() => {{\n{script}}})();\n'
    graphs = graphs or Graphs()
    style = style_sheet() + graphs.style + _asset("page.css")
    title = " and ".join(dict.fromkeys(model.name for model in models))
    data = {
        "version": __version__,
        "batch": batch,
        "models": list(models),
        "changes": list(changes),
    }
    return _filled(
        _asset("page.html"),
        {
            "policy": _policy(script, style),
            "theme": for_xml(theme),
            "title": for_xml(title),
            "style": style,
            "graphs": "".join(graphs.markup),
            "pictures": "".join(graphs.pictures),
            "data": for_script(json_line(data)),
            "script": script,
        },
    )


def _policy(script: str, style: str) -> str:
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _asset(name: str) -> str:
    return resources.files("lstmcount.reporting").joinpath("assets", name).read_text("utf-8")


def _filled(template: str, values: dict[str, str]) -> str:
    """The template with each {{name}} replaced by its value; values are not expanded again."""
    head, *rest = template.split("{{")
    parts = [head]
    for part in rest:
        name, text = part.split("}}", 1)
        parts += [values[name], text]
    return "".join(parts)

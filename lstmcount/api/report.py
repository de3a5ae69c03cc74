"""A report on models: one HTML page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Unpack

import msgspec

from lstmcount.api.opening import (
    Options,
    config_of,
    opened,
    require_one_of,
    require_path,
    require_positive,
    require_text,
    settings_of,
)
from lstmcount.budgets.checking import Request, check_model
from lstmcount.budgets.project import project_for
from lstmcount.escapes import for_xml
from lstmcount.graph import model as graph
from lstmcount.graph.builder import build
from lstmcount.optimizers import known
from lstmcount.reporting import Graphs, changes, model_of, page
from lstmcount.sources import Source, errors_in
from lstmcount.sources.names import name_of


class Report(msgspec.Struct, frozen=True):
    """A self-contained page, which loads nothing."""

    html: str

    def _repr_html_(self) -> str:
        frame = 'sandbox="allow-scripts" style="border: 0; height: 45em; width: 100%"'
        page = "\n".join(map(for_xml, self.html.split("\n")))
        return f'<iframe {frame} srcdoc="{page}"></iframe>'


def report(
    *sources: Any,
    batch: int | None = None,
    timesteps: int | None = None,
    optimizer: str | None = None,
    budgets: str | None = None,
    theme: str = "auto",
    **options: Unpack[Options],
) -> Report:
    """Layers, derivations, treemaps, memory and budgets of the sources.

    Of two, also what changed. `batch` is the batch size that memory starts with, `timesteps` the
    length where a model leaves it open, and `budgets` a project file.

    Raises `LstmcountError` for a source that is wrong.

    >>> report({"input_shape": [5, 8], "layers": [{"LSTM": 4}]}).html[:15]
    '<!DOCTYPE html>'
    """
    require_one_of("theme", theme, ("auto", "light", "dark"))
    require_positive(batch=batch, timesteps=timesteps)
    require_text(optimizer=optimizer)
    request = Request(
        batch=batch,
        timesteps=timesteps,
        config=options.get("config") if budgets is None else require_path(budgets),
        allow_no_budget=True,
        settings=settings_of(options),
    )
    named = ((name_of(each), opened(each, options)) for each in sources)
    return reported(named, request, optimizer, theme, options)


def reported(
    sources: Iterable[tuple[str, Source]],
    request: Request,
    optimizer: str | None,
    theme: str,
    options: Options,
) -> Report:
    """As `report`, for open sources with their names."""
    chosen = None if optimizer is None else known(optimizer)
    graphs = Graphs()
    built: list[graph.Model] = []
    models = []
    for name, source in sources:
        with errors_in(source):
            model = build(config_of(source, options))
            budget = check_model(model, source, project_for(name, request.config), request)
            models.append(
                model_of(name, model, timesteps=request.timesteps, optimizer=chosen, budgets=budget)
            )
        built.append(model)
        graphs.add(model)
    changed = changes(built[0], built[1], request.timesteps) if len(built) == 2 else []
    return Report(page(models, changes=changed, graphs=graphs, batch=request.batch, theme=theme))

"""Changes as tables in LaTeX."""

from __future__ import annotations

from collections.abc import Sequence

from lstmcount.differences import ModelChange
from lstmcount.differences.cells import model_title
from lstmcount.differences.table import kinds, rows
from lstmcount.escapes import for_latex
from lstmcount.renderers.latex import table


def render(changes: Sequence[ModelChange]) -> str:
    models = [_model(change) for change in changes if change.change != "same"]
    return "\n".join(models) or "no difference\n"


def _model(change: ModelChange) -> str:
    title = f"\\paragraph{{{for_latex(model_title(change))}}}\n\n"
    return title + table(rows(change), kinds(change), totals=1)

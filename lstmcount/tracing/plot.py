"""Plot gates and states over time: a heat map each, with a row per unit and a column per step."""

from __future__ import annotations

from typing import Any

from lstmcount.escapes import escape
from lstmcount.explanation.notation import latex_symbol
from lstmcount.renderers.charts import diverging, figure, picture, styled
from lstmcount.renderers.saving import Saved
from lstmcount.renderers.themes import Theme
from lstmcount.tracing.arrays import numpy
from lstmcount.tracing.unroll import CellTrace, Direction, Trace


def plot(trace: Trace, title: str, fmt: str, theme: str = "light") -> Saved:
    """Plot a trace; return the picture in format `fmt`: png, svg or pdf."""
    columns = [(direction, cell) for direction in trace.directions for cell in direction.cells]
    rows = max(len(cell.steps[0]) for _, cell in columns)
    with styled(theme) as colours:
        drawn = figure(1.5 + 4.5 * len(columns), 0.6 + 1.5 * rows)
        axes = drawn.subplots(rows, len(columns), squeeze=False, sharex="col")
        for column, (direction, cell) in enumerate(columns):
            for row in range(rows):
                _panel(axes[row][column], direction, cell, row, colours)
            above = escape(f"{cell.name or title} ({cell.class_name})")
            axes[0][column].set_title(above, fontsize=10, parse_math=False)
        drawn.suptitle(escape(title), parse_math=False)
        return picture(drawn, fmt)


def _panel(axes: Any, direction: Direction, cell: CellTrace, row: int, theme: Theme) -> None:
    names = list(cell.steps[0])
    if row >= len(names):
        axes.set_visible(False)
        return
    np = numpy()
    name = names[row]
    grid = np.stack([step[name] for step in cell.steps], axis=1)
    gate = bool((grid >= 0).all() and (grid <= 1).all())
    bound = 1.0 if gate else max(1.0, float(np.abs(grid).max()))
    image = axes.imshow(
        grid,
        aspect="auto",
        interpolation="nearest",
        cmap="viridis" if gate else diverging(theme),
        vmin=0 if gate else -bound,
        vmax=bound,
    )
    axes.set_ylabel(f"${latex_symbol(name)}$", rotation=0, labelpad=12, va="center")
    axes.set_yticks([])
    steps = range(len(direction.order))
    every = max(1, len(direction.order) // 10)
    axes.set_xticks(list(steps)[::every], [str(t + 1) for t in direction.order[::every]])
    if row == len(names) - 1:
        axes.set_xlabel("time step")
    axes.figure.colorbar(image, ax=axes)

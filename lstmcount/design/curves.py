"""Sweeps as pictures: a curve over one variable, a heat map over two."""

from __future__ import annotations

from typing import Any

from lstmcount.design.sweep import Points
from lstmcount.design.vectorised import numpy
from lstmcount.errors import LstmcountError
from lstmcount.escapes import escape
from lstmcount.renderers.charts import figure, picture, styled
from lstmcount.renderers.saving import Saved

MAX_MARKERS = 100  # a curve with more points has no markers


def draw(points: Points, variables: list[str], fmt: str, theme: str = "light") -> Saved:
    """Draw the parameter counts over one variable as a curve, or over two as a heat map."""
    if not len(points):
        raise LstmcountError("there is no point to draw")
    if len(variables) > 2:
        raise LstmcountError(f"a plot shows one or two variables, not {len(variables)}")
    with styled(theme):
        canvas = figure(7, 4.5)
        axes = canvas.subplots()
        params = points.column("params").astype(float)
        first = points.columns[variables[0]].astype(float)
        if len(variables) == 1:
            _curve(axes, first, params)
        else:
            second = points.columns[variables[1]].astype(float)
            _heat_map(canvas, axes, first, second, params)
            axes.set_ylabel(escape(variables[1]), parse_math=False)
            _mark(axes.yaxis, second)
        axes.set_xlabel(escape(variables[0]), parse_math=False)
        _mark(axes.xaxis, first)
        title = escape("Parameters by " + " and ".join(variables))
        axes.set_title(title, parse_math=False)
        return picture(canvas, fmt)


def _mark(axis: Any, values: Any) -> None:
    """Place no tick between two integers on an axis of integers."""
    if (values % 1 == 0).all():
        axis.get_major_locator().set_params(integer=True)


def _curve(axes: Any, x: Any, params: Any) -> None:
    from matplotlib.ticker import EngFormatter

    order = x.argsort(kind="stable")
    axes.plot(x[order], params[order], marker="." if len(x) <= MAX_MARKERS else None)
    axes.set_ylabel("parameters")
    axes.set_ylim(bottom=0)
    axes.grid()
    axes.yaxis.set_major_formatter(EngFormatter())


def _heat_map(figure: Any, axes: Any, x: Any, y: Any, params: Any) -> None:
    from matplotlib.ticker import EngFormatter

    np = numpy()
    columns, column = np.unique(x, return_inverse=True)
    rows, row = np.unique(y, return_inverse=True)
    grid = np.full((len(rows), len(columns)), np.nan)
    grid[row, column] = params
    mesh = axes.pcolormesh(columns, rows, grid, shading="nearest", cmap="viridis")
    bar = figure.colorbar(mesh, ax=axes, label="parameters")
    bar.formatter = EngFormatter()
    bar.update_ticks()

"""Sweeps as pictures: a curve over one variable, a heat map over two."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lstmcount.design.sweep import Points
from lstmcount.design.vectorised import numpy
from lstmcount.errors import LstmcountError

SUFFIXES = (".svg", ".png", ".pdf")


def pyplot(path: Path) -> Any:
    """matplotlib, drawing to files only. Raises `LstmcountError` where the path cannot be one."""
    if path.suffix.lower() not in SUFFIXES:
        raise LstmcountError(f"{str(path)!r}: a picture is one of {', '.join(SUFFIXES)}")
    try:
        import matplotlib
    except ImportError:
        raise LstmcountError("--plot needs matplotlib: pip install 'lstmcount[design]'") from None
    matplotlib.use("agg")
    matplotlib.rcParams["svg.hashsalt"] = "lstmcount"
    from matplotlib import pyplot

    return pyplot


def draw(points: Points, variables: list[str], path: Path) -> None:
    """Params over the first variable, a line for each value of the second; or a heat map."""
    plt = pyplot(path)
    if not len(points):
        raise LstmcountError("there is no point to draw")
    if len(variables) > 2:
        raise LstmcountError(f"a plot shows one or two variables, not {len(variables)}")
    figure, axes = plt.subplots(figsize=(7, 4.5), layout="constrained")
    params = points.columns["params"].astype(float)
    first = points.columns[variables[0]].astype(float)
    if len(variables) == 1:
        order = first.argsort(kind="stable")
        axes.plot(first[order], params[order], marker="." if len(points) <= 100 else None)
        axes.set_ylabel("parameters")
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
        axes.yaxis.set_major_formatter(plt.matplotlib.ticker.EngFormatter())
    else:
        _heat_map(figure, axes, first, points.columns[variables[1]].astype(float), params, plt)
        axes.set_ylabel(variables[1])
    axes.set_xlabel(variables[0])
    axes.set_title("Parameters by " + " and ".join(variables))
    figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)
    plt.close(figure)


def _heat_map(figure: Any, axes: Any, x: Any, y: Any, params: Any, plt: Any) -> None:
    np = numpy()
    columns, column = np.unique(x, return_inverse=True)
    rows, row = np.unique(y, return_inverse=True)
    grid = np.full((len(rows), len(columns)), np.nan)
    grid[row, column] = params
    drawn = axes.pcolormesh(columns, rows, grid, shading="nearest", cmap="viridis")
    bar = figure.colorbar(drawn, ax=axes, label="parameters")
    bar.formatter = plt.matplotlib.ticker.EngFormatter()
    bar.update_ticks()

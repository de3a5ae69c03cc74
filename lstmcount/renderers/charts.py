"""What all plots share: matplotlib in the style of the other pictures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lstmcount.errors import LstmcountError
from lstmcount.extras import install
from lstmcount.renderers.saving import Saved, families, saved
from lstmcount.renderers.themes import THEMES, Theme

SUFFIXES = (".svg", ".png", ".pdf")
LINES = ("convolution", "recurrent", "dense", "attention", "activation", "normalization")


def format_of(path: Path) -> str:
    """The format that a file name implies. Raises `LstmcountError` for an unsupported one."""
    if path.suffix.lower() not in SUFFIXES:
        raise LstmcountError(f"{path}: a picture is one of {', '.join(SUFFIXES)}")
    _matplotlib()
    return path.suffix.lower()[1:]


def _matplotlib() -> Any:
    try:
        import matplotlib
    except ImportError:
        raise LstmcountError(f"--plot needs matplotlib: {install('pictures')}") from None
    return matplotlib


@contextmanager
def styled(name: str) -> Iterator[Theme]:
    """Draw with the colours of this theme inside the context."""
    theme = THEMES[name]
    with _matplotlib().rc_context(_settings(theme)):
        yield theme


def _settings(theme: Theme) -> dict[str, Any]:
    from cycler import cycler

    return {
        **dict.fromkeys(["figure.facecolor", "savefig.facecolor", "axes.facecolor"], theme.paper),
        **dict.fromkeys(["text.color", "axes.labelcolor", "axes.titlecolor"], theme.ink),
        **dict.fromkeys(["xtick.color", "ytick.color", "axes.edgecolor"], theme.line),
        **dict.fromkeys(["xtick.labelcolor", "ytick.labelcolor"], theme.ink),
        **dict.fromkeys(["axes.spines.top", "axes.spines.right"], False),
        "axes.prop_cycle": cycler(color=[theme.kinds[kind] for kind in LINES]),
        "axes.axisbelow": True,
        "font.family": families(),
        "grid.color": theme.line,
        "grid.alpha": 0.35,
        "lines.linewidth": 2,
        "svg.hashsalt": "lstmcount",
    }


def figure(width: float, height: float) -> Any:
    """An empty figure of this size in inches."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained")


def diverging(theme: Theme) -> Any:
    """A colour map for numbers around zero; zero has the background's colour."""
    from matplotlib.colors import LinearSegmentedColormap

    ends = [theme.kinds["convolution"], theme.paper, theme.kinds["recurrent"]]
    return LinearSegmentedColormap.from_list("diverging", ends)


def picture(figure: Any, fmt: str) -> Saved:
    """The figure as a file; equal figures give equal bytes."""
    date = "Date" if fmt == "svg" else "CreationDate"
    return saved(figure, fmt, dpi=150, metadata={} if fmt == "png" else {date: None})

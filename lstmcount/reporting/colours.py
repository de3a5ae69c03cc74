"""The colours of pictures as a style sheet, light and dark by the reader's preference."""

from __future__ import annotations

from lstmcount.renderers.themes import COLOURS, THEMES, mixed

STRENGTH = {"light": 0.45, "dark": 0.75}  # strength of a kind's colour below text


def style_sheet() -> str:
    """`--paper`, `--ink`, … and a class `kind-recurrent`, … for the background of each kind."""
    rules = [f"--{name}: {_pair(name)};" for name in COLOURS]
    kinds = [f".kind-{kind} {{ background: {_pair(kind)}; }}" for kind in THEMES["light"].kinds]
    return "\n".join([":root {", *rules, "}", *kinds]) + "\n"


def _pair(name: str) -> str:
    """The colour of that name in the light theme and in the dark.

    >>> _pair("paper")
    'light-dark(#ffffff, #12161d)'
    """
    colours = []
    for theme in THEMES.values():
        kind = theme.kinds.get(name)
        own = mixed(theme.paper, kind, STRENGTH[theme.name]) if kind else getattr(theme, name)
        colours.append(own)
    return f"light-dark({', '.join(colours)})"

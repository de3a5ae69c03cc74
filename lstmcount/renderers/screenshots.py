"""The terminal output of `summary` as self-contained SVG and HTML."""

from __future__ import annotations

import io
from collections.abc import Callable

from rich.cells import cell_len
from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.theme import Theme as Styles

from lstmcount.errors import LstmcountError
from lstmcount.escapes import escape, for_xml
from lstmcount.renderers.cells import CLASS, NONE, NUMBER, Options, table_of
from lstmcount.renderers.table import as_text, print_rich
from lstmcount.renderers.themes import MONO, THEMES, Theme
from lstmcount.summary import Summary

MAX_LINES = 16_000
# Keras's colours suit a dark terminal; on a white background they are illegible.
_STYLES = {
    "light": {
        NUMBER: "#1a7f37",
        NONE: "#0b7285",
        CLASS: "#0b57b8",
        "bold color(34)": "bold #1a7f37",
        "bold color(9)": "bold #b3261e",
    },
    "dark": {"bold color(9)": "bold #ff8a80"},
}
# rich's template without its web font, and with a title for screen readers.
_SVG = f"""\
<svg class="rich-terminal" width="{{width}}" height="{{height}}" \
viewBox="0 0 {{width}} {{height}}" role="img" \
aria-labelledby="{{unique_id}}-name" xmlns="http://www.w3.org/2000/svg">
<title id="{{unique_id}}-name">@title@</title>
<style>
.{{unique_id}}-matrix {{{{ font-family: "Fira Code", {MONO}; font-size: {{char_height}}px; \
line-height: {{line_height}}px; }}}}
.{{unique_id}}-title {{{{ font-family: system-ui, sans-serif; \
font-size: 18px; font-weight: bold; }}}}
{{styles}}
</style>
<defs>
<clipPath id="{{unique_id}}-clip-terminal">
<rect x="0" y="0" width="{{terminal_width}}" height="{{terminal_height}}"/>
</clipPath>
{{lines}}
</defs>
{{chrome}}
<g transform="translate({{terminal_x}}, {{terminal_y}})" \
clip-path="url(#{{unique_id}}-clip-terminal)">
{{backgrounds}}
<g class="{{unique_id}}-matrix">
{{matrix}}
</g>
</g>
</svg>
"""
_HTML = f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>@title@</title>
<style>
{{stylesheet}}
body {{{{ color: {{foreground}}; background-color: {{background}}; }}}}
pre {{{{ font: 14px/1.2 {MONO}; }}}}
</style>
</head>
<body>
<pre>{{code}}</pre>
</body>
</html>
"""


def svg(summary: Summary, options: Options, theme: str) -> str:
    title = escape(summary.name)
    console = _recorded(summary, options, theme)
    return console.export_svg(
        title=title, theme=_terminal(THEMES[theme]), code_format=_named(_SVG, title)
    )


def page(summary: Summary, options: Options, theme: str) -> str:
    console = _recorded(summary, options, theme)
    return console.export_html(
        theme=_terminal(THEMES[theme]), code_format=_named(_HTML, escape(summary.name))
    )


def _named(template: str, title: str) -> str:
    """The template with a title whose braces are escaped for `str.format`."""
    return template.replace("@title@", for_xml(title).replace("{", "{{").replace("}", "}}"))


def _recorded(summary: Summary, options: Options, theme: str) -> Console:
    """A recording console, as wide as the summary, on which the summary has been printed."""
    lines = as_text(summary, options).splitlines()
    if len(lines) > MAX_LINES:
        raise LstmcountError(f"more than {MAX_LINES:,} lines are too many for a picture of them")
    console = Console(
        record=True,
        file=io.StringIO(),
        width=max(map(cell_len, lines)),
        force_terminal=True,
        color_system="truecolor",
        highlight=False,
        legacy_windows=False,
        safe_box=False,
        theme=Styles(_STYLES[theme]),
    )
    print_rich(table_of(summary, options), console)
    return console


def _terminal(theme: Theme) -> TerminalTheme:
    paper, ink = _rgb(theme.paper), _rgb(theme.ink)
    return TerminalTheme(paper, ink, [ink] * 8)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


FORMATS: dict[str, Callable[[Summary, Options, str], str]] = {"svg": svg, "html": page}

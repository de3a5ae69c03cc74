"""Keras 3's `model.summary()`, byte for byte at the same line length."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

import msgspec
import rich.console
import rich.markup
import rich.table
from rich.cells import cell_len

from lstmcount.errors import LstmcountError, escape
from lstmcount.renderers.columns import Column
from lstmcount.renderers.layout import BORDERS, MIN_LINE_LENGTH, Layout, layer_range
from lstmcount.summary import LayerSummary, Summary, Weight, count, size_bytes


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What `model.summary` takes, and the columns to add to it."""

    line_length: int | None = None  # None: as wide as the cells need, at least Keras's default
    max_width: int | None = None  # of the terminal
    expand_nested: bool = False
    show_trainable: bool = False
    layer_range: tuple[str, str] | None = None
    extra: tuple[Column, ...] = ()


def as_text(summary: Summary, options: Options | None = None) -> str:
    """The summary as plain text."""
    stream = io.StringIO()
    console = rich.console.Console(
        file=stream, width=10**6, highlight=False, force_terminal=False, color_system=None
    )
    print_summary(summary, console, options or Options())
    return stream.getvalue()


def print_summary(summary: Summary, console: rich.console.Console, options: Options) -> None:
    layout = Layout.of(summary.is_graph, options.show_trainable)
    rows = [
        _cells(summary, layer, options)
        for top in layer_range(summary.layers, options.layer_range)
        for layer in (_expanded(top) if options.expand_nested else [top])
    ]
    table = _table(layout, rows, options)
    for row in rows:
        table.add_row(*row)
    console.print(_bold(f'Model: "{_escaped(summary.name)}"'))
    console.print(table)
    for label, weights in _totals(summary):
        size = readable_size(size_bytes(weights))
        console.print(f"{_bold(f' {label} params: ')}{_number(f'{count(weights):,}')} ({size})")


def readable_size(size: float) -> str:
    """
    >>> readable_size(813836), readable_size(12)
    ('794.76 KB', '12.00 B')
    """
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} PB"


def _totals(summary: Summary) -> Iterator[tuple[str, Sequence[Weight]]]:
    trainable = summary.trainable_weights()
    frozen = {id(w) for w in trainable}
    optimizer = summary.optimizer or ()
    yield "Total", [*summary.weights, *optimizer]
    yield "Trainable", trainable
    yield "Non-trainable", [w for w in summary.weights if id(w) not in frozen]
    if summary.optimizer is not None:
        yield "Optimizer", optimizer


def _expanded(layer: LayerSummary) -> Iterator[LayerSummary]:
    stack = [layer]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(top.layers))


def _cells(summary: Summary, layer: LayerSummary, options: Options) -> list[str]:
    prefix = "   " * layer.depth + "└ " if layer.depth else ""
    cells = [
        f"{_escaped(prefix + layer.name)} ([color(33)]{_escaped(layer.class_name)}[/])",
        _shape(layer.output_shape),
        _params(layer),
    ]
    if summary.is_graph:
        cells.append(_connections(layer))
    if options.show_trainable:
        if not layer.weights:
            cells.append(_bold("-"))
        else:
            cells.append(_bold("Y", 34) if layer.trainable else _bold("N", 9))
    return cells + [_escaped(column.text(layer, summary)) for column in options.extra]


def _shape(shape: object) -> str:
    if shape is None:
        return "?"
    if isinstance(shape, list):
        return f"[{', '.join(_shape(one) for one in shape)}]"
    assert isinstance(shape, tuple)
    return f"({', '.join(_number(dim) for dim in shape)})"


def _params(layer: LayerSummary) -> str:
    if layer.state == "unknown":
        return "?"
    text = _number(f"{layer.params:,}")
    return f"{text} (unbuilt)" if layer.state == "unbuilt" else text


def _connections(layer: LayerSummary) -> str:
    shown = []
    for text in layer.connected_to:
        name, node, tensor = text.rsplit("[", 2)
        shown.append(f"{escape(name)}[{_number(node[:-1])}][{_number(tensor[:-1])}]")
    return ", ".join(shown) or "-"


def _line_length(layout: Layout, rows: list[list[str]], options: Options) -> int:
    if options.line_length is not None:
        if options.line_length < MIN_LINE_LENGTH:
            raise LstmcountError(
                f"a line of {options.line_length} is too short for the table; "
                f"it needs at least {MIN_LINE_LENGTH}"
            )
        return options.line_length
    headers = layout.headers
    widths = [
        max([cell_len(headers[i]), *(cell_len(_plain(row[i])) for row in rows)])
        for i in range(len(headers))
    ]
    natural = max(layout.default, layout.needed(widths))
    if options.max_width is None:
        return natural
    return max(MIN_LINE_LENGTH, min(natural, options.max_width - 4))


def _table(layout: Layout, rows: list[list[str]], options: Options) -> rich.table.Table:
    line_length = _line_length(layout, rows, options)
    own = list(layout.columns(line_length))
    if not options.extra:
        return rich.table.Table(*map(_column, own), width=line_length, show_lines=True)
    columns = [(header, justify, width - BORDERS + 1) for header, justify, width in own]
    for i, column in enumerate(options.extra, start=len(own)):
        width = max([len(column.header), *(cell_len(_plain(row[i])) for row in rows)])
        columns.append((column.header, column.justify, width))
    total = sum(width + 3 for _, _, width in columns) + 1
    if options.max_width is not None:
        total = min(total, options.max_width)
    return rich.table.Table(*map(_column, columns), width=total, show_lines=True)


def _column(spec: tuple[str, str, int]) -> rich.table.Column:
    header, justify, width = spec
    return rich.table.Column(header, justify=justify, width=width)  # type: ignore[arg-type]


def _plain(markup: str) -> str:
    return rich.markup.render(markup).plain if "[" in markup else markup


def _escaped(text: str) -> str:
    return rich.markup.escape(escape(text))


def _number(value: object) -> str:
    return f"[color({45 if value is None else 34})]{value}[/]"


def _bold(text: str, color: int | None = None) -> str:
    return f"[bold][color({color})]{text}[/][/]" if color else f"[bold]{text}[/]"


__all__ = ["Options", "as_text", "print_summary", "readable_size"]

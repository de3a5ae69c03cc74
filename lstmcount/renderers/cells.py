"""The cells of Keras's summary, and the lines below the table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from lstmcount.escapes import escape
from lstmcount.renderers.columns import COLUMNS, EXTRA, Column, shown_columns
from lstmcount.renderers.layout import Layout, layer_range
from lstmcount.shapes import Unknown
from lstmcount.summary import LayerSummary, Summary, Weight, count, size_bytes

Segment = tuple[str, str]  # pieces of text with rich styles
Cell = list[Segment]

NUMBER, NONE, CLASS, BOLD, PLAIN = "color(34)", "color(45)", "color(33)", "bold", ""


_MARKUP = r"[\[\\]|:\S+:"  # characters that rich's markup interprets


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """The options of `model.summary`, and additional columns."""

    line_length: int | None = None  # None: as wide as the cells need, but at least Keras's default
    max_width: int | None = None  # width of the terminal
    expand_nested: bool = False
    show_trainable: bool = False
    layer_range: tuple[str, str] | None = None
    columns: tuple[str, ...] = ()


class Table(msgspec.Struct, frozen=True):
    """A summary ready to print: its title, cells and totals, and how Keras lays them out."""

    title: Cell
    layout: Layout | None  # None where the columns are not Keras's
    columns: list[Column]
    rows: list[list[Cell]]
    totals: list[Cell]
    options: Options


def table_of(summary: Summary, options: Options) -> Table:
    layers = shown_layers(summary, options)
    usual = ["name", "output_shape", "params"]
    usual += ["connected_to"] * summary.is_graph + ["trainable"] * options.show_trainable
    names = shown_columns(usual, options.columns)
    is_keras = names[: len(usual)] == usual
    return Table(
        title=[(f'Model: "{_name(summary.name)}"', BOLD)],
        layout=Layout.of(summary.is_graph, options.show_trainable) if is_keras else None,
        columns=[COLUMNS[name] for name in names],
        rows=[[_cell(name, layer, summary) for name in names] for layer in layers],
        totals=[_total(label, weights) for label, weights in _totals(summary)]
        + [
            [(f" Total {EXTRA[name].header}: ", BOLD), (str(total(summary)), NUMBER)]
            for name in names
            if name in EXTRA and (total := EXTRA[name].total) is not None
        ],
        options=options,
    )


def shown_layers(summary: Summary, options: Options) -> tuple[LayerSummary, ...]:
    """The layers that the options choose, with those of nested models if they are expanded."""
    layers = layer_range(summary.layers, options.layer_range)
    if not options.expand_nested:
        return layers
    return tuple(layer for top in layers for layer in _expanded(top))


def plain(cell: Cell) -> str:
    return "".join([text for text, _ in cell])


def readable_size(size: float | Unknown) -> str:
    """
    >>> readable_size(813836), readable_size(12), readable_size(1 << 1000)[-6:]
    ('794.76 KB', '12.00 B', '.00 PB')
    """
    if isinstance(size, Unknown):
        return "?"
    if size >= 1 << 1000:  # too large for a float
        return f"{int(size) >> 50}.00 PB"
    for unit in ("B", "KB", "MB", "GB", "TB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} PB"


def _totals(summary: Summary) -> Iterator[tuple[str, Sequence[Weight]]]:
    optimizer = summary.optimizer or ()
    yield "Total", [*summary.weights, *optimizer]
    yield "Trainable", summary.trainable_weights()
    yield "Non-trainable", summary.frozen_weights()
    if summary.optimizer is not None:
        yield "Optimizer", optimizer


def _total(label: str, weights: Sequence[Weight]) -> Cell:
    size = readable_size(size_bytes(weights))
    return [
        (f" {label} params: ", BOLD), (f"{count(weights):,}", NUMBER), (f" ({size})", PLAIN)
    ]  # fmt: skip


def _expanded(layer: LayerSummary) -> Iterator[LayerSummary]:
    stack = [layer]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(top.layers))


def _cell(column: str, layer: LayerSummary, summary: Summary) -> Cell:
    if column in CELLS:
        return list(CELLS[column](layer))
    return [(escape(COLUMNS[column].text(layer, summary)), PLAIN)]


def _title(layer: LayerSummary) -> Cell:
    prefix = "   " * layer.depth + "└ " if layer.depth else ""
    name, class_name = _name(layer.name), _name(layer.class_name)
    return [(f"{prefix}{name} (", PLAIN), (class_name, CLASS), (")", "")]


def _name(name: str, escaped: bool = True) -> str:
    """A name as Keras prints it: as rich markup, escaped everywhere except in "Connected to".

    >>> _name("[a]"), _name("[a]", escaped=False), _name(":snake:")
    ('[a]', '', '🐍')
    """
    name = escape(name)
    if not re.search(_MARKUP, name):
        return name
    from rich import errors, markup

    try:
        if escaped:
            return markup.render(markup.escape(name)).plain
        return markup.render(f"{name}[").plain.removesuffix("[")  # the index that follows
    except errors.MarkupError:  # an unmatched closing tag, at which Keras fails
        return name


def _shape(shape: object) -> Iterator[Segment]:
    if shape is None:
        yield "?", PLAIN
    elif isinstance(shape, list):
        yield "[", PLAIN
        for i, one in enumerate(shape):
            if i:
                yield ", ", PLAIN
            yield from _shape(one)
        yield "]", PLAIN
    elif isinstance(shape, tuple):
        yield "(", PLAIN
        for i, dim in enumerate(shape):
            if i:
                yield ", ", PLAIN
            yield str(dim), NONE if dim is None else NUMBER
        yield ")", PLAIN


def _params(layer: LayerSummary) -> Cell:
    if layer.state == "unknown":
        return [("?", PLAIN)]
    cell = [(f"{layer.params:,}", NUMBER)]
    return [*cell, (" (unbuilt)", PLAIN)] if layer.state == "unbuilt" else cell


def _connections(layer: LayerSummary) -> Iterator[Segment]:
    if not layer.connected_to:
        yield "-", PLAIN
    for i, text in enumerate(layer.connected_to):
        name, node, tensor = text.rsplit("[", 2)
        name = _name(name, escaped=False)
        yield f"{', ' if i else ''}{name}[", PLAIN
        yield node[:-1], NUMBER
        yield "][", PLAIN
        yield tensor[:-1], NUMBER
        yield "]", PLAIN


def _trainable(layer: LayerSummary) -> Cell:
    if not layer.weights:
        return [("-", BOLD)]
    if all(isinstance(weight.count, Unknown) for weight in layer.weights):
        return [("?", PLAIN)]  # it may turn out to have no weights
    return [("Y", "bold color(34)") if layer.trainable else ("N", "bold color(9)")]


# The columns whose cells look as in Keras.
CELLS: dict[str, Callable[[LayerSummary], Iterable[Segment]]] = {
    "name": _title,
    "output_shape": lambda layer: _shape(layer.output_shape),
    "params": _params,
    "connected_to": _connections,
    "trainable": _trainable,
}

"""Costs as text, and as JSON, LaTeX, CSV and Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lstmcount.costs.quantizing import Quantized
from lstmcount.costs.totals import CONVENTION, Costs, LayerCost, Row
from lstmcount.escapes import escape
from lstmcount.naming import counted
from lstmcount.renderers.cells import readable_size
from lstmcount.renderers.html import table as html_table
from lstmcount.renderers.latex import table
from lstmcount.renderers.lines import WIDTH, Line, aligned, headed, wrapped
from lstmcount.renderers.records import to_json
from lstmcount.shapes import known
from lstmcount.summary import Amount, Weight, size_bytes

_KINDS = "lrrrrrr"
NOTE = (
    "Memory is an estimate from shapes: what a framework allocates for its own use, and buffers "
    "inside a layer, come on top."
)
LEFT_ALONE = (
    "Keras quantises Dense, EinsumDense, Embedding and ReversibleEmbedding, and inside attention "
    "layers and wrappers; no embeddings in float8. It leaves others and derived classes alone."
)


def text(costs: Costs, room: int | None = None) -> Iterator[Line]:
    """The costs in lines, with tables that fit into `room` columns."""
    steps = f", {counted(costs.timesteps, 'time step')}" if costs.timesteps else ""
    yield "title", f"{escape(costs.name)}: batch {costs.batch:,}{steps}, {costs.optimizer}"
    yield "plain", ""
    yield from headed(_layers(costs.layers), _KINDS, room)
    narrow = min(WIDTH, room or WIDTH)
    for heading, rows, in_bytes in _groups(costs):
        yield "plain", ""
        yield "heading", heading
        yield from _rows(rows, in_bytes, narrow)
    if costs.quantized is not None:
        yield from _quantized(costs.quantized, room)
    if any(row.amount.value is None for row in costs.operations):
        yield from _paragraph(_what_is_missing(costs), narrow)
    yield from _paragraph(NOTE, narrow)


def _paragraph(words: str, room: int) -> Iterator[Line]:
    yield "plain", ""
    yield from wrapped(words, "", room=room)


def _what_is_missing(costs: Costs) -> str:
    if costs.is_open:
        return "A length is unknown: --timesteps N gives the totals. /step is what one step adds."
    layers = [layer for layer in costs.layers if layer.macs.value is None]
    names = ", ".join(f"{escape(layer.name)} ({escape(layer.class_name)})" for layer in layers[:5])
    more = f" and {len(layers) - 5} more" if len(layers) > 5 else ""
    return f"Not known: the MACs of {names}{more}."


def _layers(layers: Sequence[LayerCost]) -> list[list[str]]:
    rows = [["Layer", "MACs", "FLOPs", "Weights", "Gradients", "Optimizer", "Activations"]]
    for layer in layers:
        in_bytes = (layer.weights, layer.gradients, layer.optimizer)
        numbers = [layer.macs, layer.flops, *map(Amount, in_bytes), layer.activations]
        rows.append([escape(layer.name), *map(str, numbers)])
    return rows


def _quantized(quantized: Quantized, room: int | None) -> Iterator[Line]:
    heading, rows = _changes(quantized)
    yield "plain", ""
    yield "heading", heading
    yield "plain", ""
    yield from headed(rows, "llrrl", room)
    if any(layer.is_left_alone for layer in quantized.layers):
        yield from _paragraph(LEFT_ALONE, min(WIDTH, room or WIDTH))


def _changes(quantized: Quantized) -> tuple[str, list[list[str]]]:
    """The heading and the rows of a table of what quantisation changes."""
    before, after = map(readable_size, (quantized.bytes_before, quantized.bytes_after))
    rows = [["Layer", "Class", "Before", "After", "Dtypes after"]]
    for layer in quantized.layers:
        dtypes = "left alone" if layer.is_left_alone else _dtypes(layer.weights)
        sizes = (readable_size(layer.bytes_before), readable_size(layer.bytes_after))
        rows.append([escape(layer.name), escape(layer.class_name), *sizes, dtypes])
    return f"Weights after model.quantize({quantized.mode!r}): {after}, before: {before}", rows


def _dtypes(weights: Sequence[Weight]) -> str:
    """The bytes of the weights of each dtype."""
    of_dtype: dict[str, list[Weight]] = {}
    for weight in weights:
        of_dtype.setdefault(weight.dtype, []).append(weight)
    return ", ".join(f"{name} {size_bytes(each):,} B" for name, each in of_dtype.items())


def html(costs: Costs) -> str:
    """The tables of the text, for a notebook."""
    title = f"{costs.name}: batch {costs.batch:,}, {costs.optimizer}"
    parts = [html_table(title, _layers(costs.layers), ["left", *["right"] * 6])]
    for heading, rows, in_bytes in _groups(costs):
        cells = [[row.name, *_value(row.amount, in_bytes), row.rule] for row in rows]
        sides = ["left", *["right"] * (len(cells[0]) - 2), "left"]
        parts.append(html_table(heading, [[""] * len(sides), *cells], sides))
    if costs.quantized is not None:
        heading, cells = _changes(costs.quantized)
        parts.append(html_table(heading, cells, ["left", "left", "right", "right", "left"]))
    return "\n".join(parts)


def _groups(costs: Costs) -> Iterator[tuple[str, Sequence[Row], bool]]:
    """The figures of the model under their headings, and whether they are bytes."""
    for heading, rows, in_bytes in (
        ("One forward pass, one sample", costs.operations, False),
        (f"Memory of training, batch {costs.batch:,}", costs.training, True),
        (f"Memory of inference, batch {costs.batch:,}", costs.inference, True),
        ("One more time step, one sample", costs.step, False),
        (f"States of stateful inference, batch {costs.batch:,}", costs.states, True),
    ):
        if rows:
            yield heading, rows, in_bytes


def latex(costs: Costs) -> str:
    """The layers, and the model's totals below them."""
    rows = _layers(costs.layers)
    of_model = {row.name: str(row.amount) for row in (*costs.operations, *costs.training)}
    rows.append(["Total", *(of_model[name] for name in rows[0][1:])])
    kinds = _KINDS
    if costs.quantized is not None:
        before = [f"{_before(layer, costs.quantized):,}" for layer in costs.layers]
        ends = ["Weights before", *before, f"{costs.quantized.bytes_before:,}"]
        rows = [[*row, end] for row, end in zip(rows, ends, strict=True)]
        kinds += "r"
    return table(rows, kinds, totals=1)


def _before(layer: LayerCost, quantized: Quantized) -> int:
    """The bytes of a layer's weights before `quantize`; a model contains several layers."""
    return sum(
        each.bytes_before
        for each in quantized.layers
        if each.name == layer.name or each.name.startswith(f"{layer.name}/")
    )


def _rows(rows: Sequence[Row], in_bytes: bool, room: int) -> Iterator[Line]:
    cells = [[row.name, *_value(row.amount, in_bytes), row.rule] for row in rows]
    kinds = "lrrl" if in_bytes else "lrl"
    lines = aligned(cells, kinds, room - 2)
    for row in lines:
        kind = "result" if row[0].startswith("Total") else "plain"
        for line in row:
            yield kind, f"  {line}".rstrip()


def _value(amount: Amount, in_bytes: bool) -> list[str]:
    if not in_bytes:
        return [str(amount)]
    value = amount.value
    if value is None or not known(value):
        return [str(amount), ""]
    return [f"{value:,} B", readable_size(value)]


def as_json(costs: Costs) -> str:
    """The published record (`lstmcount cost --format json`)."""
    return to_json(
        {
            "name": costs.name,
            "batch": costs.batch,
            "timesteps": costs.timesteps,
            "optimizer": costs.optimizer,
            "macs_convention": CONVENTION,
            "layers": records(costs),
            **{
                part: [{"name": r.name.lower(), "value": r.amount.value, "rule": r.rule}
                       for r in rows]
                for part, rows in (
                    ("operations", costs.operations),
                    ("training_bytes", costs.training),
                    ("inference_bytes", costs.inference),
                    ("step", costs.step),
                    ("states_bytes", costs.states),
                )
            },
            **({"quantized": _quantized_record(costs.quantized)} if costs.quantized else {}),
        }
    )  # fmt: skip


def _quantized_record(quantized: Quantized) -> dict[str, Any]:
    return {
        "mode": quantized.mode,
        "bytes_before": quantized.bytes_before,
        "bytes_after": quantized.bytes_after,
        "layers": [
            {
                "name": layer.name,
                "class_name": layer.class_name,
                "bytes_before": layer.bytes_before,
                "bytes_after": layer.bytes_after,
                "left_alone": layer.is_left_alone,
                "weights": [
                    {"name": w.name, "shape": w.shape, "dtype": w.dtype,
                     "trainable": w.trainable, "bytes": size_bytes([w])}
                    for w in layer.weights
                ],
            }
            for layer in quantized.layers
        ],
    }  # fmt: skip


def records(costs: Costs) -> list[dict[str, Any]]:
    """One flat record per layer, with sizes in bytes."""
    return [
        {
            "name": layer.name,
            "class_name": layer.class_name,
            **_amount("macs", layer.macs),
            **_amount("flops", layer.flops),
            "weights": layer.weights,
            "gradients": layer.gradients,
            "optimizer": layer.optimizer,
            **_amount("activations", layer.activations),
            **({"weights_before": _before(layer, costs.quantized)} if costs.quantized else {}),
        }
        for layer in costs.layers
    ]


def _amount(name: str, amount: Amount) -> dict[str, int | None]:
    return {name: amount.value, f"{name}_per_step": amount.per_step}

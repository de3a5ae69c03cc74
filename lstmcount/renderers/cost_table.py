"""Costs as text for 80 columns, and as JSON, CSV and Markdown."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from lstmcount.costs.totals import CONVENTION, Costs, LayerCost, Row
from lstmcount.escapes import escape
from lstmcount.renderers.cells import readable_size
from lstmcount.renderers.lines import WIDTH, Line, aligned
from lstmcount.renderers.records import to_json
from lstmcount.summary import Amount, Summary

NOTE = (
    "Memory is an estimate from shapes: what a framework allocates for its own use, and buffers "
    "inside a layer, come on top."
)


def text(costs: Costs, summary: Summary) -> Iterator[Line]:
    steps = f", {costs.timesteps:,} time steps" if costs.timesteps else ""
    yield "title", f"{escape(summary.name)}: batch {costs.batch:,}{steps}, {costs.optimizer}"
    yield "plain", ""
    yield from _layers(costs.layers)
    for heading, rows, in_bytes in (
        ("One forward pass, one sample", costs.operations, False),
        (f"Memory of training, batch {costs.batch:,}", costs.training, True),
        (f"Memory of inference, batch {costs.batch:,}", costs.inference, True),
    ):
        yield "plain", ""
        yield "heading", heading
        yield from _rows(rows, in_bytes)
    if any(row.amount.value is None for row in costs.operations):
        yield from _paragraph(_what_is_missing(costs))
    yield from _paragraph(NOTE)


def _paragraph(words: str) -> Iterator[Line]:
    yield "plain", ""
    for line in textwrap.wrap(words, WIDTH):
        yield "plain", line


def _what_is_missing(costs: Costs) -> str:
    if costs.is_open:
        return "A length is unknown: --timesteps N gives the totals. /step is what one step adds."
    layers = [layer for layer in costs.layers if layer.macs.value is None]
    names = ", ".join(f"{escape(one.name)} ({escape(one.class_name)})" for one in layers[:5])
    more = f" and {len(layers) - 5} more" if len(layers) > 5 else ""
    return f"Not known: the MACs of {names}{more}."


def _layers(layers: Sequence[LayerCost]) -> Iterator[Line]:
    headers = ("Layer", "MACs", "FLOPs", "Weights", "Gradients", "Optimizer", "Activations")
    cells = [
        (
            escape(layer.name),
            str(layer.macs),
            str(layer.flops),
            f"{layer.weights:,}",
            f"{layer.gradients:,}",
            f"{layer.optimizer:,}",
            str(layer.activations),
        )
        for layer in layers
    ]
    heading, *lines = aligned([headers, *cells], left=1, most=WIDTH)
    yield "heading", heading
    for line in lines:
        yield "plain", line


def _rows(rows: Sequence[Row], in_bytes: bool) -> Iterator[Line]:
    width = max(len(str(row.amount)) for row in rows)
    for row in rows:
        size, value = "", row.amount.value
        if in_bytes:
            size = " " * 14 if value is None else f" B  {readable_size(value):>10}"
        line = f"  {row.name:<13}{row.amount!s:>{width}}{size}  "
        rule = textwrap.wrap(row.rule, max(20, WIDTH - len(line)))
        yield ("result" if row.name == "Total" else "plain"), line + rule[0]
        for more in rule[1:]:
            yield "plain", " " * len(line) + more


def as_json(costs: Costs, summary: Summary) -> str:
    """The published record (`lstmcount cost --format json`)."""
    return to_json(
        {
            "name": summary.name,
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
                )
            },
        }
    )  # fmt: skip


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
        }
        for layer in costs.layers
    ]


def _amount(name: str, amount: Amount) -> dict[str, int | None]:
    return {name: amount.value, f"{name}_per_step": amount.per_step}

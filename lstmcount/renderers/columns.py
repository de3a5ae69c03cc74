"""The columns that `--columns` adds to a summary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from lstmcount.shapes import known
from lstmcount.summary import Amount, LayerSummary, Summary


class Column(msgspec.Struct, frozen=True):
    """`value` is the data of a cell, `text` its form in a table, `total` the model's value."""

    header: str
    value: Callable[[LayerSummary, Summary], Any]
    justify: str = "left"
    total: Callable[[Summary], Amount] | None = None

    def text(self, layer: LayerSummary, summary: Summary) -> str:
        return shown(self.value(layer, summary))


def shown(value: Any) -> str:
    """
    >>> shown(48896), shown((None, 64)), shown(None), shown(24.03)
    ('48,896', '(None, 64)', '', '24.0%')
    """
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.1f}%"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return ", ".join(f"{w['name']} {w['shape']}" for w in value)
    return str(value)


def percent(layer: LayerSummary, summary: Summary) -> float | None:
    total = summary.total_params
    return round(100 * layer.params / total, 2) if known(total) and total else None


def weights(layer: LayerSummary, _: Summary) -> list[dict[str, Any]]:
    return [{"name": w.name, "shape": w.shape} for w in layer.weights]


def cost(header: str, measure: str) -> Column:
    """A column of costs; `lstmcount.costs.totals` is imported only when it is shown."""

    def of_layer(layer: LayerSummary, summary: Summary) -> Amount:
        from lstmcount.costs import totals as costs

        return costs.of_layer(summary, layer, measure)

    def total(summary: Summary) -> Amount:
        from lstmcount.costs import totals as costs

        return costs.total(summary, measure)

    return Column(header, of_layer, "right", total)


EXTRA: dict[str, Column] = {
    "input_shape": Column("Input Shape", lambda layer, _: layer.input_shape),
    "weights": Column("Weights", weights),
    "percent": Column("Percent", percent, "right"),
    "macs": cost("MACs", "macs"),
    "flops": cost("FLOPs", "flops"),
    "activations": cost("Activations (bytes)", "activations"),
}

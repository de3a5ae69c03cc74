"""The columns of a summary: Keras's own, and those that `--columns` adds."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from lstmcount.shapes import Unknown, known
from lstmcount.summary import Amount, LayerSummary, Summary, added


class Column(msgspec.Struct, frozen=True):
    """`value` is the data of a cell, `text` its form in a table, `total` the model's value."""

    header: str
    value: Callable[[LayerSummary, Summary], Any]
    justify: str = "left"
    total: Callable[[Summary], Amount] | None = None
    none: str = ""  # the form of an empty list

    def text(self, layer: LayerSummary, summary: Summary) -> str:
        value = self.value(layer, summary)
        return self.none if value == [] else shown(value)


def shown(value: Any) -> str:
    """
    >>> shown(48896), shown((None, 64)), shown(None), shown(24.03)
    ('48,896', '(None, 64)', '', '24.0%')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, float):
        return f"{value:.1f}%"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return ", ".join(f"{w['name']} {w['shape']}" for w in value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return ", ".join(value)
    return str(value)


def percent(layer: LayerSummary, summary: Summary) -> float | None:
    total = summary.total_params
    return round(100 * layer.params / total, 2) if known(total) and total else None


def weights(layer: LayerSummary, _: Summary) -> list[dict[str, Any]]:
    return [{"name": w.name, "shape": w.shape} for w in layer.weights]


def trains(layer: LayerSummary, _: Summary) -> bool | None:
    """Whether a layer trains; None if it has no weights, or if this is unknown."""
    if all(isinstance(weight.count, Unknown) for weight in layer.weights):
        return None
    return layer.trainable


def cost(header: str, measure: str) -> Column:
    """A column of costs, for a summary made by `lstmcount.costs.totals.with_costs`."""
    return Column(
        header,
        lambda layer, _: layer.costs[measure],
        "right",
        lambda summary: added(
            [
                *(layer.costs[measure] for layer in summary.layers),
                (summary.unlisted_costs or {}).get(measure, Amount(0)),
            ]
        ),
    )


def cudnn(layer: LayerSummary, _: Summary) -> list[str] | None:
    """The backends on which a recurrent layer runs on cuDNN; None for other layers."""
    fused = layer.costs["cudnn"]
    return None if not fused else [kernel.backend for kernel in fused if kernel.is_possible]


def counted(header: str, name: str, of_model: str | None = None) -> Column:
    """A column of counts that layers and their model have as attributes."""
    return Column(
        header,
        lambda layer, _: getattr(layer, name),
        "right",
        lambda summary: Amount(getattr(summary, of_model or name)),
    )


OWN: dict[str, Column] = {
    "name": Column("Layer (type)", lambda layer, _: layer.name),
    "class_name": Column("Type", lambda layer, _: layer.class_name),
    "output_shape": Column("Output Shape", lambda layer, _: layer.output_shape),
    "params": counted("Param #", "params", "total_params"),
    "trainable_params": counted("Trainable #", "trainable_params"),
    "non_trainable_params": counted("Non-trainable #", "non_trainable_params"),
    "connected_to": Column("Connected to", lambda layer, _: list(layer.connected_to)),
    "trainable": Column("Trainable", trains, "center"),
}
EXTRA: dict[str, Column] = {
    "input_shape": Column("Input Shape", lambda layer, _: layer.input_shape),
    "weights": Column("Weights", weights),
    "percent": Column("Percent", percent, "right"),
    "macs": cost("MACs", "macs"),
    "flops": cost("FLOPs", "flops"),
    "activations": cost("Activations (bytes)", "activations"),
    "cudnn": Column("cuDNN", cudnn, none="no"),
}
COSTS = ("macs", "flops", "activations", "cudnn")  # those that need the model's calls
COLUMNS = {**OWN, **EXTRA}


def shown_columns(usual: Sequence[str], named: Sequence[str]) -> list[str]:
    """Only the named columns, in their order; if all are extra ones, they follow the usual ones.

    >>> shown_columns(["name", "params"], ["macs"]), shown_columns(["name"], ["macs", "params"])
    (['name', 'params', 'macs'], ['macs', 'params'])
    """
    usual = () if any(name in OWN for name in named) else usual
    return list(dict.fromkeys((*usual, *named)))

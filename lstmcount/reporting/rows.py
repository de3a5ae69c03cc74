"""The layers of a model as rows of the page's table."""

from __future__ import annotations

from typing import Any

from lstmcount.costs.measures import Measured
from lstmcount.errors import LstmcountError
from lstmcount.escapes import escape
from lstmcount.explanation.derivation import require_few
from lstmcount.renderers.themes import kind_of
from lstmcount.reporting.derivations import Derivations
from lstmcount.shapes import Unknown
from lstmcount.summary import Amount, LayerSummary, size_bytes

MAX_LAYERS = 10_000
ROW = (
    "depth", "name", "class_name", "kind", "input_shape", "output_shape", "params", "trainable",
    "bytes", "macs", "macs_per_step", "connected_to", "reason", "derivation", "is_model",
)  # fmt: skip

UNKNOWN_CLASS = "this class is unknown, and so are its weights and shapes"
UNBUILT = "its input shape is not known, so neither are its weights and its output"
UNSIZED = "a size among its arguments is not known"
OPEN = "the model leaves dimensions of its input open (lstmcount report --timesteps N)"


def rows(measured: Measured, derivations: Derivations) -> list[list[Any]]:
    """One row per layer with the fields of ROW; a nested model's layers follow it."""
    try:
        macs = measured.of_layers["macs"] if measured.model.is_built else None
    except LstmcountError:  # with an unknown input shape
        macs = None
    layers = list(measured.summary.walk())
    if len(layers) > MAX_LAYERS:
        raise LstmcountError(f"more than {MAX_LAYERS:,} layers are too many for a report")
    require_few(layers)
    return [_row(layer, macs, derivations) for layer in layers]


def _row(
    layer: LayerSummary, macs: dict[int, Amount] | None, derivations: Derivations
) -> list[Any]:
    is_known = layer.state != "unknown"
    cost = _cost(layer, macs)
    return [
        layer.depth,
        escape(layer.name),
        escape(layer.class_name),
        kind_of(layer.class_name),
        shape_text(layer.input_shape),
        shape_text(layer.output_shape),
        _whole(layer.params) if is_known else None,
        _whole(layer.trainable_params) if is_known else None,
        _whole(size_bytes(layer.weights)) if is_known else None,
        cost.value,
        cost.per_step,
        [escape(name) for name in layer.connected_to],
        _reason(layer, cost),
        derivations.of(layer),
        int(bool(layer.layers)),
    ]


def _cost(layer: LayerSummary, macs: dict[int, Amount] | None) -> Amount:
    if not layer.is_inferred or macs is None:
        return Amount(None)
    return macs.get(id(layer), Amount(0))


def _reason(layer: LayerSummary, macs: Amount) -> str:
    """Why something about the layer is unknown; "" if everything is known."""
    if layer.state != "built":
        return UNKNOWN_CLASS if layer.layer is None else UNBUILT
    if isinstance(layer.params, Unknown):
        return UNSIZED
    return OPEN if macs.value is None else ""


def _whole(value: Any) -> int | None:
    return None if isinstance(value, Unknown) else value


def shape_text(shape: Any) -> str:
    """A shape as a summary shows it.

    >>> shape_text((None, 64)), shape_text([(None, 2), None]), shape_text(None)
    ('(None, 64)', '[(None, 2), ?]', '?')
    """
    if isinstance(shape, tuple):
        return f"({', '.join(map(str, shape))})"
    if isinstance(shape, dict):
        shape = list(shape.values())
    if not isinstance(shape, list):
        return "?"
    return f"[{', '.join(map(shape_text, shape))}]"

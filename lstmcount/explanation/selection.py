"""Select layers by the names, globs or classes that a command gets as arguments."""

from __future__ import annotations

from collections.abc import Sequence

from lstmcount.errors import LstmcountError, did_you_mean_or_known
from lstmcount.summary import LayerSummary, Summary, matching


def select(summary: Summary, patterns: Sequence[str] = ()) -> list[LayerSummary]:
    """The layers with weights that `patterns` (names, globs, classes) match; all if there are none.

    The name of a nested model selects the layers in it. Raises `LstmcountError` for a pattern that
    matches no layer, or only layers without weights.
    """
    layers = [layer for layer in summary.walk() if not layer.layers and layer.state != "unknown"]
    if not patterns:
        return [layer for layer in layers if layer.weights]
    selected: dict[int, LayerSummary] = {}
    for pattern in patterns:
        selected |= {id(layer): layer for layer in _matching(summary, layers, pattern)}
    return list(selected.values())


def _matching(summary: Summary, layers: list[LayerSummary], pattern: str) -> list[LayerSummary]:
    named = [layer for layer in summary.walk() if layer.name == pattern]
    if named and named[0].layers:
        named = [layer for layer in _inside(named[0]) if layer.weights]
    matched = named or matching(layers, pattern)
    if not matched:
        hint = did_you_mean_or_known(pattern, (layer.name for layer in layers))
        raise LstmcountError(f"there is no layer {pattern!r}.{hint}")
    with_weights = [layer for layer in matched if layer.weights]
    if not with_weights:
        first = matched[0]
        why = "has no weights" if first.state == "built" else f"is {first.state}: it has no weights"
        raise LstmcountError(f"layer {first.name!r} ({first.class_name}) {why}")
    return with_weights


def _inside(model: LayerSummary) -> list[LayerSummary]:
    inner: list[LayerSummary] = []
    for layer in model.layers:
        inner += _inside(layer) if layer.layers else [layer]
    return inner

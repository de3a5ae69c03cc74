"""The derivations of the parameters of layers."""

from __future__ import annotations

from typing import Any, Unpack

import msgspec

from lstmcount.api.opening import Options, built, opened
from lstmcount.costs.cudnn import fused_layers
from lstmcount.escapes import for_xml
from lstmcount.explanation import Derivation, derive, require_few, select
from lstmcount.explanation.text import text
from lstmcount.graph.inference import by_record, summarize_model
from lstmcount.summary import Summary


class Explanation(msgspec.Struct, frozen=True):
    """The derivations of the chosen layers, and the summary of the whole model."""

    summary: Summary
    derivations: tuple[Derivation, ...]
    is_whole: bool  # whether all layers with weights were chosen

    def _repr_html_(self) -> str:
        lines = text(self.derivations, self.summary if self.is_whole else None)
        start = '<pre style="font-family: monospace">'  # notebooks give it a font of varying widths
        return "\n".join([start, *[for_xml(line) for _, line in lines], "</pre>"])


def explain(source: Any, *layers: str, **options: Unpack[Options]) -> Explanation:
    """Derive the parameters of `layers` (names, globs, classes), or of all that have weights.

    A derivation has the layer's equations, matrices (shapes without the batch axis), stored weights
    and closed form, and its `params`.

    Raises `LstmcountError` for a source that is wrong, and for a layer that does not exist or has
    no weights.

    >>> found = explain({"input_shape": [5, 126], "layers": [{"LSTM": 64}, {"Dense": 3}]}, "LSTM")
    >>> [(each.name, each.params) for each in found.derivations]
    [('lstm', 48896)]
    """
    model = built(opened(source, options), options)
    summary = summarize_model(model)
    selected = select(summary, layers)
    require_few(selected)
    kernels = by_record(fused_layers(model), model, summary)
    derivations = tuple([derive(layer, kernels.get(id(layer))) for layer in selected])
    return Explanation(summary, derivations, not layers)

"""Derivations for the page, made once for all layers with equal derivations."""

from __future__ import annotations

from typing import Any

from lstmcount.escapes import escape
from lstmcount.explanation.derivation import Derivation, Part, derive
from lstmcount.explanation.text import columns, matrix_row, stored
from lstmcount.layers.base import Layer
from lstmcount.renderers.records import json_line
from lstmcount.summary import LayerSummary


class Derivations:
    """Collects each layer's derivation; rows refer to it by its index in `records`."""

    def __init__(self) -> None:
        self.records: list[dict[str, Any]] = []
        self._of_key: dict[Any, int] = {}
        self._of_record: dict[str, int] = {}

    def of(self, layer: LayerSummary) -> int | None:
        """The index of the layer's derivation; None if there is nothing to derive."""
        if layer.layers or layer.state == "unknown" or layer.layer is None:
            return None
        key = _key(layer)
        if key is None or key not in self._of_key:
            index = self._index(record(derive(layer)))
            if key is None:
                return index
            self._of_key[key] = index
        return self._of_key[key]

    def _index(self, derivation: dict[str, Any]) -> int:
        text = json_line(derivation)
        if text not in self._of_record:
            self._of_record[text] = len(self.records)
            self.records.append(derivation)
        return self._of_record[text]


def _key(layer: LayerSummary) -> Any:
    """A key that is equal for equal derivations; None if that cannot be decided cheaply."""
    own = layer.layer
    if not isinstance(own, Layer):
        return None
    arguments = [repr(getattr(own, name)) for name in own.__struct_fields__ if name != "name"]
    shapes = repr((layer.input_shape, layer.output_shape))
    weights = layer.renamed_weights()
    return (type(own), *arguments, shapes, *weights, layer.trainable, layer.trainable_params)


def record(derivation: Derivation) -> dict[str, Any]:
    """The derivation as `explain` shows it, without the layer's name."""
    frozen = derivation.params - derivation.trainable_params
    return {
        "parts": [_part(part) for part in derivation.parts],
        "total": derivation.total if derivation.parts else "",
        "frozen": frozen,
        "why": escape(derivation.shape_reason),
        "notes": [escape(note) for note in derivation.notes],
    }


def _part(part: Part) -> dict[str, Any]:
    slices = dict.fromkeys(columns(part, weight) for weight in part.weights)
    return {
        "names": [escape(name) for name in part.names if name],
        "class_name": escape(part.class_name),
        "over_time": any("(t)" in equation.text for equation in part.equations),
        "equations": [escape(equation.text) for equation in part.equations],
        "matrices": [matrix_row(group) for group in part.matrix_groups()],
        "stored": [stored(weight) for weight in part.weights] + [line for line in slices if line],
        "formula": part.formula.text,
        "substituted": part.substituted.text,
        "sum": part.matrix_sum if len(part.matrices) > 1 else "",
        "count": part.count,
    }

"""Entries that are the same layer, possibly in different nested models."""

from __future__ import annotations

from collections import Counter
from typing import Any

from lstmcount.config import LayerConfig, ModelConfig, all_layers
from lstmcount.errors import LstmcountError

MAX_COMPARED = 100_000


def mark(model: ModelConfig, data: dict[str, Any], above: int = 0) -> None:
    """Mark the shared layers of a `.keras` archive, in which repeated layers have numbers.

    The paths of `model` begin `above` steps above `data`. If a layer occurred first in a nested
    model that ends before its next entry, only the later entries have the number.
    """
    entries = list(all_layers(model))
    for layer in entries:
        layer.shared = _number(layer, data, above)
    with_number: dict[Any, list[LayerConfig]] = {}
    unnumbered: dict[tuple[str, str | None], list[LayerConfig]] = {}
    for layer in entries:
        if layer.shared is None:
            unnumbered.setdefault((layer.class_name, layer.name), []).append(layer)
        else:
            with_number.setdefault(layer.shared, []).append(layer)
    compared = 0
    for layer, *later in with_number.values():
        if not later or not _is_in_model_of(layer, later[0]):
            for other in unnumbered.get((layer.class_name, layer.name), ()):
                compared += 1
                if compared > MAX_COMPARED:
                    raise LstmcountError("too many layers of one name to tell which are shared")
                if other.shared is None and _is_twin(layer, other):
                    other.shared = layer.shared
                    break
    settle(model)


def settle(model: ModelConfig) -> None:
    """Keep only marks that several entries have."""
    entries = list(all_layers(model))
    numbers = Counter(layer.shared for layer in entries)
    for layer in entries:
        if numbers[layer.shared] == 1:
            layer.shared = None
    models = [model, *[layer.model for layer in entries if layer.model is not None]]
    marks = Counter(mark for each in models for *_, mark in each.own_weights)
    for each in models:
        each.own_weights = [
            (*weight, mark if marks[mark] > 1 else None) for *weight, mark in each.own_weights
        ]


def _is_in_model_of(layer: LayerConfig, later: LayerConfig) -> bool:
    """Whether the later entry is in the layer's model, or in a model nested in it."""
    end = max([at for at, step in enumerate(layer.path) if step == "layers"], default=0)
    return later.path[:end] == layer.path[:end]


def _number(layer: LayerConfig, data: Any, above: int) -> Any:
    path = layer.path[above:] if layer.model is not None else layer.path[above:-1]
    try:
        for step in path:
            data = data[step]
        number = data.get("shared_object_id")
    except (LookupError, TypeError, AttributeError):  # an entry that reading has created
        return None
    return number if isinstance(number, int) else None


def _is_twin(layer: LayerConfig, other: LayerConfig) -> bool:
    """Whether layers of the same class and name also have the same arguments."""
    return bool(_unnumbered(layer.arguments) == _unnumbered(other.arguments))


def _unnumbered(value: Any) -> Any:
    """Remove the numbers of shared initializers and similar objects."""
    if isinstance(value, list):
        return [_unnumbered(item) for item in value]
    if isinstance(value, dict):
        return {k: _unnumbered(item) for k, item in value.items() if k != "shared_object_id"}
    return value

"""Entries that are one and the same layer: models inside one another may hold it, too."""

from __future__ import annotations

from collections import Counter
from typing import Any

from lstmcount.config import LayerConfig, ModelConfig, all_layers
from lstmcount.errors import LstmcountError

MAX_COMPARED = 100_000


def mark(model: ModelConfig, data: dict[str, Any], above: int = 0) -> None:
    """Of a `.keras` archive, whose entries have numbers where Keras met a layer again.

    The paths of `model` begin `above` steps over `data`. The number of a layer that Keras met in a
    model inside before stands at the later entry alone.
    """
    entries = list(all_layers(model))
    for layer in entries:
        layer.shared = _number(layer, data, above)
    numbers = Counter(layer.shared for layer in entries)
    unnumbered: dict[tuple[str, str | None], list[LayerConfig]] = {}
    for layer in entries:
        if layer.shared is None:
            unnumbered.setdefault((layer.class_name, layer.name), []).append(layer)
    compared = 0
    for layer in entries:
        if layer.shared is not None and numbers[layer.shared] == 1:
            for other in unnumbered.get((layer.class_name, layer.name), ()):
                compared += 1
                if compared > MAX_COMPARED:
                    raise LstmcountError("too many layers of one name to tell which are shared")
                if other.shared is None and _is_twin(layer, other):
                    other.shared = layer.shared
                    break
    settle(model)


def settle(model: ModelConfig) -> None:
    """Keep the marks that stand at several entries."""
    entries = list(all_layers(model))
    numbers = Counter(layer.shared for layer in entries)
    for layer in entries:
        if numbers[layer.shared] == 1:
            layer.shared = None


def _number(layer: LayerConfig, data: Any, above: int) -> Any:
    path = layer.path[above:] if layer.model is not None else layer.path[above:-1]
    try:
        for step in path:
            data = data[step]
        number = data.get("shared_object_id")
    except (LookupError, TypeError, AttributeError):  # an entry that was put together in reading
        return None
    return number if isinstance(number, int) else None


def _is_twin(layer: LayerConfig, other: LayerConfig) -> bool:
    """Whether layers of one class and name have the same arguments, too."""
    return bool(_unnumbered(layer.arguments) == _unnumbered(other.arguments))


def _unnumbered(value: Any) -> Any:
    """Initializers and the like have numbers, too, where Keras met them again."""
    if isinstance(value, list):
        return [_unnumbered(item) for item in value]
    if isinstance(value, dict):
        return {k: _unnumbered(item) for k, item in value.items() if k != "shared_object_id"}
    return value

"""Changes as flat records: a row for each layer, and one for the whole model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lstmcount.differences import LayerChange, ModelChange
from lstmcount.differences.cells import MEASURES


def records(changes: Sequence[ModelChange]) -> list[dict[str, Any]]:
    return [row for change in changes if change.change != "same" for row in _rows(change)]


def _rows(change: ModelChange) -> Iterator[dict[str, Any]]:
    for layer in change.layers:
        yield {"model": change.name, "layer": layer.name, "change": layer.change, **_numbers(layer)}
    yield {"model": change.name, "layer": None, "change": change.change, **_numbers(change)}


def _numbers(change: LayerChange | ModelChange) -> dict[str, int | None]:
    sides = {"old": change.old or {}, "new": change.new or {}}
    return {
        f"{side}_{name}": values.get(name) for name in MEASURES for side, values in sides.items()
    }

"""Two models side by side, layer by layer, as plain data for the page."""

from __future__ import annotations

import msgspec

from lstmcount.costs.measures import Conditions
from lstmcount.differences import layer_change
from lstmcount.differences.alignment import align
from lstmcount.differences.cells import details
from lstmcount.differences.profile import LayerProfile, profile
from lstmcount.escapes import escape
from lstmcount.graph.inference import summarize_model
from lstmcount.graph.model import Model

MEASURES = ("params", "trainable_params", "macs")


class Change(msgspec.Struct, frozen=True):
    """A layer of the old model with its counterpart in the new; `old` and `new` are row indices."""

    change: str
    old: int | None
    new: int | None
    details: str


def changes(old: Model, new: Model, timesteps: int | None = None) -> list[Change]:
    """All layers of both models, including unchanged ones.

    >>> from lstmcount.graph.builder import build
    >>> from lstmcount.readers.spec.reader import read_spec
    >>> def model(units):
    ...     spec = {"input_shape": [4], "layers": [{"Dense": units}, {"Dense": 3}]}
    ...     return build(read_spec(spec))
    >>> for change in changes(model(5), model(6)):
    ...     print(change.change, change.old, change.new, change.details)
    changed 0 0 units: 5 -> 6
    changed 1 1 input (None, 5) -> (None, 6)
    """
    conditions = Conditions(timesteps=timesteps)
    before, after = (profile(model, MEASURES, conditions).layers for model in (old, new))
    places = _rows(old, before) | _rows(new, after)
    return [_change(a, b, places) for a, b in align(before, after)]


def _rows(model: Model, layers: tuple[LayerProfile, ...]) -> dict[int, int]:
    """The row index of each profile, by identity; a nested model has a row but no profile."""
    leaves = [i for i, layer in enumerate(summarize_model(model).walk()) if not layer.layers]
    return {id(layer): row for layer, row in zip(layers, leaves, strict=True)}


def _change(
    before: LayerProfile | None, after: LayerProfile | None, places: dict[int, int]
) -> Change:
    change = layer_change(before, after)
    return Change(
        "same" if change is None else change.change,
        None if before is None else places[id(before)],
        None if after is None else places[id(after)],
        "" if change is None else escape(details(change)),
    )

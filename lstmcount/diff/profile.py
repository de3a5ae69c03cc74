"""A model as the numbers that budgets and diffs compare: plain data that can be stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import msgspec
from msgspec import structs

from lstmcount.config import LayerConfig
from lstmcount.costs.measures import MEASURES, OF_LAYERS, Conditions, Measured
from lstmcount.diff.normal_form import arguments_of
from lstmcount.errors import Path
from lstmcount.shapes import Unknown
from lstmcount.summary import LayerSummary, Summary

Values = dict[str, int | None]


class LayerProfile(msgspec.Struct, frozen=True, kw_only=True):
    """One layer; in a nested model it is named by its path, for example encoder/lstm."""

    name: str
    class_name: str
    values: Values
    input_shape: Any = None
    output_shape: Any = None
    arguments: dict[str, Any] = {}
    path: Path = ()  # path in the source

    @property
    def title(self) -> str:
        return f"{self.name} ({self.class_name})"


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    values: Values
    layers: tuple[LayerProfile, ...]
    conditions: Conditions = Conditions()


def profile(
    summary: Summary,
    measures: Iterable[str] = tuple(MEASURES),
    conditions: Conditions = Conditions(),  # noqa: B008 (frozen)
) -> Profile:
    """The `measures` of a model and of each layer in it.

    >>> from lstmcount import summarize
    >>> summary = summarize({"input_shape": [5], "layers": [{"Dense": 4}]})
    >>> profile(summary, ["params", "depth"]).values
    {'params': 24, 'depth': 1}
    """
    wanted = list(measures)
    of_layers = [name for name in wanted if name in OF_LAYERS]
    model = Measured(summary, conditions)
    return Profile(
        values={name: _known(MEASURES[name].total(model)) for name in wanted},
        layers=tuple(_layers(summary.layers, of_layers, model, "")),
        conditions=conditions,
    )


def _known(value: Any) -> int | None:
    return None if isinstance(value, Unknown) else value


def narrowed(found: Profile, measures: Collection[str]) -> Profile:
    """The profile with only these measures."""

    def wanted(values: Values) -> Values:
        return {name: value for name, value in values.items() if name in measures}

    layers = [structs.replace(layer, values=wanted(layer.values)) for layer in found.layers]
    return structs.replace(found, values=wanted(found.values), layers=tuple(layers))


def _layers(
    layers: Iterable[LayerSummary], measures: list[str], model: Measured, prefix: str
) -> Iterator[LayerProfile]:
    for layer in layers:
        if layer.layers:
            yield from _layers(layer.layers, measures, model, f"{prefix}{layer.name}/")
            continue
        config: LayerConfig | None = layer.config  # None in a layer that is not built
        values: Values = {}
        for name in measures:
            of_layer = MEASURES[name].of_layer
            assert of_layer is not None
            values[name] = _known(of_layer(layer, model))
        yield LayerProfile(
            name=prefix + layer.name,
            class_name=layer.class_name,
            values=values,
            input_shape=layer.input_shape,
            output_shape=layer.output_shape,
            arguments={} if config is None else arguments_of(config),
            path=() if config is None else config.path,
        )

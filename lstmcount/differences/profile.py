"""A model as the numbers that budgets and diffs compare: plain data that can be stored."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import msgspec
from msgspec import structs

from lstmcount.costs.measures import MEASURES, OF_LAYERS, Conditions, Measured
from lstmcount.differences.normal_form import arguments_of
from lstmcount.errors import Path
from lstmcount.graph.inference import paired
from lstmcount.graph.model import Model
from lstmcount.shapes import Unknown

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
    reasons: dict[str, str] = {}  # why the layer counts, for measures that say so

    @property
    def title(self) -> str:
        return f"{self.name} ({self.class_name})"


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    values: Values
    layers: tuple[LayerProfile, ...]
    conditions: Conditions = Conditions()


def values_of(
    model: Model,
    measures: Iterable[str],
    conditions: Conditions = Conditions(),  # noqa: B008 (frozen)
) -> Values:
    """Only the `measures` of the whole model; None for an unknown one."""
    return _values(Measured(model, conditions), measures)


def _values(measured: Measured, measures: Iterable[str]) -> Values:
    return {name: _known(MEASURES[name].total(measured)) for name in measures}


def profile(
    model: Model,
    measures: Iterable[str] = tuple(MEASURES),
    conditions: Conditions = Conditions(),  # noqa: B008 (frozen)
) -> Profile:
    """The `measures` of a model and of each layer in it.

    >>> from lstmcount.graph.builder import build
    >>> from lstmcount.readers.spec.reader import read_spec
    >>> model = build(read_spec({"input_shape": [5], "layers": [{"Dense": 4}]}))
    >>> profile(model, ["params", "depth"]).values
    {'params': 24, 'depth': 1}
    """
    wanted = list(measures)
    of_layers = [name for name in wanted if name in OF_LAYERS]
    measured = Measured(model, conditions)
    return Profile(
        values=_values(measured, wanted),
        layers=tuple(_layers(measured, of_layers)),
        conditions=conditions,
    )


def _known(value: Any) -> int | None:
    return None if isinstance(value, Unknown) else value


def narrowed(whole: Profile, measures: Collection[str]) -> Profile:
    """The profile with only these measures."""

    def wanted(values: Values) -> Values:
        return {name: value for name, value in values.items() if name in measures}

    layers = [structs.replace(layer, values=wanted(layer.values)) for layer in whole.layers]
    return structs.replace(whole, values=wanted(whole.values), layers=tuple(layers))


def _layers(measured: Measured, measures: list[str]) -> Iterator[LayerProfile]:
    """The profiles of the layers, also of those in nested models."""
    around: list[str] = []  # the names of the models around a layer
    for layer, built in paired(measured.model, measured.summary):
        around = around[: layer.depth]
        if layer.layers:
            around.append(layer.name)
            continue
        values: Values = {}
        for name in measures:
            of_layer = MEASURES[name].of_layer
            assert of_layer is not None
            values[name] = _known(of_layer(layer, measured))
        yield LayerProfile(
            name="/".join([*around, layer.name]),
            class_name=layer.class_name,
            values=values,
            input_shape=layer.input_shape,
            output_shape=layer.output_shape,
            arguments={} if built is None else arguments_of(built.config),
            path=() if built is None else built.config.path,
            reasons={
                name: text
                for name in measures
                if (reason := MEASURES[name].reason) and (text := reason(layer, measured))
            },
        )

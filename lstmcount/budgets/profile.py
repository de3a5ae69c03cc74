"""A model as the numbers that budgets and diffs compare; plain data, so that it can be kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from typing import Any

import msgspec
from msgspec import structs

from lstmcount.budgets.measures import MEASURES, OF_LAYERS, Conditions, Measured
from lstmcount.config import LayerConfig
from lstmcount.dimensions import Unknown
from lstmcount.errors import Path
from lstmcount.layers.base import Layer
from lstmcount.readers.names import snake_case
from lstmcount.summary import LayerSummary, Summary

Values = dict[str, int | None]


class LayerProfile(msgspec.Struct, frozen=True, kw_only=True):
    """One layer: in a nested model it is named by its path, e.g. encoder/lstm."""

    name: str
    class_name: str
    values: Values
    output_shape: Any = None
    arguments: dict[str, Any] = {}
    path: Path = ()  # in the source

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
    """The same profile with no more than these measures."""

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
        config: LayerConfig = layer.config
        values: Values = {}
        for name in measures:
            of_layer = MEASURES[name].of_layer
            assert of_layer is not None
            values[name] = _known(of_layer(layer, model))
        yield LayerProfile(
            name=prefix + layer.name,
            class_name=layer.class_name,
            values=values,
            output_shape=layer.output_shape,
            arguments=_arguments(layer.layer, config),
            path=config.path,
        )


def _arguments(layer: Any, config: LayerConfig) -> dict[str, Any]:
    """Those that differ from the class's defaults, so that a spec and a full config agree."""
    plain = {key: _plain(value) for key, value in config.arguments.items() if key != "name"}
    if not isinstance(layer, Layer):
        return plain
    defaults = _defaults(type(layer))
    return {
        key: value for key, value in plain.items() if key not in defaults or value != defaults[key]
    }


@cache
def _defaults(cls: type[Layer]) -> dict[str, Any]:
    return {field.encode_name: _plain(field.default) for field in structs.fields(cls)}


def _plain(value: Any) -> Any:
    """Arguments as data: a layer among them as its class and arguments."""
    if isinstance(value, LayerConfig):
        return {value.class_name: _plain(value.arguments)}
    if isinstance(value, dict):
        if "class_name" in value and isinstance(value.get("config"), dict):
            return _serialized(value["class_name"], value["config"])
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def _serialized(class_name: Any, config: dict[str, Any]) -> Any:
    """An object as Keras serialises it; one without settings of its own is just its name."""
    if class_name == "DTypePolicy":
        return None if config.get("name") == "float32" else config.get("name")
    settings = {key: _plain(item) for key, item in config.items() if item is not None}
    name = snake_case(str(class_name))
    return {name: settings} if settings else name

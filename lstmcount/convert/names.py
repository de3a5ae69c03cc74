"""Names as Keras 3 takes them: without the slashes that older versions allowed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from msgspec import structs

from lstmcount.config import Call, LayerConfig, ModelConfig, TensorRef


def without_slashes(config: ModelConfig) -> ModelConfig:
    """The model with `_` for each `/` in a name, as `keras.applications` did it.

    A name that is then there twice gets a number.
    """
    if not _has_slashes(config):
        return config
    names = _renamed([layer.name or "" for layer in config.layers])
    listed = config.listed
    return structs.replace(
        config,
        name=_plain(config.name),
        layers=[_layer(layer, names) for layer in config.layers],
        inputs=_refs(config.inputs, names),
        outputs=_refs(config.outputs, names),
        listed=None if listed is None else [names.get(name, name) for name in listed],
    )


def _has_slashes(config: ModelConfig) -> bool:
    return "/" in (config.name or "") or any(map(_layer_has_slashes, config.layers))


def _layer_has_slashes(layer: LayerConfig) -> bool:
    if "/" in (layer.name or ""):
        return True
    if layer.model is not None and _has_slashes(layer.model):
        return True
    return any(map(_layer_has_slashes, _inner(layer.arguments.values())))


def _inner(values: Iterable[Any]) -> Iterable[LayerConfig]:
    for value in values:
        items = value if isinstance(value, list) else [value]
        yield from (item for item in items if isinstance(item, LayerConfig))


def _plain(name: str | None) -> str | None:
    return None if name is None else name.replace("/", "_")


def _renamed(names: list[str]) -> dict[str, str]:
    used = {name for name in names if "/" not in name}
    found = {}
    for name in names:
        new = base = name.replace("/", "_")
        number = 0
        while new != name and new in used:
            number += 1
            new = f"{base}_{number}"
        used.add(new)
        found[name] = new
    return found


def _layer(layer: LayerConfig, names: dict[str, str]) -> LayerConfig:
    return structs.replace(
        layer,
        name=names.get(layer.name or "", _plain(layer.name)),
        model=None if layer.model is None else without_slashes(layer.model),
        arguments={key: _argument(value) for key, value in layer.arguments.items()},
        calls=[
            Call(_refs(call.args, names), _refs(call.kwargs, names), call.path)
            for call in layer.calls
        ],
    )


def _argument(value: Any) -> Any:
    """Layers among the arguments have names of their own."""
    if isinstance(value, LayerConfig):
        return _layer(value, {})
    return [_argument(item) for item in value] if isinstance(value, list) else value


def _refs(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, TensorRef):
        return TensorRef(names.get(value.layer, value.layer), value.node, value.tensor)
    if isinstance(value, list):
        return [_refs(item, names) for item in value]
    if isinstance(value, dict):
        return {key: _refs(item, names) for key, item in value.items()}
    return value

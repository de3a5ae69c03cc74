"""Names that Keras 3 accepts: without the slashes that older versions allowed."""

from __future__ import annotations

from typing import Any

from msgspec import structs

from lstmcount.config import (
    Call,
    LayerConfig,
    ModelConfig,
    TensorRef,
    all_layers,
    with_inner_layers,
)
from lstmcount.structures import mapped


def without_slashes(config: ModelConfig) -> ModelConfig:
    """The model with `_` for each `/` in a name, as `keras.applications` did it.

    A name that would then occur twice gets a number.
    """
    if not _has_slashes(config):
        return config
    names = _renamed([layer.name or "" for layer in config.layers])
    listed = config.listed_layer_names
    return structs.replace(
        config,
        name=_plain(config.name),
        layers=[_layer(layer, names) for layer in config.layers],
        inputs=_refs(config.inputs, names),
        outputs=_refs(config.outputs, names),
        listed_layer_names=None if listed is None else [names.get(name, name) for name in listed],
    )


def _has_slashes(config: ModelConfig) -> bool:
    names = [config.name]
    for layer in all_layers(config):
        names += [layer.name, layer.model.name if layer.model else None]
    return any("/" in name for name in names if name)


def _plain(name: str | None) -> str | None:
    return None if name is None else name.replace("/", "_")


def _renamed(names: list[str]) -> dict[str, str]:
    used = {name for name in names if "/" not in name}
    new_names = {}
    for name in names:
        new = base = name.replace("/", "_")
        number = 0
        while new != name and new in used:
            number += 1
            new = f"{base}_{number}"
        used.add(new)
        new_names[name] = new
    return new_names


def _layer(layer: LayerConfig, names: dict[str, str]) -> LayerConfig:
    """Rename a layer; layers among its arguments have names of their own."""
    return structs.replace(
        with_inner_layers(layer, lambda inner: _layer(inner, {})),
        name=names.get(layer.name or "", _plain(layer.name)),
        model=None if layer.model is None else without_slashes(layer.model),
        calls=[
            Call(_refs(call.args, names), _refs(call.kwargs, names), call.path)
            for call in layer.calls
        ],
    )


def _refs(value: Any, names: dict[str, str]) -> Any:
    def renamed(leaf: Any) -> Any:
        if not isinstance(leaf, TensorRef):
            return leaf
        return TensorRef(names.get(leaf.layer, leaf.layer), leaf.node, leaf.tensor)

    return mapped(renamed, value)

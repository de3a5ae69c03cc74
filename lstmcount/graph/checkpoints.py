"""The groups of a `.keras` file that hold a model's weights, under Keras's names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmcount.layers.checkpoint_paths import CheckpointPaths, variable_paths
from lstmcount.naming import AutoNames


def checkpoint_paths(model: Any) -> CheckpointPaths:
    """The own variables of a `Model`, those that train first, and those of its layers.

    The layers of a class of the author's stand under the attributes that hold them, others under
    their classes. A class that is derived from a layer of Keras saves its variables together with
    those that it inherits, or these alone if the layer's class decides what it saves.
    """
    core = model.core
    own = [] if core is not None and core.layer.saves_no_additions else model.own_variables()
    yield from variable_paths(own)
    with_path = {id(weight) for weight in own}
    for path, weight in _paths_of_layers(model):
        if not path.startswith("vars/") or id(weight) not in with_path:
            yield path, weight


def _paths_of_layers(model: Any) -> CheckpointPaths:
    if model.config.attributes is not None:
        by_name = model.by_name()
        for name, attribute in model.config.attributes.items():
            if name in by_name:
                yield from by_name[name].checkpoint_paths(attribute)
        return
    for group, layer in groups_of_layers(model):
        yield from layer.checkpoint_paths(group)
    for layer in model.unlisted_layers:
        yield from layer.checkpoint_paths(model.config.unlisted_layers[layer.name])


def groups_of_layers(model: Any) -> Iterator[tuple[str, Any]]:
    """The layers of a Sequential or Functional, each with its group."""
    counted = AutoNames()
    for layer in model.inner_layers:
        yield f"layers/{counted(layer.config.subclass or layer.class_name)}", layer

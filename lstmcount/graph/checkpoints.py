"""The groups of a `.keras` file that hold a model's weights, under Keras's names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lstmcount.layers.checkpoint_paths import variable_paths
from lstmcount.naming import AutoNames
from lstmcount.summary import CheckpointPaths


def checkpoint_paths(model: Any) -> CheckpointPaths:
    """The paths of a `Model`'s own variables, trainable ones first, and of its layers' weights.

    Keras names the layers in a class of the author's after the attributes that hold them, others
    after their classes. A class derived from a Keras layer saves its own and the inherited
    variables, or only the inherited ones if the Keras class decides what is saved.
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

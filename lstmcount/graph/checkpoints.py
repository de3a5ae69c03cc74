"""Where a `.keras` file keeps the weights of a model: in groups that Keras names."""

from __future__ import annotations

from typing import Any

from lstmcount.layers.checkpoint_paths import CheckpointPaths, variable_paths
from lstmcount.naming import AutoNames


def checkpoint_paths(model: Any) -> CheckpointPaths:
    """The own variables of a `Model`, those that train first, and those of its layers.

    The layers of a class of the author's stand under the attributes that hold them, others under
    their classes. A class that is derived from a layer of Keras has the variables of that layer
    before its own.
    """
    paths = list(_paths_of_layers(model))
    inherited = [weight for path, weight in paths if path.startswith("vars/")]
    variables_of_class = [(weight, weight.trainable) for weight in inherited]
    for weight, (_, _, trains) in zip(model.own_weights, model.config.own_weights, strict=True):
        variables_of_class.append((weight, trains))
    if model.own_weights:
        variables_of_class.sort(key=lambda each: not each[1])
    yield from variable_paths(weight for weight, _ in variables_of_class)
    yield from ((path, weight) for path, weight in paths if not path.startswith("vars/"))


def _paths_of_layers(model: Any) -> CheckpointPaths:
    if model.config.attributes is not None:
        by_name = {layer.name: layer for layer in model.layers}
        for name, attribute in model.config.attributes.items():
            if name in by_name:
                yield from by_name[name].checkpoint_paths(attribute)
        return
    counted = AutoNames()
    for layer in model.inner_layers:
        class_name = layer.config.subclass or layer.class_name
        yield from layer.checkpoint_paths(f"layers/{counted(class_name)}")

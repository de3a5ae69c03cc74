"""Where a `.keras` file keeps the weights of a model: in groups that Keras names."""

from __future__ import annotations

from typing import Any

from lstmcount.layers.checkpoint_paths import CheckpointPaths, variables
from lstmcount.naming import AutoNames


def checkpoint_paths(graph: Any) -> CheckpointPaths:
    """The own variables of a `Graph`, those that train first, then those of its layers.

    The layers of a class of the author's stand under the attributes that hold them, others under
    their classes.
    """
    trains = [weight[2] for weight in graph.config.own_weights]
    own = zip(graph.own_weights, trains, strict=True)
    yield from variables([weight for weight, _ in sorted(own, key=lambda each: not each[1])])
    if graph.config.attributes is not None:
        by_name = {layer.name: layer for layer in graph.layers}
        for name, attribute in graph.config.attributes.items():
            if name in by_name:
                yield from by_name[name].checkpoint_paths(attribute)
        return
    counted = AutoNames()
    for layer in graph.inner_layers:
        class_name = layer.config.subclass or layer.class_name
        yield from layer.checkpoint_paths(f"layers/{counted(class_name)}")

"""Where a `.keras` file stores the variables of a layer.

Keras walks over the objects of a model. Each has a group named after the attribute that holds
it, and its own variables are `vars/0`, `vars/1`, … in that group (`keras.src.saving.saving_lib`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from lstmcount.summary import CheckpointPaths, Named, Weight


def variable_paths(weights: Iterable[Weight], above: str = "") -> CheckpointPaths:
    """The paths of an object's own variables, in the order in which it stores them."""
    for index, weight in enumerate(weights):
        yield f"{above}vars/{index}", weight


def ordered_paths(named: Named, *first: str) -> CheckpointPaths:
    """The paths of a layer's own variables if it stores those named in `first` first.

    Such a layer stores no LoRA factors: it adds their product to the stored kernel.

    >>> from lstmcount.summary import Weight
    >>> named = [(name, Weight(name, (2,))) for name in ("bias", "lora_kernel_a", "kernel")]
    >>> [(path, weight.name) for path, weight in ordered_paths(named, "kernel", "bias")]
    [('vars/0', 'kernel'), ('vars/1', 'bias')]
    """
    stored = [(name, weight) for name, weight in named if not name.startswith("lora_")]
    order = {name: index for index, name in enumerate(first)}
    stored.sort(key=lambda each: order.get(each[0], len(order)))
    return variable_paths(weight for _, weight in stored)


def inner_paths(attribute: str, prefix: str | None, layer: Any, named: Named) -> CheckpointPaths:
    """The paths of an inner layer's variables, whose names begin with `prefix`."""
    start = f"{prefix}/" if prefix else ""
    inner = [(name[len(start) :], weight) for name, weight in named if name.startswith(start)]
    for path, weight in layer.checkpoint_paths(inner):
        yield f"{attribute}/{path}", weight


def own_and_inner_paths(
    attributes: Sequence[str],
    layers: Sequence[tuple[str | None, Any]],
    named: Named,
    above: str = "",
) -> CheckpointPaths:
    """The paths of a layer's own variables and of those of the layers in `attributes`."""
    prefixes = tuple([f"{prefix}/" if prefix else "" for prefix, _ in layers])
    yield from variable_paths((w for name, w in named if not name.startswith(prefixes)), above)
    for attribute, (prefix, layer) in zip(attributes, layers, strict=True):
        yield from inner_paths(attribute, prefix, layer, named)


def list_paths(
    attribute: str, layers: Iterable[tuple[str | None, Any]], named: Named
) -> CheckpointPaths:
    """The paths of the variables of layers in a list; their groups are numbered by class."""
    from lstmcount.naming import AutoNames

    counted = AutoNames()
    for prefix, layer in layers:
        yield from inner_paths(f"{attribute}/{counted(layer.class_name)}", prefix, layer, named)

"""Where a `.keras` file stores the variables of a layer.

Keras walks over the objects that form a model: each has a group named after the attribute
that holds it, with its own variables in `vars/0`, `vars/1`, … (`keras.src.saving.saving_lib`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from lstmcount.summary import Weight

Named = Sequence[tuple[str, Weight]]  # weights by their names within a layer
CheckpointPaths = Iterator[tuple[str, Weight]]  # weights by the paths at which they are stored


def variables(weights: Iterable[Weight], above: str = "") -> CheckpointPaths:
    """One object's own variables, in storage order."""
    for index, weight in enumerate(weights):
        yield f"{above}vars/{index}", weight


def own(named: Named, *first: str) -> CheckpointPaths:
    """The variables of a layer with an order of its own: those named in `first` first.

    Such a layer stores its kernel with the factors of LoRA multiplied in, and not the factors.

    >>> from lstmcount.summary import Weight
    >>> named = [(name, Weight(name, (2,))) for name in ("bias", "lora_kernel_a", "kernel")]
    >>> [(path, weight.name) for path, weight in own(named, "kernel", "bias")]
    [('vars/0', 'kernel'), ('vars/1', 'bias')]
    """
    kept = [(name, weight) for name, weight in named if not name.startswith("lora_")]
    order = {name: index for index, name in enumerate(first)}
    kept.sort(key=lambda each: order.get(each[0], len(order)))
    return variables(weight for _, weight in kept)


def inside(attribute: str, prefix: str | None, layer: Any, named: Named) -> CheckpointPaths:
    """The variables of an inner layer: those whose names begin with `prefix`."""
    start = f"{prefix}/" if prefix else ""
    theirs = [(name[len(start) :], weight) for name, weight in named if name.startswith(start)]
    for path, weight in layer.checkpoint_paths(theirs):
        yield f"{attribute}/{path}", weight


def held(
    attributes: Sequence[str], layers: Iterable[tuple[str | None, Any]], named: Named
) -> CheckpointPaths:
    """The variables of the layers in these attributes."""
    for attribute, (prefix, layer) in zip(attributes, layers, strict=True):
        yield from inside(attribute, prefix, layer, named)


def with_own(
    attributes: Sequence[str],
    layers: Sequence[tuple[str | None, Any]],
    named: Named,
    above: str = "",
) -> CheckpointPaths:
    """A layer's own variables, and those of the layers in these attributes."""
    prefixes = tuple([f"{prefix}/" if prefix else "" for prefix, _ in layers])
    yield from variables((w for name, w in named if not name.startswith(prefixes)), above)
    yield from held(attributes, layers, named)


def members(
    attribute: str, layers: Iterable[tuple[str | None, Any]], named: Named
) -> CheckpointPaths:
    """The variables of the layers in a list, which are named after their classes and numbered."""
    from lstmcount.naming import AutoNames

    counted = AutoNames()
    for prefix, layer in layers:
        yield from inside(f"{attribute}/{counted(layer.class_name)}", prefix, layer, named)

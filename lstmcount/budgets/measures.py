"""What a budget can bound: each a number of a whole model, most of them of a layer too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from lstmcount.amounts import parse_bytes, parse_count
from lstmcount.graph import Graph, Node
from lstmcount.summary import LayerSummary, Summary, size_bytes

BYTES = " bytes"


class Measure(msgspec.Struct, frozen=True):
    """`total` and `of_layer` take a batch size too; None says that nobody can know the number."""

    label: str
    help: str
    total: Callable[[Summary, int], int | None]
    of_layer: Callable[[LayerSummary, int], int | None] | None = None
    parse: Callable[[Any], int] = parse_count
    unit: str = ""

    def show(self, value: int) -> str:
        return f"{value:,}{self.unit}"


def number_of_layers(summary: Summary) -> int:
    """Layers without the inputs; a nested model counts as the layers in it.

    >>> from lstmcount import summarize
    >>> number_of_layers(summarize({"input_shape": [5], "layers": [{"Dense": 4}, {"Dense": 2}]}))
    2
    """
    return sum(not layer.layers and layer.class_name != "InputLayer" for layer in summary.walk())


def depth(summary: Summary) -> int:
    """Layers on the longest way from an input to an output, those in nested models included.

    >>> from lstmcount import summarize
    >>> depth(summarize({"input_shape": [5], "layers": [{"Dense": 4}, {"Dense": 2}]}))
    2
    """
    return _depth(summary.graph)


def _depth(graph: Graph) -> int:
    longest: dict[Node, int] = {}
    for node in graph.nodes():
        before = max((longest.get(source, 0) for source, _ in node.inputs), default=0)
        longest[node] = before + _own_depth(node)
    return max(longest.values(), default=0)


def _own_depth(node: Node) -> int:
    layer = node.layer.layer
    if isinstance(layer, Graph):
        return _depth(layer)
    return 0 if node.layer.class_name == "InputLayer" else 1


MEASURES: dict[str, Measure] = {
    "params": Measure(
        "params",
        "E.g. 250k, 1.5M, 200_000.",
        lambda summary, _: summary.total_params,
        lambda layer, _: layer.params,
    ),
    "trainable_params": Measure(
        "trainable params",
        "Those that train.",
        lambda summary, _: summary.trainable_params,
        lambda layer, _: layer.trainable_params,
    ),
    "non_trainable_params": Measure(
        "non-trainable params",
        "Frozen ones.",
        lambda summary, _: summary.non_trainable_params,
        lambda layer, _: layer.non_trainable_params,
    ),
    "size": Measure(
        "size",
        "Bytes of the weights: 800KB, 1MB (1024-based).",
        lambda summary, _: summary.size_bytes,
        lambda layer, _: size_bytes(layer.weights),
        parse_bytes,
        BYTES,
    ),
    "layers": Measure("layers", "Number of layers.", lambda summary, _: number_of_layers(summary)),
    "depth": Measure("depth", "Layers on the longest way.", lambda summary, _: depth(summary)),
}
OF_LAYERS = tuple(name for name, measure in MEASURES.items() if measure.of_layer is not None)

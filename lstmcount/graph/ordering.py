"""The order in which Keras lists the layers of a functional model, and runs its calls."""

from __future__ import annotations

from operator import attrgetter

from lstmcount.graph.layer import NOT_READ, BuiltLayer, Node

_OPEN = -2  # while its inputs are being followed


def ordered(inputs: list[Node], outputs: list[Node]) -> tuple[list[BuiltLayer], list[Node]]:
    """The layers and the calls that the outputs depend on, in Keras's order (`map_graph`): by
    depth from the outputs, then as first reached.

    Each layer and each call gets its depth, which is 0 for the last ones.
    """
    layers, finished = _reached(outputs)
    nodes = _with_depths(finished)
    unread: list[Node] = []
    for node in inputs:
        if node.layer.depth == NOT_READ:
            node.layer.depth = node.depth = 0
            unread.append(node)
    by_depth = attrgetter("depth")
    layers = sorted([*[node.layer for node in unread], *layers], key=by_depth, reverse=True)
    return layers, sorted([*nodes, *unread], key=by_depth, reverse=True)


def _reached(outputs: list[Node]) -> tuple[list[BuiltLayer], list[Node]]:
    """The layers as first reached from the outputs, and the calls, each after all its inputs."""
    finished: list[Node] = []
    layers: list[BuiltLayer] = []
    stack = [*reversed(outputs)]
    while stack:
        node = stack.pop()
        if node.depth == NOT_READ:
            node.depth = _OPEN
            layer = node.layer
            if layer.depth == NOT_READ:
                layer.depth = 0
                layers.append(layer)
            stack.append(node)  # reached again after all its inputs are finished
            for source, _ in reversed(node.inputs):
                if source.depth == NOT_READ:
                    stack.append(source)
        elif node.depth == _OPEN:
            node.depth = 0
            finished.append(node)
    return layers, finished


def _with_depths(finished: list[Node]) -> list[Node]:
    """Give each call and its layer their depth; the calls as first reached from the outputs."""
    nodes: list[Node] = []
    for node in reversed(finished):
        if not node.depth:
            nodes.append(node)
        depth, layer = node.depth, node.layer
        if depth < layer.depth:
            depth = node.depth = layer.depth
        layer.depth = depth
        for source, _ in node.inputs:
            if source.depth <= depth:
                if not source.depth:
                    nodes.append(source)
                source.depth = depth + 1
    return nodes

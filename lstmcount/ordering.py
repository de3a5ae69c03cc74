"""The order in which Keras lists the layers of a functional model, and runs its calls."""

from __future__ import annotations

from operator import attrgetter

from lstmcount.built import BuiltLayer, Node


def ordered(inputs: list[Node], outputs: list[Node]) -> tuple[list[BuiltLayer], list[Node]]:
    """The layers and the calls that the outputs depend on, in Keras's order (`map_graph`): by
    depth from the outputs, then as first reached.

    Each layer and each call gets its depth, which is 0 for the last ones.
    """
    finished: list[Node] = []
    layers: list[BuiltLayer] = []
    stack = [*reversed(outputs)]
    opened: list[Node] = []  # whose inputs are being followed: those on the path to the node
    while stack:
        node = stack.pop()
        if node.depth < 0:
            node.depth = 0
            if node.layer.depth < 0:
                node.layer.depth = 0
                layers.append(node.layer)
            opened.append(node)
            stack.append(node)  # met again when all that it reads is finished
            for source, _ in reversed(node.inputs):
                if source.depth < 0:
                    stack.append(source)
        elif opened and node is opened[-1]:
            finished.append(opened.pop())
    nodes: list[Node] = []
    for node in reversed(finished):
        if not node.depth:
            nodes.append(node)
        layer = node.layer
        depth = layer.depth = node.depth = max(node.depth, layer.depth)
        for source, _ in node.inputs:
            if source.depth <= depth:
                if not source.depth:
                    nodes.append(source)
                source.depth = depth + 1
    unread: list[Node] = []
    for node in inputs:
        if node.layer.depth < 0:
            node.layer.depth = node.depth = 0
            unread.append(node)
    by_depth = attrgetter("depth")
    layers = sorted([*[node.layer for node in unread], *layers], key=by_depth, reverse=True)
    return layers, sorted([*nodes, *unread], key=by_depth, reverse=True)

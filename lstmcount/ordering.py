"""The order in which Keras lists and runs the layers of a functional model."""

from __future__ import annotations

from lstmcount.built import BuiltLayer, Node


def ordered(
    inputs: list[Node], outputs: list[Node]
) -> tuple[list[BuiltLayer], dict[int, list[Node]]]:
    """Layers in Keras's order (`map_graph`): by depth from the outputs, then as first reached."""
    finished: list[Node] = []
    seen: set[Node] = set()
    reached: dict[BuiltLayer, int] = {}
    stack = [*reversed(outputs)]
    opened: list[Node] = []  # whose inputs are being followed: those on the path to the node
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            if node.layer not in reached:
                reached[node.layer] = len(reached)
            opened.append(node)
            stack.append(node)  # met again when all that it reads is finished
            for source, _ in reversed(node.inputs):
                if source not in seen:
                    stack.append(source)
        elif opened and node is opened[-1]:
            finished.append(opened.pop())
    node_depth: dict[Node, int] = {}
    layer_depth: dict[BuiltLayer, int] = {}
    for node in reversed(finished):
        layer = node.layer
        depth = node_depth.get(node, 0)
        if layer in layer_depth and layer_depth[layer] > depth:
            depth = layer_depth[layer]
        layer_depth[layer] = node_depth[node] = depth
        for source, _ in node.inputs:
            if node_depth.get(source, -1) <= depth:
                node_depth[source] = depth + 1
    for node in inputs:
        if node.layer not in layer_depth:
            layer_depth[node.layer] = node_depth[node] = 0
            reached[node.layer] = -1
    by_depth: dict[int, list[Node]] = {}
    for node, depth in node_depth.items():
        by_depth.setdefault(depth, []).append(node)
    layers = sorted(layer_depth, key=lambda layer: (-layer_depth[layer], reached[layer]))
    return layers, by_depth

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
        if opened and node is opened[-1]:
            finished.append(opened.pop())
        elif node not in seen:
            seen.add(node)
            reached.setdefault(node.layer, len(reached))
            opened.append(node)
            stack.append(node)  # met again when all that it reads is finished
            stack += [source for source, _ in reversed(node.inputs)]
    node_depth: dict[Node, int] = {}
    layer_depth: dict[BuiltLayer, int] = {}
    for node in reversed(finished):
        depth = node_depth.setdefault(node, 0)
        if layer_depth.get(node.layer, 0) > depth:
            depth = layer_depth[node.layer]
        layer_depth[node.layer] = node_depth[node] = depth
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

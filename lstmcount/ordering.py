"""The order in which Keras lists and runs the layers of a functional model."""

from __future__ import annotations

from lstmcount.built import BuiltLayer, Node


def ordered(
    inputs: list[Node], outputs: list[Node]
) -> tuple[list[BuiltLayer], dict[int, list[Node]]]:
    """Layers in Keras's order (`map_graph`): by depth from the outputs, then as first reached."""
    finished: list[Node] = []
    seen: set[Node] = set()
    reached: dict[BuiltLayer, None] = {}
    stack = [*reversed(outputs)]
    opened: list[Node] = []  # whose inputs are being followed: those on the path to the node
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            reached[node.layer] = None
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
        depth = node_depth.get(node, 0)
        shared = layer_depth.get(node.layer, 0)
        if shared > depth:
            depth = shared
        layer_depth[node.layer] = node_depth[node] = depth
        for source, _ in node.inputs:
            if node_depth.get(source, -1) <= depth:
                node_depth[source] = depth + 1
    unread = {node.layer: node for node in inputs if node.layer not in layer_depth}
    for layer, node in unread.items():
        layer_depth[layer] = node_depth[node] = 0
    by_depth: dict[int, list[Node]] = {}
    for node, depth in node_depth.items():
        if depth in by_depth:
            by_depth[depth].append(node)
        else:
            by_depth[depth] = [node]
    return sorted([*unread, *reached], key=layer_depth.__getitem__, reverse=True), by_depth

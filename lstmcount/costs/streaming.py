"""What a recurrent model needs to run step by step: its states, and one more time step."""

from __future__ import annotations

from lstmcount.costs.forward_pass import (
    PROBES,
    Execution,
    execute_steps,
    input_shapes,
    line_through,
    resolved,
)
from lstmcount.graph.layer import Node
from lstmcount.graph.model import Model
from lstmcount.shapes import UNKNOWN, Unknown
from lstmcount.summary import size_bytes


def states_bytes(execution: Execution) -> int:
    """Bytes of the states that recurrent layers keep from batch to batch where they are stateful.

    Equal to the sizes of `layer.states` in Keras. A layer called twice has its states once.
    """
    layers = {id(call.layer): call.states for call in execution.calls}
    return size_bytes([state for states in layers.values() for state in states])


def step_macs(graph: Model) -> int | None:
    """MACs that one more time step adds; None where the steps are fixed or do not cost the same."""
    words = {source for node in graph.nodes() if _is_embedding(node) for source, _ in node.inputs}
    shapes = [
        (shape[0], UNKNOWN, *shape[2:])
        if shape and (len(shape) > 2 or (len(shape) == 2 and node in words))
        else shape
        for shape, node in zip(input_shapes(graph), graph.input_nodes(), strict=True)
    ]
    shapes = [shape and resolved(shape, None, None) for shape in shapes]
    probes = [execute_steps(graph, shapes, steps) for steps in PROBES]
    totals = [sum(call.macs for call in probe.calls) for probe in probes if probe is not None]
    if len(totals) < len(PROBES) or any(isinstance(number, Unknown) for number in totals):
        return None
    line = line_through(PROBES, totals)
    return line[1] if line is not None else None


def _is_embedding(node: Node) -> bool:
    return node.layer.class_name == "Embedding"

"""The costs of running a recurrent model step by step: its states, and one more time step."""

from __future__ import annotations

from lstmcount.costs.forward_pass import (
    PROBES,
    Execution,
    execute_steps,
    input_shapes,
    line_through,
    resolved,
    whole,
)
from lstmcount.graph.model import Model
from lstmcount.shapes import UNKNOWN, Unknown
from lstmcount.summary import size_bytes


def states_bytes(execution: Execution) -> int | None:
    """Bytes of the states that recurrent layers keep between batches if they are stateful.

    The size is that of `layer.states` in Keras; a layer that is called twice counts once. None if
    the states of a layer are unknown.
    """
    layers = {id(call.layer): call.states for call in execution.calls}
    return whole(size_bytes([state for states in layers.values() for state in states]))


def step_macs(model: Model) -> int | None:
    """MACs that one more time step adds; None if the number of steps is fixed or steps differ."""
    shapes = []
    for shape, is_words in zip(input_shapes(model), _are_words(model), strict=False):
        if shape and len(shape) > (1 if is_words else 2):
            shape = (shape[0], UNKNOWN, *shape[2:])
        shapes.append(shape and resolved(shape, None, None))
    totals = []
    for steps in PROBES:
        probe = execute_steps(model, shapes, steps)
        total = UNKNOWN if probe is None else sum(call.macs for call in probe.calls)
        if isinstance(total, Unknown):
            return None
        totals.append(total)
    line = line_through(PROBES, totals)
    return line[1] if line is not None else None


def _are_words(model: Model) -> list[bool]:
    """Whether an Embedding reads each input; a Sequential may have no node for its input."""
    embeddings = [node for node in model.nodes() if node.layer.class_name == "Embedding"]
    read = {source for node in embeddings for source, _ in node.inputs}
    return [node in read for node in model.input_nodes()] or [bool(embeddings)]

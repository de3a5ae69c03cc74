"""Turn exceptions of a layer's call into errors that name the layer and its place."""

from __future__ import annotations

from typing import Any

from lstmcount.errors import LstmcountError, Path, ShapeError
from lstmcount.graph.layer import BuiltLayer, Node
from lstmcount.shapes import show


def call_error(
    error: Exception,
    layer: BuiltLayer,
    args: list[Any],
    path: Path,
    inputs: list[tuple[Node, int]],
) -> LstmcountError:
    """The error for an exception that a call of `layer` raised; it says which layer and where.

    `args` are the arguments, `inputs` the outputs of other calls among them.
    """
    if isinstance(error, ShapeError):
        error.message = f"layer {layer.name!r} ({layer.class_name}): {error.message}"
        error.message += _sequences_hint(error, inputs)
        error.is_of_layer = layer.config.kind != "op"
    elif not isinstance(error, LstmcountError):
        shown = ", ".join(map(show, args))
        text = f"layer {layer.name!r} ({layer.class_name}): cannot take {shown}"
        return LstmcountError(text, path=path)
    return error if error.location.path else error.at(*path)


def _sequences_hint(error: ShapeError, inputs: list[tuple[Node, int]]) -> str:
    source = inputs[0][0].layer if inputs else None
    if error.wanted_rank != 3 or source is None or source.layer is None:
        return ""
    recurrent = getattr(source.layer, "layer", source.layer)
    if getattr(recurrent, "return_sequences", True):
        return ""
    return (
        f". The layer before it, {source.name!r}, returns only its last output: "
        "set return_sequences: true there"
    )

"""Follow layers inside a graph again for the `training` that they inherit from the graph's call.

A Functional model, a Sequential and a wrapper were followed when they were made, as in inference.
"""

from __future__ import annotations

from lstmcount.programs.libraries.keras.own_classes import call_context, later_calls
from lstmcount.programs.libraries.keras.session import cells
from lstmcount.programs.libraries.keras.session.session import Session
from lstmcount.programs.libraries.keras.values.contents import inner_layers, is_all_built
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject, ModelObject


def follow(session: Session, layer: LayerObject) -> None:
    """Follow the program's layers inside a graph or a wrapper that still wait for a call."""
    if session.training is None or is_all_built(layer):
        return
    for inner in [*inner_layers(layer)] if isinstance(layer, ModelObject) else []:
        _follow_layer(session, inner)
    for inner in map(cells.core_of, cells.wrapped_layers(layer)):
        _follow_layer(session, inner)


def _follow_layer(session: Session, layer: LayerObject) -> None:
    is_own = isinstance(layer, Custom) and not (layer.is_sequential or layer.is_graph)
    if not is_own or not isinstance(layer, Custom):
        follow(session, layer)
    elif layer.is_traced and layer.first_arguments is not None:
        args, kwargs = layer.first_arguments
        with call_context.entered(session, layer, kwargs):
            later_calls.follow(session, layer, args, kwargs, goes_on=False)

"""Wrappers that run other layers, and the sizes that recurrent cells declare."""

from __future__ import annotations

from typing import Any

from lstmcount.graph.builder import create
from lstmcount.layers.rnn_cells import is_cell
from lstmcount.programs.language.objects import attributes
from lstmcount.programs.language.run import Run
from lstmcount.programs.libraries.keras.session.export import layer_config
from lstmcount.programs.libraries.keras.values.objects import Custom, LayerObject
from lstmcount.shapes import UNKNOWN, Unknown

CELL_WRAPPERS = ("RNN", "StackedRNNCells")
_WRAPPED = ("layer", "backward_layer", "cell", "cells")


def wrapped_layers(layer: LayerObject) -> list[LayerObject]:
    """The layers that a wrapper runs, in order."""
    layers: list[LayerObject] = []
    for name in _WRAPPED:
        if name not in layer.arguments:
            continue
        value = layer.arguments[name]
        several = value if isinstance(value, list) else [value]
        layers += [inner for inner in several if isinstance(inner, LayerObject)]
    return layers


def core_of(layer: LayerObject) -> LayerObject:
    """The built-in layer inside a custom layer that adds only a name to it; else the layer."""
    core = layer.core if isinstance(layer, Custom) and layer.is_core_alone else None
    return core or layer


def store_declared_sizes(run: Run, layer: LayerObject) -> None:
    """Store the sizes that custom cells declare, when a layer is created from the cells."""
    for cell in map(core_of, wrapped_layers(layer)):
        if isinstance(cell, Custom):
            cell.state_sizes = _state_sizes(run, cell)
            cell.output_size = output_size(run, cell)


def _state_sizes(run: Run, cell: Custom) -> list[tuple[Any, ...]] | None:
    """The shape of each state without the batch dimension; None for a layer that is no cell."""
    declared = attributes.find(run, cell, "state_size", cell.place.node)
    if isinstance(declared, list | tuple):
        return [_dimensions(size) for size in declared]
    if isinstance(declared, int | Unknown):
        return [(declared,)]
    built: Any = None if cell.core is None else create(layer_config(cell.core, calls=0))
    return [shape[1:] for shape in built.state_shapes(UNKNOWN)] if is_cell(built) else None


def output_size(run: Run, cell: LayerObject) -> tuple[Any, ...] | None:
    """The shape of a cell's output without the batch; by default that of its first state."""
    declared = attributes.find(run, cell, "output_size", cell.place.node)
    if isinstance(declared, int | list | tuple | Unknown):
        return _dimensions(declared)
    if isinstance(cell, Custom):
        return cell.state_sizes[0] if cell.state_sizes else None
    return (cell.arguments["units"],) if "units" in cell.arguments else None


def _dimensions(size: Any) -> tuple[Any, ...]:
    return tuple(size) if isinstance(size, list | tuple) else (size,)

"""The sizes of the states and outputs of recurrent layers and their cells."""

from __future__ import annotations

import ast
from typing import Any

from lstmcount.programs.language.objects import attributes
from lstmcount.programs.language.run import MISSING, Run
from lstmcount.programs.libraries.keras.values.objects import LayerObject

STATES = {"LSTM": 2, "GRU": 1, "SimpleRNN": 1}


def size(run: Run, layer: LayerObject, name: str, node: ast.AST) -> Any:
    """`layer.state_size` or `layer.output_size`; MISSING for other names, or if it has none.

    A layer has a list of sizes where its cell has the size of a single state.
    """
    if name not in ("state_size", "output_size"):
        return MISSING
    kind, is_of_cell, _ = layer.class_name.partition("Cell")
    if layer.class_name == "StackedRNNCells":
        cells = layer.arguments.get("cells")
        sizes = [_of_cell(run, cell, name, node) for cell in cells or ()]
        return sizes if name == "state_size" else sizes[-1]
    if name == "state_size" and layer.class_name == "RNN":
        of_cell = _of_cell(run, layer.arguments.get("cell"), name, node)
        return [of_cell] if type(of_cell) is int else of_cell
    if kind not in STATES or (name == "output_size" and not is_of_cell):
        return MISSING
    units = layer.arguments.get("units", MISSING)
    if units is MISSING or name == "output_size":
        return units
    is_single = is_of_cell and STATES[kind] == 1
    return units if is_single else [units] * STATES[kind]


def _of_cell(run: Run, cell: Any, name: str, node: ast.AST) -> Any:
    found = attributes.find(run, cell, name, node)
    return run.unknown(run.source_of(node)) if found is MISSING else found

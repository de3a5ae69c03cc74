"""Run the equations of recurrent cells step by step on NumPy arrays."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from lstmcount.errors import LstmcountError
from lstmcount.explanation.closed_form import axes_of, blocks_of
from lstmcount.explanation.derivation import Notation
from lstmcount.explanation.expressions import compute, names, parse_equation, transposed
from lstmcount.graph.recurrence import cells, directions
from lstmcount.layers.making.unknown_arguments import has_unknown, not_known
from lstmcount.layers.rnn_wrappers import Bidirectional
from lstmcount.summary import Weight
from lstmcount.tracing.activations import function, functions
from lstmcount.tracing.arrays import Array, numpy

States = dict[str, Array]

MAX_CELLS = 500
MAX_STEPS = 15_000  # time steps, summed over all cells
MAX_VALUES = 2_000_000  # values that the equations compute, over all steps
MAX_PRODUCTS = 10**9  # multiplications of weights with inputs or states, over all steps


class CellTrace(msgspec.Struct):
    """One cell: its equations, the constants in them, and the values of each step."""

    name: str
    class_name: str
    units: int
    states: tuple[str, ...]
    equations: list[tuple[str, ast.expr]]
    shown: list[str]  # the equations as `explain` prints them
    constants: dict[str, Array]  # matrices and functions in the equations
    initial: States
    steps: list[dict[str, Array]] = []  # for each step: the equations' results by name

    def step(self, x: Array) -> Array:
        """Run one time step on its input x(t); return h(t)."""
        before = self.steps[-1] if self.steps else self.initial
        values = {**self.constants, **{name: before[name] for name in self.states}, "x": x}
        results: dict[str, Array] = {}
        for name, expression in self.equations:
            results[name] = values[name] = compute(expression, values)
        self.steps.append(results)
        return results["h"]

    @property
    def final(self) -> States:
        last = self.steps[-1] if self.steps else self.initial
        return {name: last[name] for name in self.states}


class Direction(msgspec.Struct):
    """One direction through the sequence, and the stacked cells that run at each step."""

    name: str
    backwards: bool
    cells: list[CellTrace]
    order: list[int] = []  # the time step (from 0) that each step reads
    inputs: list[Array] = []

    def run(self, sequence: Array, steps: int) -> None:
        """Run the cells over the first `steps` time steps in this direction."""
        length = len(sequence)
        every = range(length - 1, -1, -1) if self.backwards else range(length)
        self.order = list(every[:steps])
        for t in self.order:
            self.inputs.append(sequence[t])
            value = sequence[t]
            for cell in self.cells:
                value = cell.step(value)

    @property
    def outputs(self) -> Array:
        """The last cell's outputs in the order in which the steps ran: [steps, units]."""
        return numpy().stack([step["h"] for step in self.cells[-1].steps])


class Trace(msgspec.Struct):
    """A recurrent layer and its directions, after a run over a sequence."""

    layer: Any
    directions: list[Direction]

    @property
    def output(self) -> Any:
        """The layer's output without the batch axis, and without states."""
        np = numpy()
        merge = getattr(self.layer, "merge_mode", None)
        running = self.layer.layer if isinstance(self.layer, Bidirectional) else self.layer
        if not getattr(running, "return_sequences", False):
            outputs = [direction.outputs[-1] for direction in self.directions]
        else:
            outputs = [direction.outputs for direction in self.directions]
            if len(outputs) > 1:
                outputs[1] = outputs[1][::-1]
        if len(outputs) == 1:
            return outputs[0]
        merged: dict[str | None, Callable[[], Any]] = {
            "concat": lambda: np.concatenate(outputs, -1),
            "sum": lambda: outputs[0] + outputs[1],
            "ave": lambda: (outputs[0] + outputs[1]) / 2,
            "mul": lambda: outputs[0] * outputs[1],
            None: lambda: outputs,
        }
        return merged[merge]()


def unroll(
    layer: Any,
    weights: Sequence[Weight],
    arrays: Mapping[str, Array],
    sequence: Array,
    initial: Mapping[str, States] | None = None,
    steps: int | None = None,
) -> Trace:
    """Run `layer` over `sequence` [timesteps, features], or over its first `steps`.

    `arrays` has the values of `weights` by name, and `initial` the initial states of each cell by
    name; missing states are zeros. Raises `LstmcountError` for more steps than a trace may have.
    """
    running = [
        (name, backwards, list(cells(inner, name))) for name, inner, backwards in directions(layer)
    ]
    if sum(len(own) for _, _, own in running) > MAX_CELLS:
        raise LstmcountError(f"more than {MAX_CELLS} cells are too many to trace")
    runs = [
        Direction(
            name,
            backwards,
            [
                _cell(path, cell, weights, arrays, (initial or {}).get(path, {}))
                for path, cell in own
            ],
        )
        for name, backwards, own in running
    ]
    steps = len(sequence) if steps is None else min(steps, len(sequence))
    _require_short(runs, steps)
    for direction in runs:
        direction.run(sequence, steps)
    return Trace(layer, runs)


def _require_short(runs: Sequence[Direction], steps: int) -> None:
    """Raise `LstmcountError` if a trace would take minutes to run or gigabytes of memory."""
    running = [cell for direction in runs for cell in direction.cells]
    values = sum(len(cell.equations) * cell.units for cell in running)
    products = sum(array.size for cell in running for array in _arrays(cell))
    allowed = min(
        MAX_STEPS // max(len(running), 1),
        MAX_VALUES // max(values, 1),
        MAX_PRODUCTS // max(products, 1),
    )
    if steps > allowed:
        raise LstmcountError(
            f"{steps:,} time steps are too many to run; expected at most {allowed:,} for this layer"
        )


def _arrays(cell: CellTrace) -> list[Array]:
    return [value for value in cell.constants.values() if not callable(value)]


def _cell(
    path: str,
    layer: Any,
    weights: Sequence[Weight],
    arrays: Mapping[str, Array],
    initial: States,
) -> CellTrace:
    """A cell with its equations, weights and initial states, before its first step."""
    np = numpy()
    parsed = [parse_equation(text) for text in layer.equations()]
    constants = _constants(f"{path}/" if path else "", weights, arrays)
    for name in set().union(*(transposed(expression, constants) for _, expression in parsed)):
        constants[name] = constants[name].T
    notation = Notation(layer, set(constants))
    shown = [formula.text for formula in notation.formulas(parsed)]
    present = [(name, notation.present(expression)) for name, expression in parsed]
    equations = [(name, expression) for name, expression in present if expression is not None]
    activations = {
        "activation": getattr(layer, "activation", None),
        "recurrent_activation": getattr(layer, "recurrent_activation", None),
    }
    for name, chosen in activations.items():
        if has_unknown(chosen):
            raise not_known(f"{layer.name}.{name}", chosen)
    known = functions()
    variables = {"x", *constants, *layer.state_names, *(name for name, _ in equations)}
    for called in set().union(*(names(e) for _, e in equations)) - variables:
        constants[called] = function(called, known)
    for name, start in initial.items():
        if start.shape != (layer.units,):
            raise LstmcountError(f"expected {name}(0) of shape [{layer.units}], got {start.shape}")
    return CellTrace(
        name=path,
        class_name=layer.class_name,
        units=layer.units,
        states=layer.state_names,
        equations=equations,
        shown=shown,
        constants=constants,
        initial={name: initial.get(name, np.zeros(layer.units)) for name in layer.state_names},
        steps=[],
    )


def _constants(
    prefix: str, weights: Sequence[Weight], arrays: Mapping[str, Array]
) -> dict[str, Any]:
    """The blocks of the weights whose names have the prefix, under their names in the equations."""
    constants: dict[str, Any] = {}
    for weight in weights:
        if weight.name.startswith(prefix):
            bare = msgspec.structs.replace(weight, name=weight.name.removeprefix(prefix))
            constants |= _split(bare, arrays[weight.name])
    return constants


def _split(weight: Weight, array: Array) -> dict[str, Array]:
    """Split an array into the blocks of its weight, under their names in the equations."""
    kept = tuple(axis.size for axis in axes_of(weight) if axis.name)
    return {block.name: array[block.slices].reshape(kept) for block in blocks_of(weight)}

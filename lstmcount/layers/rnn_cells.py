"""Recurrent cells, which compute one time step of SimpleRNN, LSTM or GRU, and their stacks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar

from lstmcount.errors import LstmcountError, ShapeError
from lstmcount.layers.arguments import (
    Activation,
    Constraint,
    Initializer,
    LayerArgument,
    PositiveInt,
    Regularizer,
)
from lstmcount.layers.base import Layer, require_known, under
from lstmcount.shapes import UNKNOWN, Dim, Shape, Shapes, show
from lstmcount.summary import Blocks, CheckpointPaths, Named, Weight


class Cell(Layer):
    """Base of cells: inputs [batch, features] and states [batch, units] give the next states."""

    units: PositiveInt
    activation: Activation = "tanh"
    use_bias: bool = True
    kernel_initializer: Initializer = "glorot_uniform"
    recurrent_initializer: Initializer = "orthogonal"
    bias_initializer: Initializer = "zeros"
    kernel_regularizer: Regularizer = None
    recurrent_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    kernel_constraint: Constraint = None
    recurrent_constraint: Constraint = None
    bias_constraint: Constraint = None
    dropout: float = 0.0
    recurrent_dropout: float = 0.0
    seed: int | None = None

    gates: ClassVar[tuple[str, ...]] = ("h",)  # in the order of the kernel's columns
    state_names: ClassVar[tuple[str, ...]] = ("h",)
    call_arguments: ClassVar[tuple[str, ...]] = ("inputs", "states")
    needed_arguments: ClassVar[int] = 2  # only recurrent layers call a cell without states

    def check(self, step_shape: Shape, states: Shapes = None) -> None:
        require_known(step_shape, -1, "the number of features")
        if isinstance(states, dict):
            raise ShapeError(f"expected the states in a list, got {show(states)}")
        if isinstance(states, list):
            self.check_states(states)

    def check_states(self, states: list[Shapes]) -> None:
        wanted = self.state_shapes(UNKNOWN)
        sizes = [state[-1] for state in states[: len(wanted)] if type(state) is tuple and state]
        if len(sizes) < len(wanted) or any(isinstance(n, int) and n != self.units for n in sizes):
            raise ShapeError(f"expected the states {show(wanted)}, got {show(states)}")

    def weights(self, step_shape: Shape, states: Shapes = None) -> Iterable[Weight]:
        features = step_shape[-1]
        gated = Blocks("units", self.gates)
        width = len(self.gates) * self.units
        yield self.weight("kernel", (features, width), ("features", gated))
        yield self.weight("recurrent_kernel", (self.units, width), ("units", gated))
        if self.use_bias:
            yield self.weight("bias", *self.bias_shape(gated))

    def bias_shape(self, gated: Blocks) -> tuple[Shape, tuple[str | Blocks, ...]]:
        return (len(self.gates) * self.units,), (gated,)

    def output_shape(self, step_shape: Shape, states: Shapes = None) -> Shapes:
        """The shape of the output and, with `states`, those of the next states."""
        output = (step_shape[0], self.units)
        return output if states is None else [output, self.state_shapes(step_shape[0])]

    def macs(self, step_shape: Shape, states: Shapes = None) -> Dim:
        return len(self.gates) * self.units * (step_shape[-1] + self.units)

    def shape_reason(self, step_shape: Any, output_shape: Any) -> str:
        return "One time step: one output for each unit."

    def kept_states(self, step_shape: Shape, states: Shapes = None) -> Dim:
        return (len(self.gates) + 2) * self.units

    def second_biases(self) -> int:
        """How many parameters more PyTorch's layer has: a bias for both products of a gate."""
        return len(self.gates) * self.units if self.use_bias else 0

    def state_shapes(self, batch: Dim) -> list[Shapes]:
        return [(batch, self.units)] * len(self.state_names)


class SimpleRNNCell(Cell):
    """h(t) = activation(kernel·x(t) + recurrent_kernel·h(t-1) + bias)."""

    call_arguments: ClassVar[tuple[str, ...]] = ("sequence", "states")

    def equations(self) -> tuple[str, ...]:
        return ("h = activation(kernel @ x + recurrent_kernel @ h + bias)",)

    def notes(self) -> Iterator[str]:
        yield from super().notes()
        yield (
            "The output y(t) = V·h(t) + c in textbooks is not part of this layer: "
            "V and c are the kernel and the bias of a Dense layer after it."
        )


class LSTMCell(Cell):
    """An LSTM's time step: gates i (input), f (forget), o (output); states h and c."""

    recurrent_activation: Activation = "sigmoid"
    unit_forget_bias: bool = True
    implementation: int = 2

    gates: ClassVar[tuple[str, ...]] = ("i", "f", "c", "o")
    state_names: ClassVar[tuple[str, ...]] = ("h", "c")

    def equations(self) -> tuple[str, ...]:
        return (
            "f = recurrent_activation(kernel_f @ x + recurrent_kernel_f @ h + bias_f)",
            "i = recurrent_activation(kernel_i @ x + recurrent_kernel_i @ h + bias_i)",
            "o = recurrent_activation(kernel_o @ x + recurrent_kernel_o @ h + bias_o)",
            "c_tilde = activation(kernel_c @ x + recurrent_kernel_c @ h + bias_c)",
            "c = f * c + i * c_tilde",
            "h = o * activation(c)",
        )


class GRUCell(Cell):
    """A GRU's time step: gates z (update) and r (reset); state h."""

    recurrent_activation: Activation = "sigmoid"
    reset_after: bool = True
    implementation: int = 2

    gates: ClassVar[tuple[str, ...]] = ("z", "r", "h")

    def bias_shape(self, gated: Blocks) -> tuple[Shape, tuple[str | Blocks, ...]]:
        if not self.reset_after:
            return super().bias_shape(gated)
        # With reset_after the reset gate multiplies the recurrent product, which has its own bias.
        return (2, 3 * self.units), (Blocks("", ("input", "recurrent")), gated)

    def second_biases(self) -> int:
        return 0 if self.reset_after else super().second_biases()

    def equations(self) -> tuple[str, ...]:
        if not self.reset_after:
            return (
                "z = recurrent_activation(kernel_z @ x + recurrent_kernel_z @ h + bias_z)",
                "r = recurrent_activation(kernel_r @ x + recurrent_kernel_r @ h + bias_r)",
                "h_tilde = activation(kernel_h @ x + recurrent_kernel_h @ (r * h) + bias_h)",
                "h = z * h + (1 - z) * h_tilde",
            )
        return (
            "z = recurrent_activation("
            "kernel_z @ x + bias_input_z + recurrent_kernel_z @ h + bias_recurrent_z)",
            "r = recurrent_activation("
            "kernel_r @ x + bias_input_r + recurrent_kernel_r @ h + bias_recurrent_r)",
            "h_tilde = activation("
            "kernel_h @ x + bias_input_h + r * (recurrent_kernel_h @ h + bias_recurrent_h))",
            "h = z * h + (1 - z) * h_tilde",
        )

    def notes(self) -> Iterator[str]:
        yield from super().notes()
        if not self.use_bias:
            return
        bias = 3 * self.units
        if self.reset_after:
            yield (
                "reset_after is true (the default, and what cuDNN computes): the reset gate "
                "multiplies the recurrent product, which has its own bias. So the bias is "
                f"doubled: 2·3·{self.units} = {2 * bias:,}; with reset_after: false it is "
                f"{bias:,}. PyTorch's nn.GRU counts as reset_after: true."
            )
        else:
            yield (
                "reset_after is false (Cho et al., 2014): the reset gate multiplies h(t-1) before "
                f"the recurrent product, so one bias is enough: 3·{self.units} = {bias:,}. With "
                f"reset_after: true (the default since TensorFlow 2) it is {2 * bias:,}."
            )


class StackedRNNCells(Layer):
    """A stack of cells, of which each reads the output of the cell before."""

    cells: LayerArgument

    layer_arguments: ClassVar[tuple[str, ...]] = ("cells",)
    call_arguments: ClassVar[tuple[str, ...]] = ("inputs", "states")
    needed_arguments: ClassVar[int] = 2

    def __post_init__(self) -> None:
        for cell in self.cells if isinstance(self.cells, list) else [self.cells]:
            if not is_cell(cell):
                got = getattr(cell, "class_name", cell)
                raise LstmcountError(f"expected cells, got {got}", path=("cells",))

    def each(self, step: Shape) -> Iterator[tuple[Any, Shape]]:
        """The cells with their input shapes."""
        for cell in self.cells:
            yield cell, step
            step = cell.output_shape(step)

    def inner(self) -> list[tuple[str, Any]]:
        return [(cell.name, cell) for cell in self.cells]

    def checkpoint_paths(self, named: Named) -> CheckpointPaths:
        from lstmcount.layers.checkpoint_paths import list_paths

        return list_paths("cells", self.inner(), named)

    def notes(self) -> Iterator[str]:
        for cell in self.cells:
            yield from cell.notes()

    def check(self, step: Shape, states: Shapes = None) -> None:
        for cell, shape in self.each(step):
            cell.accept(shape)
        for cell, state in zip(
            self.cells, states if isinstance(states, list) else [], strict=False
        ):
            if isinstance(cell, Cell):
                cell.check_states([state] if type(state) is tuple else state)

    def weights(self, step: Shape, states: Shapes = None) -> Iterator[Weight]:
        for cell, shape in self.each(step):
            yield from under(cell.name, cell.weights(shape))

    def output_shape(self, step: Shape, states: Shapes = None) -> Shapes:
        batch = step[0]
        for cell, shape in self.each(step):
            step = cell.output_shape(shape)
        return step if states is None else [step, self.state_shapes(batch)]

    def macs(self, step: Shape, states: Shapes = None) -> Dim:
        return sum(cell.macs(shape) for cell, shape in self.each(step))

    def shape_reason(self, step: Any, output: Any) -> str:
        return "One time step: the output of the last cell."

    def kept_states(self, step: Shape, states: Shapes = None) -> Dim:
        return sum(cell.kept_states(shape) for cell, shape in self.each(step))

    def state_shapes(self, batch: Dim) -> list[Shapes]:
        """The state shapes of each cell: one shape, or a list if the cell has several states."""
        states = (cell.state_shapes(batch) for cell in self.cells)
        return [shapes[0] if len(shapes) == 1 else shapes for shapes in states]


def is_cell(layer: Any) -> bool:
    """Whether the layer has states, so that a recurrent layer can run it."""
    return hasattr(layer, "state_shapes")

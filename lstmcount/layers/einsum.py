"""EinsumDense, which contracts its input and a kernel by an equation."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import Any, ClassVar

import msgspec

from lstmcount.errors import LstmcountError, ShapeError
from lstmcount.layers.arguments import (
    Activation,
    Constraint,
    Initializer,
    PositiveInt,
    Regularizer,
)
from lstmcount.layers.base import Layer, require_tensor
from lstmcount.layers.quantization import (
    check_quantization,
    float8_state,
    lora_factors,
    quantization_notes,
    quantized_tensor,
    weight_expression,
)
from lstmcount.shapes import UNKNOWN, Dim, Shape, Unknown, show
from lstmcount.summary import CheckpointPaths, Named, Weight

_EQUATION = re.compile(r"(0?)([a-zA-Z]+)(0?),([a-zA-Z]+)->(0?)([a-zA-Z]+)(0?)")


class ContractionShapes(msgspec.Struct, frozen=True):
    """The shapes that an equation gives for one input shape."""

    sizes: dict[str, Dim]  # by label
    kernel: Shape
    bias: Shape
    output: Shape
    elided: Shape  # the dimensions that the ellipsis stands in for


class EinsumDense(Layer):
    """output = activation(einsum(equation, input, kernel) + bias).

    Weights: the product of the sizes of the kernel's labels, plus that of `bias_axes`.

    >>> layer = EinsumDense(equation="abc,cd->abd", output_shape_=[None, 64], bias_axes="d")
    >>> [w.shape for w in layer.weights((1, 32, 128))]
    [(128, 64), (64,)]
    """

    equation: str
    output_shape_: int | list[int | None] = msgspec.field(name="output_shape")
    activation: Activation = None
    bias_axes: str | None = None
    kernel_initializer: Initializer = "glorot_uniform"
    bias_initializer: Initializer = "zeros"
    kernel_regularizer: Regularizer = None
    bias_regularizer: Regularizer = None
    kernel_constraint: Constraint = None
    bias_constraint: Constraint = None
    lora_rank: PositiveInt | None = None
    lora_alpha: float | None = None
    gptq_unpacked_column_size: Any = None
    quantization_config: Any = None

    fixed_rank: ClassVar[bool] = True
    saves_no_additions: ClassVar[bool] = True
    quantization_modes: ClassVar[tuple[str, ...]] = ("int8", "int4", "float8")

    def check_arguments(self) -> None:
        check_quantization(self, self.kernel_constraint)

    def __post_init__(self) -> None:
        mode, kernel = self.dtype_policy.mode, self._parts()[1]
        if mode not in (None, "float8") and "..." in self.equation:
            raise LstmcountError(f"{mode} does not work with an ellipsis", path=("equation",))
        if mode in ("gptq", "awq") and len(kernel) not in (2, 3):
            raise LstmcountError(f"{mode} needs a kernel of two or three axes", path=("equation",))

    def _parts(self) -> tuple[str, str, str, bool]:
        """The labels of input, kernel and output, and whether the equation begins with `...`."""
        match = _EQUATION.fullmatch(self.equation.replace("...", "0"))
        if match is None:
            raise LstmcountError(
                f"expected an equation such as ab,bc->ac or ...x,xy->...y, got {self.equation!r}",
                path=("equation",),
            )
        before, inputs, after, kernel, out_before, output, out_after = match.groups()
        if (before, after) != (out_before, out_after) or (before and after):
            raise LstmcountError(
                "expected the ellipsis on the same side of input and output, got "
                f"{self.equation!r}",
                path=("equation",),
            )
        if after and len(inputs) == 1:
            raise LstmcountError(
                f"expected two input labels before an ellipsis, got {self.equation!r}",
                path=("equation",),
            )
        return inputs, kernel, output, bool(before)

    def shapes(self, input_shape: Shape) -> ContractionShapes:
        inputs, kernel, output, left = self._parts()
        count = len(input_shape) - len(inputs)
        if count < 0:
            raise ShapeError(
                f"{self.equation!r} needs a {len(inputs)}-D input, got {show(input_shape)}"
            )
        start = count if left else 0
        sizes = dict(zip(inputs, input_shape[start:], strict=False))
        out = self._out(input_shape, count, left)
        if len(out) < len(output) + start:
            declared = self.output_shape_
            raise ShapeError(f"output_shape {declared} is too short for {self.equation!r}")
        out_sizes = dict(zip(output, out[start:], strict=False))
        _require_same(sizes, out_sizes)
        self._check_labels(inputs, kernel, output)
        bias: list[Dim] = []
        if self.bias_axes:
            first = min(output.find(label) for label in self.bias_axes)
            bias = [out_sizes[c] if c in self.bias_axes else 1 for c in output[first:]]
            bias += [1] * (0 if left else count)
        return ContractionShapes(
            {**out_sizes, **sizes},
            tuple(out_sizes.get(label, sizes.get(label, UNKNOWN)) for label in kernel),
            tuple(bias),
            tuple(out),
            input_shape[:count] if left else input_shape[len(input_shape) - count :],
        )

    def _out(self, input_shape: Shape, count: int, left: bool) -> list[Any]:
        """The output's dimensions, including the `count` dimensions of the input's ellipsis."""
        declared = self.output_shape_
        dims: list[Any] = [declared] if not isinstance(declared, list) else list(declared)
        out = [input_shape[0], *(UNKNOWN if dim is None else dim for dim in dims)]
        if left:
            out[1:1] = reversed(input_shape[1:count])  # Keras inserts each at axis 1
        elif count:
            out += input_shape[len(input_shape) - count :]
        return out

    def _check_labels(self, inputs: str, kernel: str, output: str) -> None:
        for label in kernel:
            if label not in inputs and label not in output:
                raise ShapeError(f"{label!r} of the kernel is in neither input nor output")
        for label in output:
            if label not in inputs and label not in kernel:
                raise ShapeError(f"{label!r} of the output is in neither input nor kernel")
        for label in self.bias_axes or "":
            if label not in output:
                raise ShapeError(f"{label!r} of bias_axes is not in the output")

    def check(self, input_shape: Shape) -> None:
        require_tensor(input_shape)
        self.shapes(input_shape)

    def weights(self, input_shape: Shape) -> Iterator[Weight]:
        shapes = self.shapes(input_shape)
        inputs, kernel, output, _ = self._parts()
        mode = self.dtype_policy.mode
        if mode == "float8":
            yield from float8_state(self)
        if mode in (None, "float8"):
            yield self.weight("kernel", shapes.kernel, tuple(kernel), trainable=not self.lora_rank)
        if self.bias_axes:
            first = min(output.find(label) for label in self.bias_axes)
            axes = [c if c in self.bias_axes else "1" for c in output[first:]]
            axes += ["1"] * (len(shapes.bias) - len(axes))
            yield self.weight("bias", shapes.bias, tuple(axes))
        yield from lora_factors(self, "kernel", shapes.kernel, tuple(kernel))
        if mode not in (None, "float8"):
            scale = self._scale(shapes)
            rows = math.prod([shapes.sizes[c] for c in kernel if c in inputs and c not in output])
            yield from quantized_tensor(self, shapes.kernel, scale, rows)

    def _scale(self, shapes: ContractionShapes) -> Shape:
        """The shape of an 8-bit kernel's scales, with axes in the order of the output.

        Keras puts an axis that is summed over in place of an output axis that the kernel lacks. If
        no such place is left, Keras puts it at the place that it used last, and drops it later.
        """
        inputs, kernel, output, _ = self._parts()
        place = output.find(kernel[-1])
        free = [i for i, label in enumerate(output) if label not in inputs]
        for label in inputs:
            if label not in output and free:
                place = free.pop(0)
        free = [i for i, label in enumerate(output) if label not in kernel]
        order = [kernel.index(label) for label in output if label in kernel]
        dropped = []
        for axis, label in enumerate(kernel):
            if label not in output:
                if free:
                    place = free.pop(0)
                else:
                    dropped.append(axis)
                order.insert(place, axis)
        scale = [shapes.kernel[axis] if kernel[axis] in output else 1 for axis in order]
        for axis in free:
            scale.insert(axis, 1)
        for axis in reversed(dropped):
            scale.pop(axis)
        return tuple(scale)

    def checkpoint_paths(self, named: Named) -> CheckpointPaths:
        from lstmcount.layers.checkpoint_paths import ordered_paths

        # these modes have another kernel variable
        grouped = self.dtype_policy.mode in ("gptq", "awq")
        return ordered_paths(named, *(() if grouped else ("kernel", "bias")))

    def output_shape(self, input_shape: Shape) -> Shape:
        return self.shapes(input_shape).output

    def equations(self) -> tuple[str, ...]:
        kernel = weight_expression(self, "kernel", factors=bool(self.lora_rank))
        return (f"y = activation(einsum(x, {kernel}) + bias)",)

    def notes(self) -> Iterator[str]:
        inputs, kernel, _, _ = self._parts()
        yield (
            f"The labels of {self.equation} name axes: {', '.join(inputs)} of the input and "
            f"{', '.join(kernel)} of the kernel. Axes that the output lacks are summed over."
        )
        yield from quantization_notes(self, self.lora_rank)

    def shape_reason(self, input_shape: Any, output_shape: Any) -> str:
        return f"The output's labels in {self.equation}, with the sizes of output_shape."

    def macs(self, input_shape: Shape) -> Dim:
        shapes = self.shapes(input_shape)
        inputs, kernel, output, left = self._parts()
        labels = dict.fromkeys(inputs + kernel + output)
        elided = shapes.elided
        if left and elided:
            elided = elided[1:]
        elif inputs:
            labels.pop(inputs[0])  # MACs are for one sample: skip the batch
        sizes = shapes.sizes
        each: Dim = math.prod(elided) * math.prod([sizes[label] for label in labels])
        if not self.lora_rank:
            return each
        if self.dtype_policy.mode is None:  # Keras adds the factors' product to the kernel
            size: Dim = math.prod(shapes.kernel)
            return each + size * self.lora_rank
        summed: Dim = math.prod([sizes[label] for label in kernel if label not in output])
        return each + (each // sizes[kernel[-1]] + each // summed) * self.lora_rank


def _require_same(sizes: dict[str, Dim], out_sizes: dict[str, Dim]) -> None:
    """Raise `ShapeError` if input and output have different sizes for a label."""
    for label, size in sizes.items():
        other = out_sizes.get(label)
        # Keras takes None for different from a number; a named unknown may turn out equal.
        is_open = isinstance(size, Unknown) and size.text is None
        if isinstance(other, int) and (isinstance(size, int) or is_open) and other != size:
            raise ShapeError(f"{label!r} is {size} in the input but {other} in the output")

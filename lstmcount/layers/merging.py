"""Layers that merge several tensors: element by element, by concatenation or as products."""

from __future__ import annotations

import math
from functools import reduce
from typing import Any, ClassVar

from lstmcount.errors import ShapeError
from lstmcount.layers.base import Layer, require_min_rank, require_tensor
from lstmcount.shapes import UNKNOWN, Dim, Shape, known, show


class Merge(Layer):
    """Base of Add, Multiply and so on, whose inputs are broadcast to one shape."""

    least: ClassVar[int] = 1
    takes_structures: ClassVar[bool] = True
    supports_masking: ClassVar[bool] = True

    def check(self, inputs: list[Shape]) -> None:
        if not isinstance(inputs, list) or len(inputs) < self.least:
            count = "a list of inputs" if self.least < 2 else f"a list of {self.least} inputs"
            raise ShapeError(f"expected {count}, got {show(inputs)}")
        for shape in inputs:
            require_tensor(shape)
        self.check_shapes(inputs)

    def check_shapes(self, inputs: list[Shape]) -> None:
        if len({shape[0] for shape in inputs if shape and isinstance(shape[0], int)}) > 1:
            raise ShapeError(f"the batch sizes of {show(inputs)} differ")
        merged = inputs[0]
        for shape in inputs[1:]:
            for a, b in zip(reversed(shape[1:]), reversed(merged[1:]), strict=False):
                if isinstance(a, int) and isinstance(b, int) and a != b and 1 not in (a, b):
                    raise ShapeError(
                        f"the inputs {show(merged)} and {show(shape)} cannot be broadcast"
                    )
            merged = (*merged[:1], *broadcast(merged[1:], shape[1:]))

    def output_shape(self, inputs: list[Shape]) -> Shape:
        merged = reduce(broadcast, [shape[1:] for shape in inputs])
        batches = {shape[0] for shape in inputs if known(shape[0])}
        return (batches.pop() if len(batches) == 1 else UNKNOWN, *merged)

    def compute_mask(self, inputs: Any, mask: Any, operations: Any) -> Any:
        if not isinstance(mask, list) or None in mask:
            return None
        return reduce(lambda a, b: operations("LogicalOr", a, b), mask)


def broadcast(shape: Shape, other: Shape) -> Shape:
    """
    >>> broadcast((5, 1, 3), (7, 3))
    (5, 7, 3)
    """
    if len(shape) < len(other):
        shape, other = other, shape
    split = len(shape) - len(other)
    return shape[:split] + tuple(map(_wider, shape[split:], other))


def _wider(a: Dim, b: Dim) -> Dim:
    if not known(a) or not known(b):
        return a if not known(a) else b
    if isinstance(a, int) and a == 1:
        return b
    return a


class Add(Merge):
    """Adds its inputs element by element."""


class Average(Merge):
    """Averages its inputs element by element."""


class Maximum(Merge):
    """Takes the maximum of its inputs element by element."""


class Minimum(Merge):
    """Takes the minimum of its inputs element by element."""


class Multiply(Merge):
    """Multiplies its inputs element by element."""


class Subtract(Merge):
    """Subtracts the second of two inputs from the first."""

    def check(self, inputs: list[Shape]) -> None:
        super().check(inputs)
        if len(inputs) != 2:
            raise ShapeError(f"expected 2 inputs, got {len(inputs)}")


class Concatenate(Merge):
    """Joins its inputs along an axis. The sizes of all other axes must be equal.

    >>> Concatenate().output_shape([(1, 5, 3), (1, 5, 4)])
    (1, 5, 7)
    """

    axis: int = -1

    def check_shapes(self, inputs: list[Shape]) -> None:
        first, rank = inputs[0], len(inputs[0])
        # Keras compares inputs in pairs, so it does not check the axis of a single input.
        beyond = self.axis >= rank and (len(inputs) > 1 or not rank)
        if self.axis < -rank or beyond:
            raise ShapeError(f"there is no axis {self.axis} in {show(first)}")
        sizes: list[set[int]] = [set() for _ in first]
        for shape in inputs:
            for size, dim in zip(sizes, shape, strict=False):
                size |= {dim} if isinstance(dim, int) else set()
            sizes[self.axis % rank].clear()
            if len(shape) != rank or any(len(size) > 1 for size in sizes):
                raise ShapeError(
                    f"the inputs {show(first)} and {show(shape)} differ outside axis {self.axis}"
                )

    def output_shape(self, inputs: list[Shape]) -> Shape:
        axis = self.axis % len(inputs[0])
        dims = list(inputs[0])
        dims[axis] = sum(shape[axis] for shape in inputs)
        return tuple(dims)

    def compute_mask(self, inputs: Any, mask: Any, operations: Any) -> Any:
        if not isinstance(mask, list) or all(each is None for each in mask):
            return None
        widened = []
        for tensor, each in zip(inputs, mask, strict=True):
            if each is None:
                each = operations("OnesLike", tensor, dtype="bool")
            elif operations.rank(each) < operations.rank(tensor):
                each = operations("ExpandDims", each, axis=-1)
                none = operations("ZerosLike", tensor, dtype="bool")
                each = operations("LogicalOr", each, none)
            widened.append(each)
        joined = operations("Concatenate", widened, axis=self.axis)
        return operations("Any", joined, axis=-1, keepdims=False)


class Dot(Merge):
    """The dot product of two tensors along one axis of each, for each sample.

    >>> Dot(axes=[2, 1]).output_shape([(1, 5, 8), (1, 8, 3)])
    (1, 5, 3)
    """

    axes: int | list[int]
    normalize: bool = False

    least: ClassVar[int] = 2

    def compute_mask(self, inputs: Any, mask: Any, operations: Any) -> Any:
        """Return None: a mask of an input does not fit the output."""

    def _both(self, inputs: list[Shape]) -> list[int]:
        if isinstance(self.axes, list):
            return self.axes
        if self.axes < 0:
            return [self.axes % len(shape) for shape in inputs]
        return [self.axes] * 2

    def check_shapes(self, inputs: list[Shape]) -> None:
        if len(inputs) != 2:
            raise ShapeError(f"expected 2 inputs, got {len(inputs)}")
        axes = self._both(inputs)
        if len(axes) != 2 or any(
            not -len(shape) <= axis < len(shape) for shape, axis in zip(inputs, axes, strict=False)
        ):
            raise ShapeError(f"there are no axes {self.axes} in {show(inputs)}")
        require_min_rank(inputs[1], 2, "batch, …, features")
        a, b = (shape[axis] for shape, axis in zip(inputs, axes, strict=True))
        if known(a) != known(b) or (isinstance(a, int) and isinstance(b, int) and a != b):
            raise ShapeError(
                f"axis {axes[0]} of {show(inputs[0])} differs from axis {axes[1]} of "
                f"{show(inputs[1])}"
            )

    def output_shape(self, inputs: list[Shape]) -> Shape:
        first, second = map(list, inputs)
        axes = self._both(inputs)
        first.pop(axes[0])
        second.pop(axes[1])
        output = (*first, *second[1:])
        return output if len(output) > 1 else (*output, 1)

    def macs(self, inputs: list[Shape]) -> Dim:
        contracted = inputs[0][self._both(inputs)[0]]
        return math.prod(self.output_shape(inputs)[1:]) * contracted

"""Operations for TensorFlow functions that have no equivalent in Keras."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import msgspec

from lstmcount.layers.ops.base import Operation, array_shape
from lstmcount.layers.ops.indexing import GetItem
from lstmcount.layers.ops.joining import Split
from lstmcount.layers.ops.products import Einsum, Matmul
from lstmcount.layers.ops.rearranging import Pad, Reshape, Squeeze
from lstmcount.layers.ops.reductions import Reduction, Segments
from lstmcount.layers.ops.shapes import (
    axes_of,
    axis_of,
    broadcast,
    is_one,
    passed_size,
    replaced,
    size,
    smaller,
)
from lstmcount.shapes import UNKNOWN, Dim, Shape, Shapes, Unknown


class Identity(Operation):
    """An elementwise function; further arguments do not affect the shape."""

    def call(self, x: Any, *args: Any, **kwargs: Any) -> Shapes:
        return array_shape(x)


class AddAll(Operation):
    takes_lists: ClassVar[bool] = True

    def call(self, inputs: list[Any]) -> Shape:
        return broadcast(*map(array_shape, inputs))


class TFBroadcast(Operation):
    """An elementwise function of two tensors."""

    tensors: ClassVar[int] = 2

    def call(self, x: Any, y: Any) -> Shape:
        return broadcast(array_shape(x), array_shape(y))


class TFReduction(Reduction):
    """A reduction along some axes."""


class TFSegments(Segments):
    """A reduction of each segment."""


class TFBothSigns(Operation):
    """relu(x) and relu(-x), concatenated along an axis."""

    axis: int = -1

    def call(self, x: Shape) -> Shape:
        axis = axis_of(self.axis, len(x))
        return replaced(x, axis, x[axis] * 2)


class TFNormalize(Identity):
    axis: Any = None
    epsilon: float = 1e-12


class TFAddBias(Identity):
    data_format: str | None = None


class TFMatmul(Matmul):
    transpose_a: bool = False
    transpose_b: bool = False
    adjoint_a: bool = False
    adjoint_b: bool = False

    def call(self, a: Any, b: Any) -> Shape:
        return super().call(*self._transposed(a, b))

    def contractions(self, a: Any, b: Any) -> Dim:
        shape1, shape2 = self._transposed(a, b)
        return size(super().call(shape1, shape2)[1:]) * shape1[-1]

    def _transposed(self, a: Any, b: Any) -> tuple[Shape, Shape]:
        shape1, shape2 = array_shape(a), array_shape(b)
        if self.transpose_a or self.adjoint_a:
            shape1 = _transposed(shape1)
        if self.transpose_b or self.adjoint_b:
            shape2 = _transposed(shape2)
        return shape1, shape2


def _transposed(shape: Shape) -> Shape:
    return (*shape[:-2], shape[-1], shape[-2])


class TFEinsum(Operation):
    takes_lists: ClassVar[bool] = True

    equation: str

    def call(self, operands: list[Any]) -> Shape:
        return Einsum(subscripts=self.equation).call(*operands)

    def contractions(self, operands: list[Any]) -> Dim:
        return Einsum(subscripts=self.equation).contractions(*operands)


class TFMatvec(Operation):
    transpose_a: bool = False

    def call(self, a: Any, b: Any) -> Shape:
        matrix, vector = array_shape(a), array_shape(b)
        if self.transpose_a:
            matrix = _transposed(matrix)
        return (*broadcast(matrix[:-2], vector[:-1]), matrix[-2])


class TFTile(Operation):
    def call(self, input: Shape, multiples: Any) -> Shape:
        if not isinstance(multiples, list):
            return (UNKNOWN,) * len(input)
        times = map(passed_size, multiples)
        return tuple([dim * n for dim, n in zip(input, times, strict=True)])


class TFDiag(Operation):
    def call(self, diagonal: Shape) -> Shape:
        return (*diagonal, diagonal[-1])


class TFDiagPart(Operation):
    def call(self, input: Shape) -> Shape:
        return (*input[:-2], smaller(input[-2], input[-1]))


class TFBatchFlatten(Operation):
    """Merges all axes except the batch; Keras 2 infers both dimensions as unknown."""

    def call(self, x: Shape) -> Shape:
        return (UNKNOWN, UNKNOWN)


def passed_shape(value: Any) -> Shape | None:
    """The shape in an argument; tensors in it are unknown dimensions. None if it is unknown.

    >>> passed_shape([-1, UNKNOWN, 3]), passed_shape((4,)), passed_shape((UNKNOWN,))
    ((-1, ?, 3), (?, ?, ?, ?), None)
    """
    if isinstance(value, list):
        return tuple(map(passed_size, value))
    if isinstance(value, int):
        return (value,)
    if isinstance(value, tuple) and len(value) == 1 and isinstance(value[0], int):
        return (UNKNOWN,) * value[0]
    return None


class TFReshape(Operation):
    """Reshapes to the shape in the call; a dimension of -1 is inferred."""

    def call(self, tensor: Any, shape: Any) -> Shapes:
        target = passed_shape(shape)
        if target is None:
            return None
        if -1 in target and not any(isinstance(dim, Unknown) for dim in target):
            return Reshape(newshape=list(target)).call(array_shape(tensor))
        return tuple([UNKNOWN if dim == -1 else dim for dim in target])


class TFBroadcastTo(TFReshape):
    """Broadcasts to the shape in the call."""


class TFPad(Pad):
    pad_width: Any = msgspec.field(name="paddings")
    mode: str = "CONSTANT"
    constant_values: Any = 0


class TFConvTranspose(Operation):
    """The output has the shape in the call, but the batch size of the input."""

    def call(self, input: Shape, output_shape: Any) -> Shapes:
        target = passed_shape(output_shape)
        return None if target is None else (input[0], *target[1:])


class TFEnsureShape(Operation):
    def call(self, x: Shape, shape: list[int | None]) -> Shape:
        return tuple([dim if want is None else want for dim, want in zip(x, shape, strict=True)])


class TFFilled(Operation):
    def call(self, shape: Any) -> Shapes:
        return passed_shape(shape)


class TFRange(Operation):
    tensors: ClassVar[int] = 0

    def call(self, start: Any, limit: Any = None, delta: Any = None) -> Shape:
        first, last = (0, start) if limit is None else (start, limit)
        step = 1 if delta is None else delta
        if all(isinstance(value, int | float) for value in (first, last, step)):
            return (max(0, math.ceil((last - first) / step)),)
        return (UNKNOWN,)


class TFSqueeze(Squeeze):
    def call(self, input: Shape) -> Shapes:
        if self.axis in (None, []):
            if any(isinstance(dim, Unknown) for dim in input):
                return None
            return tuple([dim for dim in input if not is_one(dim)])
        removed = axes_of(self.axis or [], len(input))
        return tuple([dim for axis, dim in enumerate(input) if axis not in removed])


class TFSplit(Operation):
    num_or_size_splits: Any
    axis: int = 0

    def call(self, value: Shape) -> list[Shape]:
        parts, axis = self.num_or_size_splits, axis_of(self.axis, len(value))
        if isinstance(parts, int):
            return Split(indices_or_sections=parts, axis=axis).call(value)
        known = [part for part in parts if part != -1]
        rest = value[axis] - sum(known)
        return [replaced(value, axis, rest if part == -1 else part) for part in parts]


class TFGather(Operation):
    axis: int | None = None
    batch_dims: int | None = 0
    tensors: ClassVar[int] = 2

    def call(self, params: Any, indices: Any) -> Shape:
        shape, picked = array_shape(params), array_shape(indices)
        batch = self.batch_dims or 0
        axis = axis_of(batch if self.axis is None else self.axis, len(shape))
        return (*shape[:axis], *picked[batch:], *shape[axis + 1 :])


class TFGatherNd(Operation):
    batch_dims: int | None = 0
    tensors: ClassVar[int] = 2

    def call(self, params: Any, indices: Any) -> Shapes:
        shape, picked = array_shape(params), array_shape(indices)
        batch = self.batch_dims or 0
        if not isinstance(picked[-1], int):
            return None
        return (*picked[:-1], *shape[batch + picked[-1] :])


class TFSlice(Operation):
    def call(self, input: Shape, begin: Any, size: Any) -> Shape:
        lengths = passed_shape(size) or (UNKNOWN,) * len(input)
        firsts = passed_shape(begin) or (UNKNOWN,) * len(input)
        parts = zip(input, firsts, lengths, strict=True)
        return tuple([dim - first if length == -1 else length for dim, first, length in parts])


class TFStridedSlice(Operation):
    """Slices by begin, end and strides, whose meaning five bit masks change."""

    begin: Any
    end: Any
    strides: Any = None
    begin_mask: int = 0
    end_mask: int = 0
    ellipsis_mask: int = 0
    new_axis_mask: int = 0
    shrink_axis_mask: int = 0

    def call(self, input: Shape) -> Shape:
        """
        >>> slicing = TFStridedSlice(begin=[0, 1], end=[0, 3], begin_mask=1, end_mask=1)
        >>> slicing.output_shape((2, 8, 9))
        (2, 2, 9)
        """
        if not isinstance(self.begin, list) or not isinstance(self.end, list):
            return (UNKNOWN,) * len(input)
        return GetItem().call(input, self.keys())

    def keys(self) -> list[Any]:
        """The equivalent key for `GetItem`: numbers, slices, None and an ellipsis.

        >>> TFStridedSlice(begin=[0, 1], end=[0, 3], end_mask=1, shrink_axis_mask=2).keys()
        [slice(0, None, None), 1]
        """
        keys: list[Any] = []
        strides = self.strides or [1] * len(self.begin)
        for i, (begin, end, stride) in enumerate(zip(self.begin, self.end, strides, strict=True)):
            bit = 1 << i
            if self.ellipsis_mask & bit:
                keys.append(Ellipsis)
            elif self.new_axis_mask & bit:
                keys.append(None)
            elif self.shrink_axis_mask & bit:
                keys.append(begin)
            else:
                first = None if self.begin_mask & bit else begin
                last = None if self.end_mask & bit else end
                keys.append(slice(first, last, None if stride == 1 else stride))
        return keys


class TFBooleanMask(Operation):
    axis: int | None = None

    def call(self, tensor: Shape, mask: Any) -> Shape:
        axis = self.axis or 0
        return (*tensor[:axis], UNKNOWN, *tensor[axis + len(array_shape(mask)) :])


class TFWhere(Operation):
    """Chooses between two tensors, or gives the indices of true elements."""

    def call(self, condition: Any, x: Any = None, y: Any = None) -> Shape:
        where = array_shape(condition)
        if x is None:
            return (UNKNOWN, len(where))
        return broadcast(where, array_shape(x), array_shape(y))


class TFSequenceMask(Operation):
    maxlen: Any = None

    def call(self, lengths: Shape) -> Shape:
        return (*lengths, self.maxlen if isinstance(self.maxlen, int) else UNKNOWN)


class TFShape(Operation):
    def call(self, input: Shape) -> Shape:
        return (len(input),)


class TFBatchToSpace(Operation):
    block_shape: list[int]
    crops: list[list[int]]

    def call(self, input: Shape) -> Shape:
        grown = [
            dim * block - sum(crops)
            for dim, crops, block in zip(input[1:], self.crops, self.block_shape, strict=False)
        ]
        return (input[0] // math.prod(self.block_shape), *grown, *input[1 + len(grown) :])


class TFSpaceToBatch(Operation):
    block_shape: list[int]
    paddings: list[list[int]]

    def call(self, input: Shape) -> Shape:
        padded = [
            (dim + sum(pads)) // block
            for dim, pads, block in zip(input[1:], self.paddings, self.block_shape, strict=False)
        ]
        rest = input[1 + len(padded) :]
        return (input[0] * math.prod(self.block_shape), *padded, *rest)


# -- signals --------------------------------------------------------------------------------------


class TFFrames(Operation):
    frame_length: int
    frame_step: int

    def call(self, signal: Shape) -> Shape:
        count = (signal[-1] - self.frame_length) // self.frame_step + 1
        return (*signal[:-1], count, self.frame_length)


class TFSpectrogram(TFFrames):
    fft_length: int | None = None

    def call(self, signal: Shape) -> Shape:
        length = self.fft_length or 1 << math.ceil(math.log2(self.frame_length))
        return (*super().call(signal)[:-1], length // 2 + 1)


class TFRealTransform(Operation):
    fft_length: Any = None

    def call(self, input: Shape) -> Shape:
        length = self.fft_length[-1] if isinstance(self.fft_length, list) else self.fft_length
        return (*input[:-1], (input[-1] if length is None else length) // 2 + 1)

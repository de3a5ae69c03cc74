"""Operations of neural networks: gates, losses, attention and blocks of pixels."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

from msgspec import Meta

from lstmcount.errors import ShapeError
from lstmcount.layers.arguments import DataFormat
from lstmcount.layers.ops.base import Operation, array_shape
from lstmcount.layers.ops.shapes import axis_of, differ, is_one, replaced
from lstmcount.shapes import Dim, Shape, Unknown, show


class Glu(Operation):
    """A gated linear unit: half of an axis gates the other half."""

    axis: int = -1

    def call(self, x: Shape) -> Shape:
        dim = x[axis_of(self.axis, len(x))]
        if isinstance(dim, int) and dim % 2:
            raise ShapeError(f"expected an even size of axis {self.axis}, got {show(x)}")
        return replaced(x, self.axis, dim // 2)


class DepthToSpace(Operation):
    block_size: Annotated[int, Meta(ge=2)]
    data_format: DataFormat = None

    def call(self, x: Shape) -> Shape:
        """
        >>> DepthToSpace(block_size=2).output_shape((1, 4, 4, 8))
        (1, 8, 8, 2)
        """
        batch, height, width, channels = self._parted(x)
        block = self.block_size
        _require_multiple(channels, block * block)
        return self._joined(batch, height * block, width * block, channels // (block * block))

    def _parted(self, x: Shape) -> Shape:
        if len(x) != 4:
            raise ShapeError(f"expected a batch of images, got {show(x)}")
        if self.data_format == "channels_first":
            return (x[0], x[2], x[3], x[1])
        return x

    def _joined(self, batch: Dim, height: Dim, width: Dim, channels: Dim) -> Shape:
        if self.data_format == "channels_first":
            return (batch, channels, height, width)
        return (batch, height, width, channels)


class SpaceToDepth(DepthToSpace):
    def call(self, x: Shape) -> Shape:
        batch, height, width, channels = self._parted(x)
        block = self.block_size
        _require_multiple(height, block)
        _require_multiple(width, block)
        return self._joined(batch, height // block, width // block, channels * block * block)


def _require_multiple(dim: Dim, of: int) -> None:
    if isinstance(dim, int) and dim % of:
        raise ShapeError(f"expected a multiple of {of}, got {dim}")


class BinaryCrossentropy(Operation):
    tensors: ClassVar[int] = 2

    def call(self, target: Any, output: Any) -> Shape:
        _require_equal(array_shape(target), array_shape(output))
        return array_shape(output)


class CategoricalCrossentropy(Operation):
    tensors: ClassVar[int] = 2

    def call(self, target: Any, output: Any) -> Shape:
        _require_equal(array_shape(target), array_shape(output))
        return array_shape(output)[:-1]


class SparseCategoricalCrossentropy(Operation):
    axis: int = -1
    tensors: ClassVar[int] = 2

    def call(self, target: Any, output: Any) -> Shape:
        labels, scores = array_shape(target), array_shape(output)
        if len(labels) == len(scores) and is_one(labels[-1]):
            labels = labels[:-1]
        axis = axis_of(self.axis, len(scores))
        losses = (*scores[:axis], *scores[axis + 1 :])
        _require_equal(labels, losses)
        return losses


def _require_equal(shape: Shape, other: Shape) -> None:
    differs = any(
        differ(a, b) or isinstance(a, Unknown) != isinstance(b, Unknown)
        for a, b in zip(shape, other, strict=False)
    )
    if len(shape) != len(other) or differs:
        raise ShapeError(f"expected equal shapes, got {show(shape)} and {show(other)}")


class BatchNorm(Operation):
    axis: int

    def call(self, x: Shape, *args: Any, **kwargs: Any) -> Shape:
        channels = x[axis_of(self.axis, len(x))]
        for value in (*args, *kwargs.values()):
            if value is not None and (
                len(array_shape(value)) != 1 or differ(array_shape(value)[0], channels)
            ):
                raise ShapeError(f"{show(value)} does not fit the {channels} channels of {show(x)}")
        return x


class CTCLoss(Operation):
    tensors: ClassVar[int] = 4

    def call(self, target: Any, *args: Any) -> Shape:
        return array_shape(target)[:1]


class CTCDecode(Operation):
    strategy: str = "greedy"
    top_paths: int = 1

    def call(self, inputs: Shape, sequence_lengths: Any) -> list[Shape]:
        paths = 1 if self.strategy == "greedy" else self.top_paths
        return [(paths, *inputs[:2]), (inputs[0], paths)]


class PSNR(Operation):
    tensors: ClassVar[int] = 2

    def call(self, x1: Any, x2: Any) -> Shape:
        if len(array_shape(x1)) != len(array_shape(x2)):
            raise ShapeError(f"expected equal numbers of dimensions, got {show(x1)} and {show(x2)}")
        return ()


class DotProductAttention(Operation):
    """Attention of query (batch, targets, heads, size) over key and value.

    Both are (batch, sources, heads, size).
    """

    tensors: ClassVar[int] = 3

    def call(self, query: Any, *args: Any, **kwargs: Any) -> Shape:
        return array_shape(query)

    def contractions(self, query: Any, key: Any, value: Any, *args: Any, **kwargs: Any) -> Dim:
        targets, heads, keys = array_shape(query)[1:]
        sources, _, values = array_shape(value)[1:]
        return targets * heads * sources * (keys + values)


class FakeQuant(Operation):
    """Rounds values as quantisation does; keeps the shape."""

    def call(self, inputs: Shape, *args: Any) -> Shape:
        return inputs

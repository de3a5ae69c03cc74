"""Operations on images (height, width, channels) or on batches of images."""

from __future__ import annotations

from typing import Any, ClassVar

from lstmcount.errors import ShapeError
from lstmcount.layers.arguments import DataFormat
from lstmcount.layers.ops.base import Operation, array_shape
from lstmcount.shapes import UNKNOWN, Dim, Shape, Unknown, shape_of, show


class ImageOperation(Operation, kw_only=True):
    """Base of operations on images; keeps the shape."""

    data_format: DataFormat = None

    @property
    def channels_first(self) -> bool:
        return self.data_format == "channels_first"

    def call(self, images: Shape, *args: Any) -> Shape:
        require_images(images)
        return images

    def channels_axis(self, images: Shape) -> int:
        return len(images) - (3 if self.channels_first else 1)

    def sized(self, images: Shape, height: Dim, width: Dim) -> Shape:
        axis = len(images) - (2 if self.channels_first else 3)
        return (*images[:axis], height, width, *images[axis + 2 :])

    def size_of(self, images: Shape) -> Shape:
        axis = len(images) - (2 if self.channels_first else 3)
        return images[axis : axis + 2]


def require_two(before: Any, after: Any, target: Any) -> None:
    if [before, after, target].count(None) != 1:
        raise ShapeError("expected two of the amounts before and after, and the target size")


def require_images(images: Shape) -> None:
    if len(images) not in (3, 4):
        raise ShapeError(f"expected images or a batch of them, got {show(images)}")


class Transform(ImageOperation, kw_only=True):
    """Moves pixels by one or two further tensors; keeps the shape."""

    tensors: ClassVar[int] = 3


class Colors(ImageOperation):
    """Converts between RGB and HSV; needs 3 channels."""

    def call(self, images: Shape, *args: Any) -> Shape:
        require_images(images)
        self.require_channels(images, (3,))
        return images

    def require_channels(self, images: Shape, counts: tuple[int, ...]) -> None:
        channels = images[self.channels_axis(images)]
        if isinstance(channels, int) and channels not in counts:
            raise ShapeError(f"expected {' or '.join(map(str, counts))} channels, got {channels}")


class RGBToGrayscale(Colors):
    def call(self, images: Shape, *args: Any) -> Shape:
        require_images(images)
        self.require_channels(images, (1, 3))
        axis = self.channels_axis(images)
        return (*images[:axis], 1, *images[axis + 1 :])


class Resize(ImageOperation, kw_only=True):
    """
    >>> Resize(size=[4, 5]).output_shape((1, 8, 9, 3))
    (1, 4, 5, 3)
    """

    size: list[int]

    def call(self, images: Shape, *args: Any) -> Shape:
        require_images(images)
        return self.sized(images, *self.size)


class PadImages(ImageOperation):
    top_padding: int | None = None
    left_padding: int | None = None
    bottom_padding: int | None = None
    right_padding: int | None = None
    target_height: int | None = None
    target_width: int | None = None

    def call(self, images: Shape, *args: Any) -> Shape:
        require_images(images)
        height, width = self.size_of(images)
        height = self._length(height, self.top_padding, self.bottom_padding, self.target_height)
        width = self._length(width, self.left_padding, self.right_padding, self.target_width)
        return self.sized(images, height, width)

    def _length(self, dim: Dim, before: Any, after: Any, target: Any) -> Any:
        require_two(before, after, target)
        if target is None:
            return before + dim + after
        added = target - dim - (before or 0) - (after or 0)
        if isinstance(added, int) and added < 0:
            raise ShapeError(f"cannot pad {dim} to {target}")
        return target


class CropImages(ImageOperation):
    top_cropping: int | None = None
    left_cropping: int | None = None
    bottom_cropping: int | None = None
    right_cropping: int | None = None
    target_height: int | None = None
    target_width: int | None = None

    def call(self, images: Shape, *args: Any) -> Shape:
        require_images(images)
        height, width = self.size_of(images)
        height = self._length(height, self.top_cropping, self.bottom_cropping, self.target_height)
        width = self._length(width, self.left_cropping, self.right_cropping, self.target_width)
        return self.sized(images, height, width)

    def _length(self, dim: Dim, before: Any, after: Any, target: Any) -> Any:
        require_two(before, after, target)
        if target is None and isinstance(dim, Unknown):
            raise ShapeError("expected images of known size, or a target size")
        left = dim - before - after if target is None else target
        rest = dim - left - (before or 0) - (after or 0)
        if (isinstance(left, int) and left < 0) or (isinstance(rest, int) and rest < 0):
            raise ShapeError(f"cannot crop {dim} to {left}")
        return left


class SobelEdges(ImageOperation):
    def call(self, images: Shape, *args: Any) -> Shape:
        if len(images) != 4:
            raise ShapeError(f"expected a batch of images, got {show(images)}")
        return (*images, 2)


class SSIM(ImageOperation):
    """One number for each pair of images."""

    tensors: ClassVar[int] = 2

    def call(self, images: Shape, *args: Any) -> Shape:
        require_images(images)
        return images[:-3]


class MapCoordinates(Operation):
    tensors: ClassVar[int] = 2

    def call(self, inputs: Any, coordinates: Any) -> Shape:
        place = array_shape(coordinates)
        if len(place) < 2 or place[0] != len(array_shape(inputs)):
            raise ShapeError(f"coordinates {show(place)} do not fit {show(inputs)}")
        return place[1:]


class ScaleAndTranslate(Operation):
    def call(self, images: Shape, output_shape: Any, *args: Any) -> Shape:
        if isinstance(output_shape, list):
            return shape_of(output_shape)
        return (UNKNOWN,) * len(images)
